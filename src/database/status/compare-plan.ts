import { sentColumns } from '../../plan/sent.ts'
import type { Plan, Watch } from '../../plan/plan.ts'
import type { Migration } from '../migration.ts'
import type { Recorded } from '../records.ts'
import { describe } from '../with-lock.ts'
import type { Drift } from './finding.ts'
import type { Actual } from './read-actual.ts'

/** Looks whether the watched tables have the columns that triggers read: without one, each write makes everything wrong. */
export function compareColumns(plan: Plan, { tables }: Actual): readonly Drift[] {
  const roots = new Map(
    tables.filter((each) => each.is_root).map((each) => [JSON.stringify([each.schema, each.table]), each]),
  )
  return plan.tables.flatMap(({ table, watches }) => {
    const found = roots.get(JSON.stringify([table.schema, table.name]))
    if (found === undefined) return []
    const columns = new Set(found.columns)
    return [...new Set(watches.flatMap(columnsOf))]
      .filter((column) => !columns.has(column))
      .map((column): Drift => ({
        kind: 'column-missing',
        object: `column ${table.schema}.${table.name}.${column}`,
        message:
          'A rule reads it, and it is missing, dropped or renamed: until the rules are changed, each write makes everything wrong.',
        repair: [],
      }))
  })
}

function columnsOf(watch: Watch): readonly string[] {
  const compared = watch.columns === 'all' ? [] : watch.columns
  return [...compared, ...sentColumns(watch), ...(watch.when?.columns ?? [])]
}

/** Compares the migrations that are recorded with those that are here. A database that another tool keeps has no records. */
export function compareVersions(
  migrations: readonly Migration[],
  records: ReadonlyMap<number, Recorded>,
): readonly Drift[] {
  if (records.size === 0) return []
  const files = new Map(migrations.map((migration) => [migration.number, migration]))
  const version = (one: Pick<Migration, 'number' | 'name'>, message: string): Drift => ({
    kind: 'version',
    object: `migration ${describe(one)}`,
    message,
    repair: [],
  })
  return [
    ...migrations
      .filter(({ number }) => !records.has(number))
      .map((migration) => version(migration, 'It is not applied yet: run stalemate apply.')),
    ...[...records.values()].flatMap((record) => {
      const file = files.get(record.number)
      if (file === undefined)
        return [version(record, 'It is applied, and not here: these files are older than the database.')]
      if (file.checksum !== record.checksum)
        return [version(file, `Another one was applied as ${describe(record)}.`)]
      return []
    }),
  ]
}
