import { readCoverage, type Uncovered } from '../coverage/read-coverage.ts'
import { blame, type Check, orFine } from './finding.ts'

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

export const checkTriggers: Check = async ({ query, manifest }) => {
  const uncovered = await readCoverage(query, manifest)
  const seen = new Map(uncovered.map(({ table, reason }) => [`${table} ${reason}`, { table, reason }]))
  const findings = [...seen.values()].map(({ table, reason }) =>
    blame('triggers', `${table} ${SAYS[reason]}: its caches ask the loader.`, ADVICE[reason]),
  )
  const count = manifest.tables.length
  return orFine(
    findings,
    'triggers',
    `${count === 1 ? 'The watched table has' : `${count} watched tables have`} them.`,
  )
}
