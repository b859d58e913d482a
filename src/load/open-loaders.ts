import { Pool, type ClientConfig } from 'pg'
import type { Manifest } from '../manifest/manifest.ts'
import type { RuntimeOptions } from '../options.ts'
import { createQueryLoader, type QueryLoader } from './query-loader.ts'

export type OpenLoaders = {
  /** By the names of caches. */
  readonly loaders: Readonly<Record<string, QueryLoader['load'] | Required<QueryLoader>>>
  readonly close: () => Promise<void>
}

/**
 * Loaders of the caches that have a query and no loader of the application's. Their connections are the runtime's own,
 * are opened when they are needed, and hold no transaction: what they read is never older than the call.
 *
 * @param given names of caches that have a loader
 * @param failed told of a connection that failed while nobody used it
 */
export function openLoaders(
  manifest: Manifest,
  given: ReadonlySet<string>,
  connection: ClientConfig,
  { loadConnections, loadTimeout, connectTimeout }: RuntimeOptions,
  failed: (error: Error) => void,
): OpenLoaders {
  let pool: Pool | undefined
  const open = (): Pool => {
    pool = new Pool({
      application_name: 'stalemate loader',
      connectionTimeoutMillis: connectTimeout,
      ...connection,
      // The server gives up where nobody waits any more.
      statement_timeout: Math.ceil(loadTimeout),
      max: loadConnections,
      idleTimeoutMillis: 10_000,
    })
    pool.on('error', failed)
    return pool
  }
  const loaders = Object.entries(manifest.caches).flatMap(([name, { query, params }]) => {
    if (query === undefined || given.has(name)) return []
    const names = params.map((param) => param.name)
    const run: Parameters<typeof createQueryLoader>[3] = async (text) => await (pool ?? open()).query(text)
    const { load, loadMany } = createQueryLoader(`stalemate ${name}`, query, names, run)
    return [[name, loadMany === undefined ? load : { load, loadMany }] as const]
  })
  return {
    loaders: Object.fromEntries(loaders),
    close: async () => {
      await pool?.end()
    },
  }
}
