import type { ParamType } from '../../key/param.ts'
import type { Plan, Watch } from '../../plan/plan.ts'
import { type Sent, sentValues } from '../../plan/sent.ts'
import { type Fragment, joinSql, literal, sql } from '../../sql/fragment.ts'
import { paramType } from '../value.ts'

/** A value of a row as text that means the same in all sessions. */
export type SentColumn = {
  /** Tells values apart. */
  readonly id: string
  readonly column: string
  /** By JSON, whose dates and times do not follow the session's DateStyle as casts do. */
  readonly viaJson: boolean
  /** Whether equal values have equal texts, so that they can be compared before they are made texts, which is cheaper. */
  readonly plain: boolean
  /** A type whose texts need no escape within a JSON string, and to which the value is brought first. */
  readonly bare: 'uuid' | 'bigint' | undefined
}

const PLAIN: ReadonlySet<ParamType | undefined> = new Set(['uuid', 'int', 'bigint', 'boolean', 'date'])

const BARE: ReadonlyMap<ParamType | undefined, SentColumn['bare']> = new Map([
  ['uuid', 'uuid'],
  ['int', 'bigint'],
  ['bigint', 'bigint'],
])

/** Gives the SQL of a value as text. */
export type TextSql = (value: SentColumn) => Fragment

/**
 * The key or link of a row as it stands in a message: its values as JSON strings, one after another; NULL if one of
 * them is. They are texts of the type json, so no collation of the column can take different values for equal;
 * `COLLATE "C"` spares the cost of the database's own.
 */
export function keySql(plan: Plan, watch: Watch, text: TextSql): Fragment {
  const values = sentValues(watch).map((sent) => {
    if (sent.kind === 'text') return literal(JSON.stringify(sent.text))
    const value = sentColumn(plan, watch, sent)
    return value.bare === undefined ? sql`to_json(${text(value)})::text` : sql`'"' || ${text(value)} || '"'`
  })
  return sql`${joinSql(values, ` || ',' || `)} COLLATE "C"`
}

/** The same for watches whose rows make the same keys, whatever the params are called. */
export function sentIdentity(plan: Plan, watch: Watch): readonly string[] {
  return sentValues(watch).map((sent) =>
    sent.kind === 'text' ? JSON.stringify(sent.text) : sentColumn(plan, watch, sent).id,
  )
}

/** What {@link keySql} asks the texts of, each once. */
export function sentTexts(plan: Plan, watch: Watch): readonly SentColumn[] {
  const values = sentValues(watch).flatMap((sent) =>
    sent.kind === 'text' ? [] : [sentColumn(plan, watch, sent)],
  )
  return values.length < 2 ? values : onceEach(values)
}

/** Values without repetition, in the order in which they come first. */
export function onceEach(values: readonly SentColumn[]): readonly SentColumn[] {
  return [...new Map(values.map((value) => [value.id, value])).values()]
}

/** A column's value as text. */
export function textSql({ viaJson, bare }: SentColumn, column: Fragment): Fragment {
  // Whatever the column is: a quote in a text must not end the string.
  if (bare !== undefined) return sql`${bareSql(bare, column)}::text`
  return viaJson ? sql`(to_json(${column}) #>> '{}')` : sql`${column}::text`
}

export function bareSql(type: 'uuid' | 'bigint', column: Fragment): Fragment {
  return sql`${column}::${type === 'uuid' ? sql`uuid` : sql`bigint`}`
}

/** A column's value as it is compared with others. */
export function comparedSql(value: SentColumn, column: Fragment): Fragment {
  return value.plain ? column : sql`${textSql(value, column)} COLLATE "C"`
}

/** The text of what {@link comparedSql} has given. */
export function comparedText(value: SentColumn, compared: Fragment): Fragment {
  return value.plain ? textSql(value, compared) : compared
}

export function sentColumn(plan: Plan, { cache }: Watch, sent: Exclude<Sent, { kind: 'text' }>): SentColumn {
  const { column } = sent
  // A join's column can be of any type.
  if (sent.kind === 'join') return makeSent(column, { viaJson: true, plain: false, bare: undefined })
  const type = paramType(plan, cache, sent.param)
  return makeSent(column, { viaJson: type === 'date', plain: PLAIN.has(type), bare: BARE.get(type) })
}

function makeSent(column: string, how: Pick<SentColumn, 'viaJson' | 'plain' | 'bare'>): SentColumn {
  const { viaJson, plain, bare = 'text' } = how
  return { id: `${viaJson ? 'json' : bare}${plain ? '=' : ''} ${column}`, column, ...how }
}
