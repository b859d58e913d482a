import { randomBytes } from 'node:crypto'
import { StalemateError } from '../errors.ts'
import type { ListenSession } from './listen-session.ts'

/** The number of rows that one query brings at most. */
export const BATCH = 2_000

/** How far a reader has come: what was visible in a snapshot, and whose snapshot it is. */
export type Position = {
  /** The name under which the outbox waits for this reader. */
  readonly reader: string
  /** The text of a `pg_snapshot`. */
  readonly snapshot: string
  /** The reader's bit in the bell; `undefined` when all are taken. */
  readonly slot: number | undefined
  readonly server: Server
}

/** What has become visible after a snapshot. */
export type Batch = {
  /** The text of the snapshot that the rows were read in. */
  readonly snapshot: string
  /** Whether the outbox still waits for this reader: if not, rows may be missing. */
  readonly isKnown: boolean
  readonly messages: readonly string[]
  /** Transaction and place of the last row: they order the rows of one snapshot. */
  readonly last: { readonly xid: string; readonly place: string } | undefined
}

/** Which server, and in which of its lives. */
export type Server = {
  readonly identifier: string
  readonly timeline: string
  readonly started: string
}

/** What a reader finds when it connects. */
export type Arrival = {
  readonly server: Server
  readonly isKnown: boolean
  /** Whether a position that was kept lies ahead of the server's time. */
  readonly isAhead: boolean
  /** Whether NOTIFY is harmless: it makes PREPARE TRANSACTION fail. */
  readonly mayRing: boolean
}

/** What a reader says to the outbox. */
export type OutboxQueries = {
  readonly arrive: (session: ListenSession, position: Position | undefined) => Promise<Arrival>
  /** Makes the outbox wait for a new reader. */
  readonly register: (session: ListenSession, server: Server, retention: number) => Promise<Position>
  /** The rows that are visible now and were not at `position`: a batch, behind `after` where a batch came before. */
  readonly poll: (session: ListenSession, position: Position, after: Batch | undefined) => Promise<Batch>
  /** Says how far the reader has come. */
  readonly renew: (session: ListenSession, position: Position, retention: number) => Promise<void>
  /** Goes to sleep, or wakes. */
  readonly sleep: (session: ListenSession, slot: number, sleeps: boolean) => Promise<void>
  readonly leave: (session: ListenSession, position: Position) => Promise<void>
}

const UNIQUE_VIOLATION = '23505'
const SLOTS = 24

/**
 * A statement sees one snapshot: the server locks the tables first, and takes it then. So a table is never emptied
 * between the snapshot and the look, and the rows are those of the snapshot, neither more nor fewer.
 */
const SETTINGS = [
  `SET default_transaction_isolation = 'read committed'`,
  // The tables have no statistics, and are read from their end: what looks like much work is next to none.
  'SET enable_seqscan = off',
  'SET max_parallel_workers_per_gather = 0',
  'SET jit = off',
  'SET plan_cache_mode = force_generic_plan',
  'SET synchronous_commit = off',
].join(';')

const ARRIVE = `
SELECT pg_catalog.pg_is_in_recovery() AS standby,
       pg_catalog.to_regclass('stalemate.outbox_0') IS NOT NULL AND pg_catalog.to_regclass($1) IS NOT NULL AS installed,
       (SELECT system_identifier::text FROM pg_catalog.pg_control_system()) AS identifier,
       pg_catalog.pg_postmaster_start_time()::text AS started,
       pg_catalog.current_setting('max_prepared_transactions') = '0' AS may_ring,
       coalesce(pg_catalog.pg_snapshot_xmax($2::pg_catalog.pg_snapshot)
         > pg_catalog.pg_snapshot_xmax(pg_catalog.pg_current_snapshot()), false) AS ahead`

/** The first eight digits of the name of a file of the WAL are the timeline. */
const ARRIVE_ON_PRIMARY = `
SELECT left(pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_lsn()), 8) AS timeline,
       EXISTS (SELECT FROM stalemate.readers WHERE id = $1) AS known`

const REGISTER = `
INSERT INTO stalemate.readers (id, channel, slot, position, until)
SELECT $1, $2, (
         SELECT min(n) FROM pg_catalog.generate_series(0, ${SLOTS - 1}) AS n
         WHERE n NOT IN (SELECT slot FROM stalemate.readers WHERE channel = $2 AND slot IS NOT NULL)
       ), pg_catalog.pg_current_snapshot(), pg_catalog.clock_timestamp() + $3 * interval '1 millisecond'
RETURNING slot`

/** The position must be younger than the row that makes the outbox wait for it. */
const SNAPSHOT = 'SELECT pg_catalog.pg_current_snapshot()::text AS snapshot'

/**
 * What is visible now and was not at $2: begun since, or running then. Two index scans a table; transactions that
 * are old and still running cost nothing.
 */
function pollRows(condition: string): string {
  return [0, 1, 2]
    .flatMap((table) =>
      [
        'xid >= pg_catalog.pg_snapshot_xmax($2::pg_catalog.pg_snapshot)',
        'xid = ANY (ARRAY(SELECT pg_catalog.pg_snapshot_xip($2::pg_catalog.pg_snapshot)))',
      ].map(
        (range) =>
          `SELECT xid, ctid, message FROM stalemate.outbox_${table} WHERE channel = $3 AND ${range}${condition}`,
      ),
    )
    .join('\n    UNION ALL ')
}

/** All messages in one text: a message is JSON in one line. A row for each would cost the reader several times as much. */
function pollQuery(condition: string): string {
  return `
SELECT pg_catalog.pg_current_snapshot()::text AS snapshot,
       EXISTS (SELECT FROM stalemate.readers WHERE id = $1) AS known,
       string_agg(message, E'\\n') AS messages,
       (array_agg(xid))[count(*)]::text AS xid,
       (array_agg(ctid))[count(*)]::text AS place
FROM (
  SELECT xid, ctid, message FROM (
    ${pollRows(condition)}
  ) AS united
  ORDER BY xid, ctid
  LIMIT ${BATCH}
) AS ordered`
}

const POLL = pollQuery('')
const POLL_ON = pollQuery(
  ` AND pg_catalog.pg_visible_in_snapshot(xid, $4::pg_catalog.pg_snapshot) AND (xid, ctid) > ($5::pg_catalog.xid8, $6::pg_catalog.tid)`,
)

const RENEW = `
UPDATE stalemate.readers
SET position = $2::pg_catalog.pg_snapshot, until = pg_catalog.clock_timestamp() + $3 * interval '1 millisecond'
WHERE id = $1`

const OWN_ID = 'SELECT pg_catalog.pg_current_xact_id()'

/** The queries for the rows of one channel. */
export function outboxQueries(channel: string): OutboxQueries {
  const bell = `stalemate."${channel.replaceAll('"', '""')}"`
  return {
    arrive: async (session, position) => {
      await session.query(SETTINGS)
      const first = one(await session.query(ARRIVE, [bell, position?.snapshot ?? null]))
      if (first['standby'] === true) {
        throw new StalemateError('connection-failed', 'The server is a standby, which may be behind.', {
          hint: 'Connect to the primary, as with target_session_attrs=read-write.',
        })
      }
      if (first['installed'] !== true) {
        throw new StalemateError('feed-silent', `The database has no outbox for ${channel}.`, {
          hint: 'Apply the migrations with `stalemate apply`.',
        })
      }
      const second = one(await session.query(ARRIVE_ON_PRIMARY, [position?.reader ?? '']))
      return {
        server: {
          identifier: String(first['identifier']),
          timeline: String(second['timeline']),
          started: String(first['started']),
        },
        isKnown: second['known'] === true,
        isAhead: first['ahead'] === true,
        mayRing: first['may_ring'] === true,
      }
    },
    register: async (session, server, retention) => {
      const reader = randomBytes(12).toString('hex')
      const slot = await register(session, [reader, channel, retention])
      const { snapshot } = one(await session.query(SNAPSHOT))
      return { reader, slot, server, snapshot: String(snapshot) }
    },
    poll: async (session, { reader, snapshot }, after) => {
      const values = [reader, snapshot, channel]
      const { rows } =
        after?.last === undefined
          ? await session.query(POLL, values, 'stalemate poll')
          : await session.query(
              POLL_ON,
              [...values, after.snapshot, after.last.xid, after.last.place],
              'stalemate poll on',
            )
      const row = (rows[0] ?? {}) as Partial<Record<'snapshot' | 'messages' | 'xid' | 'place', string | null>>
      const { xid, place } = row
      return {
        snapshot: after?.snapshot ?? String(row.snapshot),
        isKnown: rows[0]?.['known'] === true,
        messages: row.messages?.split('\n') ?? [],
        last: xid && place ? { xid, place } : undefined,
      }
    },
    renew: async (session, { reader, snapshot }, retention) => {
      await session.query(RENEW, [reader, snapshot, retention], 'stalemate renew')
    },
    sleep: async (session, slot, sleeps) => {
      await session.query('SELECT stalemate.bell_v1($1, $2, $3)', [bell, slot, sleeps], 'stalemate sleep')
      // A snapshot does not list those that began after the last one that has ended; so one more ends. It begins after
      // the bell is set: who has looked at the bell before has an older id, and is listed from now on.
      if (sleeps) await session.query(OWN_ID, undefined, 'stalemate id')
    },
    leave: async (session, { reader, slot }) => {
      if (slot !== undefined) await session.query('SELECT stalemate.bell_v1($1, $2, false)', [bell, slot])
      await session.query('DELETE FROM stalemate.readers WHERE id = $1', [reader])
    },
  }
}

async function register(session: ListenSession, values: readonly unknown[]): Promise<number | undefined> {
  for (;;) {
    try {
      const { slot } = one(await session.query(REGISTER, values))
      return typeof slot === 'number' ? slot : undefined
    } catch (error) {
      // Another reader took the same slot in this moment.
      if ((error as { code?: unknown }).code !== UNIQUE_VIOLATION) throw error
    }
  }
}

function one({ rows }: { readonly rows: readonly Record<string, unknown>[] }): Record<string, unknown> {
  return rows[0] ?? {}
}
