import { decodeParam, type ParamValue } from '../key/param.ts'
import type { Manifest, ManifestCache } from '../manifest/manifest.ts'
import type { BroadReason, Target } from '../wire/change.ts'

/** What a change makes wrong in one cache. Values are canonical, row after row. */
export type Invalidation =
  /** Entries named by all params of the cache, in the order of its declaration. */
  | {
      readonly kind: 'entries'
      readonly cache: string
      readonly width: number
      readonly values: readonly ParamValue[]
    }
  /** All entries that share the values of the partial set number `index`. */
  | {
      readonly kind: 'groups'
      readonly cache: string
      readonly index: number
      readonly width: number
      readonly values: readonly ParamValue[]
    }
  | {
      readonly kind: 'all'
      readonly cache: string
      readonly reason: BroadReason | 'undecodable' | 'unresolved'
    }

/** Reads targets of changes in the light of a manifest. */
export type Router = {
  /** `undefined` for a cache that the manifest does not have: a writer may run triggers of another version. */
  readonly route: (target: Target) => Invalidation | undefined
}

/**
 * A router keeps what it works out for each list of param names, since all messages of one trigger repeat it.
 * Where a target cannot be understood, the whole cache is made wrong: never less than what the sender meant.
 */
export function createRouter(manifest: Manifest): Router {
  const layouts = new Map<string, Layout | undefined>()
  return {
    route(target) {
      const cache = Object.hasOwn(manifest.caches, target.cache) ? manifest.caches[target.cache] : undefined
      if (cache === undefined) return undefined
      if (target.kind === 'all') return { kind: 'all', cache: target.cache, reason: target.reason }
      if (target.kind === 'links') return { kind: 'all', cache: target.cache, reason: 'undecodable' }
      const id = `${target.cache}\0${target.params.join('\0')}`
      if (!layouts.has(id)) layouts.set(id, planLayout(cache, target.params))
      const layout = layouts.get(id)
      const values = layout && decodeValues(layout, target.values)
      if (layout === undefined || values === undefined)
        return { kind: 'all', cache: target.cache, reason: 'undecodable' }
      const { index } = layout
      const width = target.params.length
      return index === undefined
        ? { kind: 'entries', cache: target.cache, width, values }
        : { kind: 'groups', cache: target.cache, index, width, values }
    },
  }
}

type Layout = {
  /** Number of the partial set; `undefined` when all params are bound. */
  readonly index: number | undefined
  /** For each value of a row as it is held: its place in a row of the message, and its type. */
  readonly columns: readonly {
    readonly from: number
    readonly type: ManifestCache['params'][number]['type']
  }[]
}

function planLayout(cache: ManifestCache, names: readonly string[]): Layout | undefined {
  const bound = cache.params.filter((param) => names.includes(param.name))
  if (bound.length !== names.length) return undefined
  const columns = bound.map(({ name, type }) => ({ from: names.indexOf(name), type }))
  if (bound.length === cache.params.length) return { index: undefined, columns }
  const index = cache.partial.findIndex(
    (set) => set.length === bound.length && set.every((name, place) => name === bound[place]?.name),
  )
  return index < 0 ? undefined : { index, columns }
}

function decodeValues({ columns }: Layout, texts: readonly string[]): readonly ParamValue[] | undefined {
  const values: ParamValue[] = []
  for (let row = 0; row < texts.length; row += columns.length) {
    for (const { from, type } of columns) {
      const value = decodeParam(type, texts[row + from] ?? '')
      if (value === undefined) return undefined
      values.push(value)
    }
  }
  return values
}
