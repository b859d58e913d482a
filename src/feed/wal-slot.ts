import type { StalemateError } from '../errors.ts'
import type { ListenSession } from './listen-session.ts'
import { codeOf, refused } from './wal-server.ts'
import type { WalStream } from './wal-stream.ts'

const LOCK_NOT_AVAILABLE = '55P03'

const OLDEST = `
SELECT what FROM (
  SELECT 'process ' || pid AS what, pg_catalog.age(backend_xid) AS age FROM pg_catalog.pg_stat_activity
  WHERE backend_xid IS NOT NULL AND pid <> pg_catalog.pg_backend_pid()
  UNION ALL SELECT 'prepared transaction ' || gid, pg_catalog.age(transaction) FROM pg_catalog.pg_prepared_xacts
) AS running
ORDER BY age DESC LIMIT 1`

/**
 * Makes a slot that goes with its connection. The server waits for every transaction that has written, in any of its
 * databases, and for no longer than `timeout` milliseconds for each: a walsender that waits does not notice that its
 * reader is gone, and would keep its place.
 *
 * @throws StalemateError `feed-refused`
 */
export async function createSlot(
  stream: WalStream,
  session: ListenSession,
  slot: string,
  timeout: number,
): Promise<void> {
  await stream.query(`SET lock_timeout = ${timeout}; SET idle_session_timeout = 0`)
  try {
    await stream.query(`CREATE_REPLICATION_SLOT "${slot}" TEMPORARY LOGICAL pgoutput (SNAPSHOT 'nothing')`)
  } catch (error) {
    if (codeOf(error) !== LOCK_NOT_AVAILABLE) throw error
    throw await refuseWaiting(session, timeout, error)
  }
}

/** The error of a slot that would have had to wait for longer. */
export async function refuseWaiting(
  session: ListenSession,
  timeout: number,
  cause?: unknown,
): Promise<StalemateError> {
  const { rows } = await session.query(OLDEST)
  const oldest = rows[0] === undefined ? 'has ended meanwhile' : String(rows[0]['what'])
  return refused(
    `A new replication slot waits for every transaction that has written; they did not end within ${timeout} ms.`,
    `The oldest: ${oldest}. It is tried again.`,
    cause,
  )
}

/** The command that starts the stream at the slot's own position. */
export function startCommand(slot: string, publication: string): string {
  const name = `"${publication.replaceAll('"', '""')}"`.replaceAll("'", "''")
  return `START_REPLICATION SLOT "${slot}" LOGICAL 0/0 (proto_version '1', publication_names '${name}', messages 'true')`
}
