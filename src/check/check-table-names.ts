import { explainMissingTable } from '../catalog/explain-missing.ts'
import { findTable } from '../catalog/find.ts'
import { refuseTable } from '../catalog/refusals.ts'
import { parseTableName } from '../rules/identifier.ts'
import { suggest } from '../rules/suggest.ts'
import type { Draft } from '../rules/merge-files.ts'
import type { TableName } from '../rules/ruleset.ts'
import type { Source, Span } from '../rules/source.ts'
import type { CheckContext } from './check-context.ts'

/** Checks that the tables which have rules are there and can be watched. */
export function checkTableNames({ tables }: Draft, context: CheckContext): void {
  for (const { entry } of tables) {
    const parsed = parseTableName(entry.node.key.name)
    if (parsed.ok) checkTable(entry.source, entry.node.key, parsed.name, context)
  }
}

/** Checks one table, of a rule or of a path. */
export function checkTable(
  source: Source,
  span: Span,
  table: TableName,
  { catalog, report, refusals }: CheckContext,
): void {
  const relation = findTable(catalog, table)
  if (relation === undefined) {
    const { message, hint } = explainMissingTable(catalog, table, suggest)
    report.error(source, span, 'unknown-table', message, hint)
    return
  }
  const found = refusals.get(relation) ?? refuseTable(catalog, relation)
  refusals.set(relation, found)
  for (const { severity, message, hint } of found) {
    if (severity === 'error') report.error(source, span, 'unfit-table', message, hint)
    else report.warn(source, span, 'missed-changes', message, hint)
  }
}
