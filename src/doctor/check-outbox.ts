import { formatAge } from './format-age.ts'
import { askOne, blame, type Check, fine, type Finding, warn } from './finding.ts'

/** Bytes of the message tables that are more than a reader should let come together. */
const LARGE = 256 * 1_048_576
/** Messages that a reader has not read yet, past which it is behind. */
const BEHIND = 10_000

const INSTALLED = `
SELECT count(*) = 5 AS all
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'stalemate' AND c.relname IN ('outbox_0', 'outbox_1', 'outbox_2', 'readers', $1)`

const SIZE = `
SELECT sum(pg_catalog.pg_total_relation_size(c.oid))::float8 AS bytes, current_setting('max_prepared_transactions') AS prepares
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'stalemate' AND c.relname IN ('outbox_0', 'outbox_1', 'outbox_2')`

const MESSAGES = `
  SELECT xid FROM (TABLE stalemate.outbox_0 UNION ALL TABLE stalemate.outbox_1 UNION ALL TABLE stalemate.outbox_2) AS o
  WHERE channel = $1`

const UNREAD = `
SELECT r.id, extract(epoch FROM r.until - pg_catalog.clock_timestamp())::float8 * 1000 AS left,
       (SELECT count(*) FROM (${MESSAGES} AND NOT pg_catalog.pg_visible_in_snapshot(xid, r.position)
                              LIMIT ${BEHIND + 1}) AS unread)::int AS unread
FROM stalemate.readers r WHERE r.channel = $1 ORDER BY 3 DESC`

const WAITING = `SELECT count(*)::int AS count FROM (${MESSAGES} LIMIT ${BEHIND + 1}) AS waiting`

export const checkOutbox: Check = async ({ query, manifest: { feed, channel } }) => {
  if (feed !== 'outbox') return []
  if ((await askOne(query, INSTALLED, [channel]))['all'] !== true)
    return [blame('outbox', `The database has no outbox for ${channel}.`, 'Run `stalemate apply`.')]
  const { bytes, prepares } = await askOne(query, SIZE)
  const { rows: readers } = await query(UNREAD, [channel])
  const findings: Finding[] = []
  const mebibytes = Math.ceil(Number(bytes) / 1_048_576).toLocaleString('en-US')
  if (Number(bytes) > LARGE)
    findings.push(
      warn(
        'outbox',
        `The outbox takes ${mebibytes} MiB.`,
        'A runtime empties what all have read. See which reader is behind, or start one if there is none.',
      ),
    )
  for (const { id, left, unread } of readers) {
    if (Number(left) < 0)
      findings.push(
        warn(
          'outbox',
          `Reader ${String(id)} has not been heard of for ${formatAge(-Number(left))} after its time.`,
          'It is forgotten within half a minute if any runtime with an outbox runs; start one.',
        ),
      )
    if (Number(unread) > BEHIND)
      findings.push(
        warn(
          'outbox',
          `Reader ${String(id)} has more than ${BEHIND.toLocaleString('en-US')} messages to read.`,
          'Look at the process: it hangs, or lacks processor time, or its links are slow to look up.',
        ),
      )
  }
  if (readers.length === 0) {
    const waiting = Number((await askOne(query, WAITING, [channel]))['count'])
    if (waiting > 0)
      findings.push(
        warn(
          'outbox',
          `Nobody reads the outbox, and ${waiting > BEHIND ? `more than ${BEHIND} messages wait` : waiting === 1 ? '1 message waits' : `${waiting} messages wait`} in it.`,
          'Start a runtime, which empties it. Without one it grows with each write.',
        ),
      )
  }
  const most = Math.max(0, ...readers.map(({ unread }) => Number(unread)))
  const bell =
    prepares === '0'
      ? ''
      : '; transactions may be prepared, so readers look 40 times a second and never sleep'
  return [
    ...findings,
    fine(
      'outbox',
      `It takes ${mebibytes} MiB and has ${readers.length} ${readers.length === 1 ? 'reader' : 'readers'}, ${most} messages behind at most${bell}.`,
    ),
  ]
}
