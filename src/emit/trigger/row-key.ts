import type { Plan, Watch } from '../../plan/plan.ts'
import { sentValues } from '../../plan/sent.ts'
import { Fragment, joinSql, literal, sql } from '../../sql/fragment.ts'
import { bareSql, type SentColumn, sentColumn, textSql } from './key.ts'

/** The key or link of one row. */
export type RowKey = {
  /** Whether none of its values is NULL. */
  readonly present: Fragment
  /** Its values as JSON strings, one after another, for a row that has them all; no constant follows another. */
  readonly pieces: readonly Piece[]
  readonly values: readonly RowValue[]
}

/** A constant text, or a value. */
type Piece = string | Fragment

/** A value of a key, as it is compared; one of few types if it is bare. */
type RowValue = { readonly value: Fragment; readonly isBare: boolean }

/**
 * What {@link keySql} gives, for a query of one row: a backend prepares each operator of it anew for each statement, so
 * that one function of many arguments costs a fraction of `||` between them.
 */
export function rowKey(plan: Plan, watch: Watch, of: (value: SentColumn) => Fragment): RowKey {
  const present: Fragment[] = []
  const values: RowValue[] = []
  const pieces: Piece[] = []
  let constant = ''
  for (const [index, sent] of sentValues(watch).entries()) {
    if (index > 0) constant += ','
    if (sent.kind === 'text') {
      constant += JSON.stringify(sent.text)
      continue
    }
    const column = sentColumn(plan, watch, sent)
    const value = of(column)
    if (column.bare === undefined) {
      const text = textSql(column, value)
      present.push(sql`${text} IS NOT NULL`)
      values.push({ value: sql`${text} COLLATE "C"`, isBare: false })
      pieces.push(...constants(constant), sql`to_json(${text})`)
      constant = ''
    } else {
      const bare = bareSql(column.bare, value)
      present.push(sql`${value} IS NOT NULL`)
      values.push({ value: bare, isBare: true })
      pieces.push(`${constant}"`, bare)
      constant = '"'
    }
  }
  pieces.push(...constants(constant))
  return { present: present.length === 0 ? sql`true` : joinSql(present, ' AND '), pieces, values }
}

function constants(text: string): readonly string[] {
  return text === '' ? [] : [text]
}

/** The key as one text, of a row that has all values. */
export function rowKeySql({ pieces }: RowKey): Fragment {
  return concatSql(pieces)
}

function concatSql(pieces: readonly Piece[]): Fragment {
  const list = pieces.map((piece) => (typeof piece === 'string' ? literal(piece) : piece))
  const [only, other] = pieces
  if (only === undefined) return literal('')
  return typeof only === 'string' && other === undefined ? literal(only) : sql`concat(${joinSql(list, ', ')})`
}

/** The keys of one row, or of its two versions: constants that stand around them, and a text that is NULL where there are none. */
export type RowKeys = { readonly begin: string; readonly text: Fragment; readonly end: string }

/** The keys of a row, or of its versions where they differ, as a list. */
export function listKeys([before, after]: readonly RowKey[]): RowKeys {
  if (before === undefined) return { begin: '', text: literal(''), end: '' }
  if (after === undefined) return listKey(before)
  const [old] = before.values
  const [now] = after.values
  if (old?.isBare === true && now !== undefined && isQuoted(before)) {
    // Most keys are of one value; then the values themselves can be a list.
    const list = sql`concat_ws('","', ${old.value}, nullif(${now.value}, ${old.value}))`
    return { begin: '"', text: sql`nullif(${list}, '')`, end: '"' }
  }
  const differ = after.values.map(
    ({ value }, index) => sql`${value} IS DISTINCT FROM ${before.values[index]?.value ?? sql`NULL`}`,
  )
  const moved = differ.length === 1 ? differ : [sql`(${joinSql(differ, ' OR ')})`]
  const list = sql`
    concat_ws(',',
      ${versionSql(before, [])},
      ${versionSql(after, moved)}
    )
  `
  return { begin: '', text: sql`nullif(${list}, '')`, end: '' }
}

/** Whether a key is a value between quotes, and nothing else. */
function isQuoted({ pieces: [begin, , end, more] }: RowKey): boolean {
  return begin === '"' && end === '"' && more === undefined
}

function listKey(key: RowKey): RowKeys {
  const [begin, value, end = ''] = key.pieces
  if (
    key.values.length === 1 &&
    typeof begin === 'string' &&
    value instanceof Fragment &&
    typeof end === 'string'
  )
    return { begin, text: sql`${value}::text`, end }
  return { begin: '', text: sql`${versionSql(key, [])}::text`, end: '' }
}

/** The key of a version if the conditions hold; NULL where it has none. */
function versionSql(key: RowKey, conditions: readonly Fragment[]): Fragment {
  const [only, other] = key.pieces
  const isNull = only instanceof Fragment && other === undefined
  const when = isNull ? conditions : [...(key.values.length === 0 ? [] : [key.present]), ...conditions]
  const text = isNull ? only : rowKeySql(key)
  return when.length === 0 ? text : sql`CASE WHEN ${joinSql(when, ' AND ')} THEN ${text} END`
}

/** Texts with keys between each two of them. The keys are made once, as what separates the texts: without them all is NULL. */
export function separateSql(texts: readonly string[], { begin, text, end }: RowKeys): Fragment {
  const list = texts.map((each, index) =>
    literal(`${index > 0 ? end : ''}${each}${index < texts.length - 1 ? begin : ''}`),
  )
  return sql`
    concat_ws(
      ${joinSql([text, ...list], ',\n')}
    )
  `
}
