import { readCoverage, type Uncovered } from '../coverage/read-coverage.ts'
import { blame, type Check, type Finding, orFine, type Patient, warn } from './finding.ts'

const ADVICE: Readonly<Record<Uncovered['reason'], string>> = {
  missing: 'Run `stalemate apply`, or, where migrations say that it is there, `stalemate apply --repair`.',
  partition: 'Run `stalemate apply --repair`, or call stalemate.cover_v1 for the table.',
  disabled: 'ALTER TABLE ... ENABLE TRIGGER, or run `stalemate apply --repair`.',
  changed: 'Apply the migrations that these files belong to, or run `stalemate status` to see what differs.',
  settling: 'Wait until the transactions that write to the table have ended.',
}
const SAYS: Readonly<Record<Uncovered['reason'], string>> = {
  missing: 'has not the triggers that the rules need',
  partition: 'has partitions, or tables that inherit from it, without the triggers',
  disabled: 'has triggers that are disabled',
  changed: 'has triggers that are not those of these rules',
  settling: 'has triggers that are newer than transactions that run',
}

const EVENT_TRIGGERS = `SELECT count(*)::int AS found FROM pg_catalog.pg_event_trigger AS e
JOIN pg_catalog.pg_proc AS f ON f.oid = e.evtfoid AND f.pronamespace = to_regnamespace('stalemate')
WHERE e.evtenabled IN ('O', 'A') AND e.evtname = ANY ($1::text[])`

async function checkDdl({ query, manifest: { ddl = [] } }: Patient): Promise<readonly Finding[]> {
  if (ddl.length === 0) return []
  const { rows } = await query(EVENT_TRIGGERS, [ddl])
  if (Number(rows[0]?.['found']) === ddl.length) return []
  const message =
    'The rules say `ddl: watch`, and event triggers are missing or disabled: DDL goes unnoticed.'
  return [warn('triggers', message, 'Run `stalemate apply --repair` as a superuser.')]
}

export const checkTriggers: Check = async (patient) => {
  const { query, manifest } = patient
  const uncovered = await readCoverage(query, manifest)
  const seen = new Map(uncovered.map(({ table, reason }) => [`${table} ${reason}`, { table, reason }]))
  const findings = [
    ...[...seen.values()].map(({ table, reason }) =>
      blame('triggers', `${table} ${SAYS[reason]}: its caches ask the loader.`, ADVICE[reason]),
    ),
    ...(await checkDdl(patient)),
  ]
  const count = manifest.tables.length
  return orFine(
    findings,
    'triggers',
    `${count === 1 ? 'The watched table has' : `${count} watched tables have`} them.`,
  )
}
