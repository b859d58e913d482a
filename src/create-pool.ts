import { Pool } from 'pg'
import type { ConnectionConfig } from './feed/open-client.ts'
import type { RuntimeOptions } from './options.ts'

/** Connections for short queries of our own; one that hangs is given up like a heartbeat. */
export function createPool(
  connection: ConnectionConfig,
  { connectTimeout, heartbeatTimeout }: RuntimeOptions,
  failed: (error: unknown) => void = () => {},
): Pool {
  const defaults = { application_name: 'stalemate', connectionTimeoutMillis: connectTimeout }
  const pool = new Pool({
    ...defaults,
    ...connection,
    query_timeout: heartbeatTimeout,
    max: 2,
    idleTimeoutMillis: 10_000,
  })
  pool.on('error', failed)
  return pool
}
