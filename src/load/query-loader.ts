import type { ManifestQuery } from '../manifest/manifest.ts'
import { parseAs } from './row-types.ts'

type Params = object

/** A query as node-postgres takes it. */
export type LoaderQuery = {
  readonly text: string
  readonly values: unknown[]
  /** By which the server keeps it prepared. */
  readonly name?: string
  readonly types: { readonly getTypeParser: typeof parseAs }
}

export type RunQuery = (query: LoaderQuery) => Promise<{ readonly rows: readonly Record<string, unknown>[] }>

export type QueryLoader = {
  readonly load: (params: Params) => Promise<unknown>
  /** Where the query can be asked for many at once. */
  readonly loadMany?: (params: readonly Params[]) => Promise<readonly unknown[]>
}

/**
 * The loader of a cache's query: one round trip for one entry, and one for many where the query allows that. What was
 * prepared on a connection is prepared anew where the server has to plan otherwise.
 *
 * @param id names the prepared statements, and no others in the same connections
 * @param names of the params, in the order of `$1`, `$2`, ...
 */
export function createQueryLoader(
  id: string,
  { text, many, one }: ManifestQuery,
  names: readonly string[],
  run: RunQuery,
): QueryLoader {
  const valueOf = (rows: readonly Record<string, unknown>[]): unknown => (one ? (rows[0] ?? null) : rows)
  const ask = async (
    name: string,
    sql: string,
    values: unknown[],
  ): Promise<readonly Record<string, unknown>[]> => {
    const query = { text: sql, values, types: { getTypeParser: parseAs } }
    try {
      return (await run({ ...query, name })).rows
    } catch (error) {
      if (!isOutdated(error)) throw error
      return (await run(query)).rows
    }
  }
  const load = async (params: Params): Promise<unknown> =>
    valueOf(
      await ask(
        id,
        text,
        names.map((name) => (params as Record<string, unknown>)[name]),
      ),
    )
  if (many === undefined) return { load }
  const loadMany = async (params: readonly Params[]): Promise<readonly unknown[]> => {
    const arrays = names.map((name) => params.map((each) => (each as Record<string, unknown>)[name]))
    const found = params.map((): Record<string, unknown>[] => [])
    for (const { stalemate_place: place, ...row } of await ask(`${id} many`, many, arrays))
      found[Number(place) - 1]?.push(row)
    return found.map(valueOf)
  }
  return { load, loadMany }
}

/** The tables are other ones than when the statement was prepared: docs, "Prepared statements and plan caching". */
function isOutdated(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error)) return false
  return error.code === '0A000' && error.message.startsWith('cached plan must not change')
}
