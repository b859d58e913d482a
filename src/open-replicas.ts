import { Pool } from 'pg'
import type { ConnectionConfig } from './feed/open-client.ts'
import type { Clock, RuntimeOptions } from './options.ts'
import { guardLoader, type ReplicaLoader } from './replica/guard-loader.ts'
import { Positions } from './replica/positions.ts'
import { type Ask, readPlace } from './replica/server.ts'

/** Loaders that read a replica. */
export type Replicas = {
  /** The loader as the cache uses it: the same unless it says that it reads a replica. */
  readonly guard: (cache: string, loader: unknown) => unknown
  /** What a cache tells when something of it was made wrong. */
  readonly hook: (cache: string, loader: unknown) => (() => void) | undefined
  readonly close: () => Promise<void>
}

export type ReplicasSettings = {
  /** Asks the primary. */
  readonly ask: Ask
  readonly options: RuntimeOptions
  readonly clock: Clock
  readonly failed: (error: unknown) => void
}

export function openReplicas({ ask, options, clock, failed }: ReplicasSettings): Replicas {
  const positions = new Positions(async () => await readPlace(ask), failed)
  const pools = new Map<ConnectionConfig, Pool>()
  const open = (connection: ConnectionConfig): Pool => {
    const known = pools.get(connection)
    if (known !== undefined) return known
    const pool = new Pool({
      application_name: 'stalemate replica',
      connectionTimeoutMillis: options.connectTimeout,
      ...connection,
      query_timeout: options.heartbeatTimeout,
      max: 1,
      idleTimeoutMillis: 10_000,
    })
    pool.on('error', failed)
    pools.set(connection, pool)
    return pool
  }
  return {
    guard(cache, loader) {
      if (!readsReplica(loader)) return loader
      // Called as methods, so that a loader may be an object of a class.
      const { loadMany } = loader
      const given: ReplicaLoader = {
        load: (params, context) => loader.load(params, context),
        ...(loadMany && { loadMany: (params, context) => loadMany.call(loader, params, context) }),
      }
      const look = async () => await readPlace(async (text) => await open(loader.connection).query(text))
      return guardLoader(given, { cache, positions, look, clock, failed })
    },
    hook: (cache, loader) => (readsReplica(loader) ? () => positions.note(cache) : undefined),
    close: async () => {
      await Promise.all([...pools.values()].map((pool) => pool.end()))
    },
  }
}

function readsReplica(loader: unknown): loader is ReplicaLoader & { readonly connection: ConnectionConfig } {
  return typeof loader === 'object' && loader !== null && (loader as { replica?: unknown }).replica === true
}
