import type { ManifestCache } from '../manifest/manifest.ts'
import type { NamedTarget } from '../wire/change.ts'

/** The narrowest target for these texts of params that an index serves: the whole cache where none does. */
export function bindTarget(
  cache: string,
  { params, partial }: ManifestCache,
  texts: ReadonlyMap<string, string>,
): NamedTarget {
  const bound = params.map(({ name }) => name).filter((name) => texts.has(name))
  const isServed =
    bound.length === params.length ||
    partial.some((set) => set.length === bound.length && set.every((name) => texts.has(name)))
  if (!isServed || bound.length === 0) return { kind: 'all', cache, reason: 'requested' }
  return { kind: 'bindings', cache, params: bound, values: bound.map((name) => texts.get(name) ?? '') }
}
