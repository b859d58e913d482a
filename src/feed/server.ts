import type { GapCause } from './feed.ts'
import type { ListenSession } from './listen-session.ts'
import type { Server } from './outbox-queries.ts'

const SERVER = `
SELECT (SELECT system_identifier::text FROM pg_catalog.pg_control_system()) AS identifier,
       left(pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_lsn()), 8) AS timeline,
       pg_catalog.pg_postmaster_start_time()::text AS started`

/** Which server a session has reached: a primary. */
export async function readServer(session: ListenSession): Promise<Server> {
  const { rows } = await session.query(SERVER)
  const { identifier, timeline, started } = rows[0] ?? {}
  return { identifier: String(identifier), timeline: String(timeline), started: String(started) }
}

/** Why changes may have been missed between two connections. */
export function judgeServers(before: Server | undefined, now: Server, otherwise: GapCause): GapCause {
  if (before === undefined) return otherwise
  if (before.identifier !== now.identifier || before.timeline !== now.timeline) return 'failover'
  return before.started === now.started ? otherwise : 'server-restart'
}
