import { StalemateError } from '../errors.ts'
import { canonicalParam } from '../key/param.ts'
import type { Manifest, ManifestCache } from '../manifest/manifest.ts'
import type { NamedTarget } from '../wire/change.ts'
import { bindTarget } from './bind-target.ts'
import { matchCaches } from './match-caches.ts'

/** What a call asks to be made wrong. */
export type InvalidationRequest =
  /** One entry with all params, all that match with some, every one of the cache with none. */
  | { readonly cache: string; readonly params?: object }
  /** A key, or a pattern in which `*` stands for any value, such as `report:4f3c*:*`: in every cache whose keys match. */
  | { readonly pattern: string }
  /** Every cache that a change of the table, as the rules name it, makes wrong. */
  | { readonly table: string }

/**
 * What a request means for the caches of a manifest.
 *
 * @throws StalemateError `cache-unknown`, `table-unknown`, `param-invalid`, `pattern-invalid`
 */
export function readRequest(manifest: Manifest, request: InvalidationRequest): readonly NamedTarget[] {
  if (typeof request !== 'object' || request === null) {
    throw new StalemateError('param-invalid', `Expected what to invalidate, got ${String(request)}.`)
  }
  if ('pattern' in request) return matchCaches(manifest, request.pattern)
  if ('table' in request) return readTable(manifest, request.table)
  const { cache, params = {} } = request
  const declared = Object.hasOwn(manifest.caches, cache) ? manifest.caches[cache] : undefined
  if (declared === undefined) {
    throw new StalemateError('cache-unknown', `There is no cache ${JSON.stringify(cache)}.`, {
      hint: `There is: ${Object.keys(manifest.caches).join(', ')}.`,
    })
  }
  return [readBinding(cache, declared, params)]
}

function readBinding(cache: string, declared: ManifestCache, given: object): NamedTarget {
  const params = given as Readonly<Record<string, unknown>>
  const names = Object.keys(params).filter((name) => params[name] !== undefined)
  const unknown = names.find((name) => !declared.params.some((param) => param.name === name))
  if (unknown !== undefined) {
    throw new StalemateError('param-invalid', `Cache ${cache} has no param ${JSON.stringify(unknown)}.`)
  }
  const bound = declared.params.filter(({ name }) => names.includes(name))
  const values = bound.map(({ name, type }) => String(canonicalParam(type, params[name], name)))
  return bindTarget(cache, declared, new Map(bound.map(({ name }, place) => [name, values[place] ?? ''])))
}

function readTable({ caches, tables }: Manifest, table: string): readonly NamedTarget[] {
  const watching = Object.keys(caches).filter((name) => caches[name]?.tables.includes(table))
  if (watching.length > 0) return watching.map((cache) => ({ kind: 'all', cache, reason: 'requested' }))
  throw new StalemateError('table-unknown', `No cache depends on a table ${JSON.stringify(table)}.`, {
    hint: `The tables are: ${tables.map((known) => known.table).join(', ')}.`,
  })
}
