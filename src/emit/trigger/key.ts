import type { Plan, Watch } from '../../plan/plan.ts'
import { type Sent, sentColumns, sentValues } from '../../plan/sent.ts'
import { type Fragment, joinSql, literal, sql } from '../../sql/fragment.ts'
import { paramType, valueSql } from '../value.ts'

/** Gives the SQL of a column's value. */
export type ColumnSql = (column: string) => Fragment

/**
 * The key or link of a row as it stands in a message: its values as JSON strings, one after another. They are
 * texts of the type json, so no collation of the column can take different values for equal; `COLLATE "C"` spares the
 * cost of the database's own.
 */
export function keySql(plan: Plan, watch: Watch, column: ColumnSql): Fragment {
  const values = sentValues(watch).map((sent) => jsonSql(plan, watch.cache, sent, column))
  return sql`${joinSql(values, ` || ',' || `)} COLLATE "C"`
}

/** The values that a key or link cannot do without. */
export function notNullSql(watch: Watch, column: ColumnSql): readonly Fragment[] {
  return [...new Set(sentColumns(watch))].map((name) => sql`${column(name)} IS NOT NULL`)
}

function jsonSql(plan: Plan, cache: string, sent: Sent, column: ColumnSql): Fragment {
  switch (sent.kind) {
    case 'text':
      return literal(JSON.stringify(sent.text))
    case 'column': {
      const type = paramType(plan, cache, sent.param)
      // JSON of a date is a string already.
      return type === 'date'
        ? sql`to_json(${column(sent.column)})::text`
        : sql`to_json(${valueSql(type, column(sent.column))})::text`
    }
    case 'join':
      // Of any type: the text must mean the same to the reader, whatever the writer's DateStyle is.
      return sql`to_json(to_json(${column(sent.column)}) #>> '{}')::text`
  }
}
