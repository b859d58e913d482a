import { explainMissingColumn } from '../catalog/explain-missing.ts'
import { findColumn } from '../catalog/find.ts'
import { refuseColumn } from '../catalog/refusals.ts'
import { suggest } from '../rules/suggest.ts'
import type { CatalogColumn, CatalogRelation } from '../catalog/catalog.ts'
import type { Source, Span } from '../rules/source.ts'
import type { CheckContext } from './check-context.ts'

export type ColumnPlace = {
  readonly source: Source
  readonly span: Span
  /** `param` when its value becomes a param, `watch` when a trigger only reads it. */
  readonly use: 'param' | 'watch'
  /** What to do when there is no such column, where that is more than naming another one. */
  readonly hint?: (near: string | undefined) => string
}

/** Finds a column that can be used so; `undefined`, and a diagnostic, where there is none. */
export function checkColumn(
  relation: CatalogRelation,
  name: string,
  { source, span, use, hint }: ColumnPlace,
  { report }: CheckContext,
): CatalogColumn | undefined {
  const column = findColumn(relation, name)
  if (column === undefined) {
    const reason = explainMissingColumn(relation, name, suggest)
    const near = suggest(
      name,
      relation.columns.map((other) => other.name),
    )
    report.error(source, span, 'unknown-column', reason.message, hint?.(near) ?? reason.hint)
    return undefined
  }
  const refusals = refuseColumn(column, use)
  for (const refusal of refusals) report.error(source, span, 'unfit-column', refusal.message, refusal.hint)
  return refusals.length === 0 ? column : undefined
}
