import type { Plan, Watch } from '../../plan/plan.ts'
import { type Sent, sentValues } from '../../plan/sent.ts'
import { type Fragment, joinSql, literal, sql } from '../../sql/fragment.ts'
import { paramType } from '../value.ts'

/** A value of a row as text that means the same in all sessions. */
export type SentColumn = {
  readonly column: string
  /** By JSON, whose dates and times do not follow the session's DateStyle as casts do. */
  readonly viaJson: boolean
}

/** Gives the SQL of a value as text. */
export type TextSql = (value: SentColumn) => Fragment

/**
 * The key or link of a row as it stands in a message: its values as JSON strings, one after another; NULL if one of
 * them is. They are texts of the type json, so no collation of the column can take different values for equal;
 * `COLLATE "C"` spares the cost of the database's own.
 */
export function keySql(plan: Plan, watch: Watch, text: TextSql): Fragment {
  const values = sentValues(watch).map((sent) =>
    sent.kind === 'text'
      ? literal(JSON.stringify(sent.text))
      : sql`to_json(${text(sentColumn(plan, watch, sent))})::text`,
  )
  return sql`${joinSql(values, ` || ',' || `)} COLLATE "C"`
}

/** What {@link keySql} asks the texts of, each once. */
export function sentTexts(plan: Plan, watch: Watch): readonly SentColumn[] {
  const values = sentValues(watch).flatMap((sent) =>
    sent.kind === 'text' ? [] : [sentColumn(plan, watch, sent)],
  )
  return [...new Map(values.map((value) => [nameText(value), value])).values()]
}

/** Tells values apart. */
export function nameText({ column, viaJson }: SentColumn): string {
  return JSON.stringify([column, viaJson])
}

/** A column's value as text. */
export function textSql({ viaJson }: SentColumn, column: Fragment): Fragment {
  return viaJson ? sql`(to_json(${column}) #>> '{}')` : sql`${column}::text`
}

function sentColumn(plan: Plan, { cache }: Watch, sent: Exclude<Sent, { kind: 'text' }>): SentColumn {
  const { column } = sent
  // A join's column can be of any type.
  return { column, viaJson: sent.kind === 'join' || paramType(plan, cache, sent.param) === 'date' }
}
