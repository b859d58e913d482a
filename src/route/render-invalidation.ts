import type { ParamValue } from '../key/param.ts'
import { renderKey } from '../key/render.ts'
import { parseTemplate } from '../key/template.ts'
import type { Manifest } from '../manifest/manifest.ts'
import type { Invalidation } from './route-target.ts'

/** The keys that an invalidation names, sorted, each once; `*` stands for any value of a param. */
export function renderInvalidation(invalidation: Invalidation, manifest: Manifest): readonly string[] {
  return [...new Set(keysOf(invalidation, manifest))].sort()
}

function keysOf(invalidation: Invalidation, { caches }: Manifest): readonly string[] {
  const cache = caches[invalidation.cache]
  const parsed = cache && parseTemplate(cache.key)
  if (cache === undefined || !parsed?.ok) return []
  if (invalidation.kind === 'all') return [renderKey(parsed.template, {})]
  const names =
    invalidation.kind === 'entries'
      ? cache.params.map(({ name }) => name)
      : (cache.partial[invalidation.index] ?? [])
  const { values, width } = invalidation
  return Array.from({ length: values.length / width }, (_, row) => {
    const bound: Record<string, ParamValue> = {}
    for (const [column, name] of names.entries()) bound[name] = values[row * width + column] ?? ''
    return renderKey(parsed.template, bound)
  })
}
