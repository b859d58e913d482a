import type { App, CacheTypes } from '../app.ts'
import type { Inspection } from '../cache/inspection.ts'
import { StalemateError } from '../errors.ts'
import { readParams } from './read-params.ts'

/** An entry as the page shows it: never its value, which may be anybody's data. */
export type ShownEntry = {
  readonly cache: string
  readonly params: Readonly<Record<string, unknown>>
  readonly inspection: Omit<Inspection, 'loading'>
}

const LIMIT = 200
/** Entries that one search looks at: a page must not hold up the process that it watches. */
const LOOKED_AT = 20_000

/** Held entries of a cache, or of all, whose params contain a text. */
export function findEntries(
  app: App<CacheTypes>,
  { cache, search = '' }: { readonly cache?: string | undefined; readonly search?: string | undefined },
): { readonly entries: readonly ShownEntry[]; readonly complete: boolean } {
  const wanted = search.trim().toLowerCase()
  const entries: ShownEntry[] = []
  let looked = 0
  for (const [name, handle] of Object.entries(app.caches)) {
    if (cache !== undefined && cache !== '' && cache !== name) continue
    for (const { params, inspection } of handle.held()) {
      looked += 1
      if (looked > LOOKED_AT || entries.length >= LIMIT) return { entries, complete: false }
      const text = Object.values(params as object)
        .join(' ')
        .toLowerCase()
      if (text.includes(wanted))
        entries.push({ cache: name, params: params as ShownEntry['params'], inspection })
    }
  }
  return { entries, complete: true }
}

/**
 * What is known of one entry, held or not. Params are a JSON object, as texts or as what they are.
 *
 * @returns `undefined` for a cache that is not there
 * @throws StalemateError `param-invalid`
 */
export function inspectParams(
  app: App<CacheTypes>,
  { cache = '', params = '{}' }: Readonly<Record<string, string>>,
): Inspection | undefined {
  const described = Object.hasOwn(app.manifest.caches, cache) ? app.manifest.caches[cache] : undefined
  const handle = app.caches[cache]
  if (described === undefined || handle === undefined) return undefined
  let given: unknown
  try {
    given = JSON.parse(params)
  } catch {
    throw new StalemateError('param-invalid', 'Expected params to be a JSON object.')
  }
  return handle.inspect(readParams(described.params, given))
}
