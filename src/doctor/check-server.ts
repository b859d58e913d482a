import { formatAge } from './format-age.ts'
import { askOne, blame, type Check, fine, orFine, warn } from './finding.ts'

/** Milliseconds that clocks may differ. */
const CLOCKS_DIFFER = 1_000
const NOW = 'SELECT extract(epoch FROM pg_catalog.clock_timestamp()) * 1000 AS now'

/** The clocks of server and machine, as exactly as the way between them allows. */
export const checkClock: Check = async ({ query, now }) => {
  await askOne(query, NOW)
  const before = now()
  const server = Number((await askOne(query, NOW))['now'])
  const after = now()
  const [ahead, behind] = [server - after, before - server]
  const difference = Math.max(ahead, behind)
  if (difference <= CLOCKS_DIFFER) return [fine('clock', 'The clocks of this machine and the server agree.')]
  return [
    warn(
      'clock',
      `The server's clock is ${formatAge(difference)} ${ahead > 0 ? 'ahead of' : 'behind'} this machine's.`,
      'Let both follow a time server. Caches stay true; schedules of warming sets, logs and metrics do not fit together.',
    ),
  ]
}

const OLD = `
SELECT what, pg_catalog.round(age)::float8 AS age, prepared FROM (
  SELECT 'process ' || pid || ' of ' || usename || coalesce(', ' || nullif(application_name, ''), '') AS what,
         extract(epoch FROM pg_catalog.clock_timestamp() - xact_start) * 1000 AS age, false AS prepared
  FROM pg_catalog.pg_stat_activity
  WHERE xact_start IS NOT NULL AND pid <> pg_catalog.pg_backend_pid() AND backend_type = 'client backend'
  UNION ALL
  SELECT 'prepared transaction ' || gid, extract(epoch FROM pg_catalog.clock_timestamp() - prepared) * 1000, true
  FROM pg_catalog.pg_prepared_xacts
) AS open
WHERE age > $1 ORDER BY age DESC LIMIT 5`

/** Of others' sessions only members of that role see since when they have a transaction. */
const HIDDEN = `SELECT NOT pg_catalog.pg_has_role('pg_read_all_stats', 'USAGE') AS hidden`

const CONSEQUENCE = {
  notify: 'After a deploy, caches of the tables that it writes to are not trusted before it ends.',
  outbox: 'After a deploy, caches of the tables that it writes to are not trusted before it ends.',
  wal: 'A runtime that starts or comes back waits for it, if it has written.',
} as const

export const checkTransactions: Check = async ({ query, manifest, longTransaction }) => {
  const { rows } = await query(OLD, [longTransaction])
  const findings = rows.map(({ what, age, prepared }) =>
    warn(
      'transactions',
      `A transaction has been open for ${formatAge(Number(age))}: ${String(what)}.`,
      `${CONSEQUENCE[manifest.feed]} ${
        prepared === true
          ? 'COMMIT PREPARED or ROLLBACK PREPARED it.'
          : 'End it, or set idle_in_transaction_session_timeout.'
      }`,
    ),
  )
  const { hidden } = await askOne(query, HIDDEN)
  const seen =
    hidden === true
      ? 'None of this role has been open for long; those of others only a member of pg_read_all_stats sees.'
      : 'None has been open for long.'
  return orFine(findings, 'transactions', seen)
}

/** A session that listens, or looks, is idle for the server. */
export const checkTimeouts: Check = async ({ query, manifest }) => {
  if (manifest.feed === 'wal') return []
  const { timeout } = await askOne(query, "SELECT current_setting('idle_session_timeout') AS timeout")
  if (timeout === '0') return []
  return [
    blame(
      'connection',
      `The server ends sessions that are idle for ${String(timeout)}, and a runtime that listens is idle.`,
      'ALTER ROLE name SET idle_session_timeout = 0, for the role of the runtime.',
    ),
  ]
}
