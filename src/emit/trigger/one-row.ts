import { type Fragment, literal, sql } from '../../sql/fragment.ts'
import { type Frame, framed, framedText, NO_FRAME } from './frame.ts'
import { listKeys, type RowKey, rowKeySql, separateSql } from './row-key.ts'
import type { Search } from './search.ts'
import { anyOf, broadTargets, describeSearch, joinTargets, targetsSql, textsAround } from './target.ts'

/** What one row, or the two versions of one, say to the watches of one source. */
export type Row = {
  /** Whether the row matters to one of the watches; to all of them when there is nothing to ask. */
  readonly hit: Fragment | undefined
  /** The key of each version; none when the row makes the whole cache wrong. */
  readonly keys: readonly RowKey[]
}

/** Gives an expression for the targets of a search in a frame; NULL when the row does not matter. */
export type OneTarget = (frame: Frame) => Fragment

/**
 * The query of a statement that changed one row, as most do: no join of many rows, no grouping, and nothing that has to
 * count. It gives the framed targets of each row, or pair, for a reader that takes no more than one; NULL when there are none.
 */
export function oneRowQuery(targets: readonly OneTarget[], frame: Frame, from: Fragment): Fragment {
  const [only, other] = targets
  const all = (): Fragment => sql`
    nullif(${joinTargets(targets.map((target) => target(NO_FRAME)))}, '')
  `
  return sql`
    SELECT
      ${only !== undefined && other === undefined ? only(frame) : framed(frame, all())}
    FROM ${from}
  `
}

/** The targets of a search for one row, or for a pair of versions. */
export function oneRowTargets(search: Search, rows: readonly Row[]): OneTarget {
  return (frame) => framedTargets(search, rows, frame)
}

function framedTargets(search: Search, rows: readonly Row[], frame: Frame): Fragment {
  const { groups, isBound, maxKeys } = search
  if (!isBound) {
    const hits = rows.flatMap(({ hit }) => (hit === undefined ? [] : [hit]))
    const target = framedText(frame, broadTargets(groups, 'unbound'))
    const hit = hits.length < rows.length ? undefined : anyOf(hits)
    return sql`
      ${describeSearch(search)}
      ${hit === undefined ? target : sql`CASE WHEN ${hit} THEN ${target} END`}
    `
  }
  const [row] = rows
  const keys = rows.flatMap((each) => each.keys)
  if (row === undefined || rows.length > 1 || keys.length > maxKeys)
    return framed(frame, targetsSql(search, rows.flatMap(find)))
  const around = textsAround(search)
  const texts = around.map((text, index) => {
    return `${index === 0 ? frame.open : ''}${text}${index === around.length - 1 ? frame.close : ''}`
  })
  const targets = separateSql(texts, listKeys(keys))
  return sql`
    ${describeSearch(search)}
    ${row.hit === undefined ? targets : sql`CASE WHEN ${row.hit} THEN ${targets} END`}
  `
}

/** Stands for the keys in the texts around them, which have no other: names are of letters and digits. */
const MARK = '?'

/** The targets of searches for the same keys of a pair of versions, of which each has its own hit: the keys are made once. */
export function sharedRowTargets(
  told: readonly { readonly search: Search; readonly rows: readonly Row[] }[],
): OneTarget {
  const [first] = told
  const keys = first?.rows.flatMap((row) => row.keys) ?? []
  const { begin, text, end } = listKeys(keys)
  const targets = told.map(({ search, rows }) => {
    const constant = literal(textsAround(search).join(`${begin}${MARK}${end}`))
    const hits = rows.flatMap(({ hit }) => (hit === undefined ? [] : [hit]))
    return sql`
      ${describeSearch(search)}
      ${hits.length < rows.length ? constant : sql`CASE WHEN ${anyOf(hits)} THEN ${constant} END`}
    `
  })
  const all = sql`
    replace(
      nullif(${joinTargets(targets)}, ''),
      ${literal(MARK)},
      ${text}
    )
  `
  return (frame) => framed(frame, all)
}

function find({ hit, keys }: Row) {
  return keys.map((key) => ({
    list: sql`${rowKeySql(key)} COLLATE "C" AS key`,
    from: undefined,
    where: [...(hit === undefined ? [] : [sql`(${hit})`]), key.present],
  }))
}
