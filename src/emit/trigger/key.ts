import type { ParamType } from '../../key/param.ts'
import type { Plan, Watch } from '../../plan/plan.ts'
import { type Sent, sentValues } from '../../plan/sent.ts'
import { Fragment, joinSql, literal, sql } from '../../sql/fragment.ts'
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

/** The key or link of one row. */
export type RowKey = {
  /** Whether none of its values is NULL. */
  readonly present: Fragment
  /** Its values as JSON strings, one after another, for a row that has them all: to be put together by {@link concatSql}. */
  readonly pieces: readonly Piece[]
  readonly values: readonly RowValue[]
}

/** A constant text, or a value. */
export type Piece = string | Fragment

/** A value of a key, as it is compared; one of few types if it is bare. */
export type RowValue = { readonly value: Fragment; readonly isBare: boolean }

/**
 * What {@link keySql} gives, for a query of one row: a backend prepares each operator of it anew for each statement, so
 * that one function of many arguments costs a fraction of `||` between them.
 */
export function rowKey(plan: Plan, watch: Watch, of: (value: SentColumn) => Fragment): RowKey {
  const present: Fragment[] = []
  const values: RowValue[] = []
  const pieces: Piece[] = []
  for (const [index, sent] of sentValues(watch).entries()) {
    if (index > 0) pieces.push(',')
    if (sent.kind === 'text') {
      pieces.push(JSON.stringify(sent.text))
      continue
    }
    const column = sentColumn(plan, watch, sent)
    const value = of(column)
    if (column.bare === undefined) {
      const text = textSql(column, value)
      present.push(sql`${text} IS NOT NULL`)
      values.push({ value: sql`${text} COLLATE "C"`, isBare: false })
      pieces.push(sql`to_json(${text})`)
    } else {
      const bare = bareSql(column.bare, value)
      present.push(sql`${value} IS NOT NULL`)
      values.push({ value: bare, isBare: true })
      pieces.push('"', bare, '"')
    }
  }
  return { present: present.length === 0 ? sql`true` : joinSql(present, ' AND '), pieces, values }
}

/** Pieces as one text; constants that are neighbours become one. */
export function concatSql(pieces: readonly Piece[]): Fragment {
  const list: Fragment[] = []
  let constant = ''
  for (const piece of pieces) {
    if (typeof piece === 'string') {
      constant += piece
      continue
    }
    if (constant !== '') list.push(literal(constant))
    constant = ''
    list.push(piece)
  }
  if (list.length === 0) return literal(constant)
  if (constant !== '') list.push(literal(constant))
  return sql`concat(${joinSql(list, ', ')})`
}

/** The same for watches whose rows make the same keys, whatever the params are called. */
export function sentIdentity(plan: Plan, watch: Watch): readonly string[] {
  return sentValues(watch).map((sent) =>
    sent.kind === 'text' ? JSON.stringify(sent.text) : sentColumn(plan, watch, sent).id,
  )
}

/**
 * Texts with the same pieces between each two of them. Of more than two texts the pieces are made once, as what separates
 * the texts.
 */
export function separateSql(texts: readonly string[], pieces: readonly Piece[]): Fragment {
  const [first = '', last = '', another] = texts
  if (another === undefined) return concatSql([first, ...pieces, last])
  const { begin, text: separator, end } = trimPieces(pieces)
  const list = texts.map((text, index) =>
    literal(`${index > 0 ? end : ''}${text}${index < texts.length - 1 ? begin : ''}`),
  )
  return sql`
    concat_ws(
      ${joinSql([separator, ...list], ',\n')}
    )
  `
}

/** Pieces as constants at either end, which may become part of others, and the text of what is between. */
export function trimPieces(pieces: readonly Piece[]): {
  readonly begin: string
  readonly text: Fragment
  readonly end: string
} {
  const begin = typeof pieces[0] === 'string' ? pieces[0] : ''
  const end = pieces.length > 1 && typeof pieces.at(-1) === 'string' ? String(pieces.at(-1)) : ''
  const between = pieces.slice(begin === '' ? 0 : 1, end === '' ? undefined : -1)
  const [only] = between
  const text = between.length === 1 && only instanceof Fragment ? sql`${only}::text` : concatSql(between)
  return { begin, text, end }
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

function bareSql(type: 'uuid' | 'bigint', column: Fragment): Fragment {
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

function sentColumn(plan: Plan, { cache }: Watch, sent: Exclude<Sent, { kind: 'text' }>): SentColumn {
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
