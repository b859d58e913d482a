import { StalemateError } from '../errors.ts'
import type { GapCause } from './feed.ts'
import type { ListenSession } from './listen-session.ts'
import type { Server } from './outbox-queries.ts'
import type { WalStream } from './wal-stream.ts'

/** What a stream finds when it connects. */
export type WalServer = Server & {
  /** Milliseconds after which the server gives up a reader that is silent; 0 for never. */
  readonly senderTimeout: number
  /** The process id of the walsender. */
  readonly pid: number
}

const WHERE = `
SELECT pg_catalog.pg_is_in_recovery() AS standby,
       (SELECT system_identifier::text FROM pg_catalog.pg_control_system()) AS identifier,
       pg_catalog.pg_postmaster_start_time()::text AS started`

const CHECK = `${WHERE},
       pg_catalog.current_setting('server_encoding') AS encoding,
       pg_catalog.current_setting('wal_level') AS wal_level,
       EXISTS (SELECT FROM pg_catalog.pg_publication WHERE pubname = $1) AS installed`

const ARRIVE = `${WHERE},
       (SELECT setting::int FROM pg_catalog.pg_settings WHERE name = 'wal_sender_timeout') AS sender_timeout,
       pg_catalog.pg_backend_pid() AS pid`

/**
 * Makes sure that the server of the ordinary connection can serve the feed.
 *
 * @throws StalemateError `feed-refused`, `connection-failed`
 */
export async function checkServer(session: ListenSession, channel: string): Promise<void> {
  await session.query(`SET default_transaction_isolation = 'read committed'; SET idle_session_timeout = 0`)
  const row = first(await session.query(CHECK, [channel]))
  refuseStandby(row)
  if (row['wal_level'] !== 'logical') {
    throw refused(
      `Expected wal_level to be logical, got ${String(row['wal_level'])}.`,
      "Run `ALTER SYSTEM SET wal_level = 'logical'` and restart the server, or say `feed: outbox` in the rules.",
    )
  }
  if (row['encoding'] !== 'UTF8') {
    throw refused(
      `Expected a database in UTF8, got ${String(row['encoding'])}: messages in the WAL are not converted.`,
      'Say `feed: outbox` in the rules, which works with every encoding.',
    )
  }
  if (row['installed'] !== true) {
    throw refused(
      `The database has no publication ${channel}.`,
      'Apply the migrations with `stalemate apply`.',
    )
  }
}

/**
 * Which server the stream has reached: it must be that of the ordinary connection.
 *
 * @throws StalemateError `connection-failed`
 */
export async function arrive(stream: WalStream, session: ListenSession): Promise<WalServer> {
  const row = first(await stream.query(ARRIVE))
  refuseStandby(row)
  const other = first(await session.query(WHERE))
  if (row['identifier'] !== other['identifier'] || row['started'] !== other['started']) {
    throw new StalemateError('connection-failed', 'Two connections have reached two servers.', {
      hint: 'Give the feed the address of the primary alone.',
    })
  }
  const { timeline } = first(await stream.query('IDENTIFY_SYSTEM'))
  return {
    identifier: String(row['identifier']),
    timeline: String(timeline),
    started: String(row['started']),
    senderTimeout: Number(row['sender_timeout']),
    pid: Number(row['pid']),
  }
}

/** SQLSTATEs of a slot that is not there any more, or can't be read from. */
const SLOT_LOST: ReadonlySet<unknown> = new Set(['42704', '55000', '58P01'])

/** The server has ended a walsender for which it would have had to keep too much. */
export function slotLost(cause: Error): StalemateError {
  return new SlotLost(
    'feed-refused',
    'The server has given up the replication slot: it would have kept more WAL than max_slot_wal_keep_size.',
    {
      hint: 'Raise max_slot_wal_keep_size, or find out what keeps this process from applying changes.',
      cause,
    },
  )
}

class SlotLost extends StalemateError {}

/** Why a feed that was live is not any more. */
export function causeOf(error: unknown): GapCause {
  if (error instanceof StalemateError && error.code === 'feed-silent') return 'missed-heartbeat'
  if (error instanceof SlotLost) return 'slot-lost'
  return SLOT_LOST.has(codeOf(error)) ? 'slot-lost' : 'disconnect'
}

/** What the error of a replication connection means, where something can be done about it. */
export function explainRefusal(error: unknown): unknown {
  switch (codeOf(error)) {
    case '42501':
      return refused(
        'The role may not start a replication connection.',
        'Run `ALTER ROLE name REPLICATION`; on Amazon RDS, `GRANT rds_replication TO name`.',
        error,
      )
    case '08P01':
      return refused(
        'What was reached does not open replication connections: a pooler, as PgBouncer, does not.',
        'Give the feed a direct connection to PostgreSQL, or say `feed: outbox` in the rules.',
        error,
      )
    case '53300':
      return refused(
        'All walsenders of the server are taken.',
        'Raise max_wal_senders: each process with a `wal` feed needs one.',
        error,
      )
    case '53400':
      return refused(
        'All replication slots of the server are taken.',
        'Raise max_replication_slots: each process with a `wal` feed needs one.',
        error,
      )
    default:
      return error
  }
}

function refuseStandby(row: Record<string, unknown>): void {
  if (row['standby'] !== true) return
  throw new StalemateError('connection-failed', 'The server is a standby, which may be behind.', {
    hint: 'Connect to the primary, as with target_session_attrs=read-write.',
  })
}

/** The SQLSTATE of an error of the server. */
export function codeOf(error: unknown): unknown {
  return error instanceof Error ? (error as Error & { readonly code?: unknown }).code : undefined
}

export function refused(message: string, hint: string, cause?: unknown): StalemateError {
  return new StalemateError('feed-refused', message, { hint, ...(cause === undefined ? {} : { cause }) })
}

function first({ rows }: { readonly rows: readonly Record<string, unknown>[] }): Record<string, unknown> {
  return rows[0] ?? {}
}
