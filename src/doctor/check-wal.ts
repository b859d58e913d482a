import { askOne, blame, type Check, fine, type Finding, warn } from './finding.ts'

const SETTINGS = `
SELECT current_setting('wal_level') AS level, current_setting('server_encoding') AS encoding,
       current_setting('max_slot_wal_keep_size') AS keep, current_setting('wal_sender_timeout') AS timeout,
       current_setting('synchronous_commit') AS commits,
       current_setting('max_replication_slots')::int - (SELECT count(*) FROM pg_catalog.pg_replication_slots)::int AS slots,
       current_setting('max_wal_senders')::int - (SELECT count(*) FROM pg_catalog.pg_stat_replication)::int AS senders,
       EXISTS (SELECT FROM pg_catalog.pg_publication WHERE pubname = $1) AS installed`

/** Slots that keep WAL for nobody. */
const IDLE_SLOTS = `
SELECT slot_name AS slot, pg_catalog.pg_size_pretty(
         pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_lsn(), restart_lsn)) AS kept
FROM pg_catalog.pg_replication_slots
WHERE NOT active AND restart_lsn IS NOT NULL
  AND pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_lsn(), restart_lsn) > 1073741824`

export const checkWal: Check = async ({ query, manifest: { feed, channel } }) => {
  if (feed !== 'wal') return []
  const settings = await askOne(query, SETTINGS, [channel])
  const { level, encoding, keep, timeout, commits, slots, senders, installed } = settings
  const findings: Finding[] = []
  const find = (is: boolean, how: typeof warn, message: string, advice: string): void => {
    if (is) findings.push(how('wal', message, advice))
  }
  find(
    level !== 'logical',
    blame,
    `wal_level is ${String(level)}.`,
    "ALTER SYSTEM SET wal_level = 'logical', and restart the server; or say `feed: outbox` in the rules.",
  )
  find(
    encoding !== 'UTF8',
    blame,
    `The database is in ${String(encoding)}: messages in the WAL are not converted.`,
    'Say `feed: outbox` in the rules.',
  )
  find(installed !== true, blame, `The database has no publication ${channel}.`, 'Run `stalemate apply`.')
  const more = 'to more than all processes with a `wal` feed and all others that replicate.'
  find(Number(slots) < 1, blame, 'All replication slots are taken.', `Raise max_replication_slots ${more}`)
  find(Number(senders) < 1, blame, 'All walsenders are taken.', `Raise max_wal_senders ${more}`)
  find(
    keep === '-1',
    warn,
    'Slots keep WAL without limit: a runtime that hangs fills the disk.',
    "ALTER SYSTEM SET max_slot_wal_keep_size = '10GB' or what the disk can spare; past it a runtime has a gap.",
  )
  find(
    timeout === '0',
    warn,
    'wal_sender_timeout is 0: a walsender does not notice that its reader is gone.',
    "ALTER SYSTEM SET wal_sender_timeout = '60s'.",
  )
  find(
    commits === 'off',
    warn,
    'synchronous_commit is off: changes come up to wal_writer_delay later.',
    'Turn it on where changes are to be seen at once, or lower wal_writer_delay.',
  )
  const { rows } = await query(IDLE_SLOTS)
  for (const { slot, kept } of rows)
    findings.push(
      warn(
        'wal',
        `Slot ${String(slot)} is not read, and keeps ${String(kept)} of WAL.`,
        'Drop it with pg_drop_replication_slot if its reader is gone for good; ours go with their connection.',
      ),
    )
  return [...findings, fine('wal', `${Number(slots)} slots and ${Number(senders)} walsenders are free.`)]
}
