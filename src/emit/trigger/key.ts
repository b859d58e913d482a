import type { Plan } from '../../plan/plan.ts'
import type { ParamSource } from '../../rules/ruleset.ts'
import { type Fragment, joinSql, literal, sql } from '../../sql/fragment.ts'

/** Gives the SQL of a column's value. */
export type ColumnSql = (column: string) => Fragment

/**
 * The key of a row as it stands in a message: its values as JSON strings, one after another. They are
 * texts of the type json, so no collation of the column can take different values for equal; `COLLATE "C"` spares the
 * cost of the database's own.
 */
export function keySql(
  plan: Plan,
  cache: string,
  params: readonly ParamSource[],
  column: ColumnSql,
): Fragment {
  const values = params.map((source) => valueSql(plan, cache, source, column))
  return sql`${joinSql(values, ` || ',' || `)} COLLATE "C"`
}

/** The values that a key cannot do without. */
export function notNullSql(params: readonly ParamSource[], column: ColumnSql): readonly Fragment[] {
  return params.flatMap((source) =>
    source.kind === 'column' ? [sql`${column(source.column)} IS NOT NULL`] : [],
  )
}

function valueSql(plan: Plan, cache: string, source: ParamSource, column: ColumnSql): Fragment {
  if (source.kind === 'text') return literal(JSON.stringify(source.text))
  const params = plan.caches.find(({ name }) => name === cache)?.params
  const type = params?.find(({ name }) => name === source.param)?.type
  // The cast of a date to text follows the session's DateStyle, its JSON does not.
  if (type === 'date') return sql`to_json(${column(source.column)})::text`
  return sql`to_json(${column(source.column)}::text)::text`
}
