import { type Fragment, joinSql, literal, sql } from '../../sql/fragment.ts'
import type { Group } from './group.ts'
import type { RowKey } from './key.ts'
import { anyOf, broadTarget, describeGroup, joinTargets, openTarget, targetSql } from './target.ts'

/** What one row, or the two versions of one, say to the watches of one source. */
export type Row = {
  /** Whether the row matters to one of the watches; to all of them when there is nothing to ask. */
  readonly hit: Fragment | undefined
  /** The key of each version; none when the row makes the whole cache wrong. */
  readonly keys: readonly RowKey[]
}

/**
 * The query of a statement that changed one row, as most do: no join of many rows, no grouping, and nothing that has to
 * count. It gives the targets of each row, or pair, for a reader that takes no more than one.
 */
export function oneRowQuery(targets: readonly Fragment[], from: Fragment): Fragment {
  return sql`
    SELECT
      ${joinTargets(targets)}
    FROM ${from}
  `
}

/** An expression that gives a group's target as JSON text; NULL when the row does not matter. */
export function oneRowTarget(group: Group, rows: readonly Row[]): Fragment {
  const { cache, params, maxKeys } = group
  if (params.length === 0) {
    const hits = rows.flatMap(({ hit }) => (hit === undefined ? [] : [hit]))
    const target = literal(broadTarget(cache, 'unbound'))
    const hit = hits.length < rows.length ? undefined : anyOf(hits)
    return sql`
      ${describeGroup(group)}
      ${hit === undefined ? target : sql`CASE WHEN ${hit} THEN ${target} END`}
    `
  }
  const [row] = rows
  const keys = rows.flatMap((each) => each.keys)
  if (row === undefined || rows.length > 1 || keys.length > maxKeys)
    return targetSql(group, rows.flatMap(find))
  const has = keys.map(({ present }) => (keys.length === 1 ? present : sql`(${present})`))
  const conditions = [
    ...(row.hit === undefined ? [] : [sql`(${row.hit})`]),
    has.length === 1 ? joinSql(has, '') : sql`(${joinSql(has, ' OR ')})`,
  ]
  return sql`
    ${describeGroup(group)}
    CASE WHEN ${joinSql(conditions, ' AND ')} THEN ${literal(openTarget(group))} || ${listKeys(keys, group.width)} || ']]' END
  `
}

/** The keys of a row, or of its versions where they differ, as a list. */
function listKeys([before, after]: readonly RowKey[], width: number): Fragment {
  if (before === undefined) return literal('')
  if (after === undefined) return concat(before)
  const [old] = before.values
  const [now] = after.values
  if (width === 1 && old?.isBare === true && now !== undefined) {
    // Most keys are of one value; then the values themselves can be a list.
    const list = sql`concat_ws('","', ${old.value}, nullif(${now.value}, ${old.value}))`
    return sql`'"' || ${list} || '"'`
  }
  const moved = after.values.map(
    ({ value }, index) => sql`${value} IS DISTINCT FROM ${before.values[index]?.value ?? sql`NULL`}`,
  )
  return sql`
    concat_ws(',',
      CASE WHEN ${before.present} THEN ${concat(before)} END,
      CASE WHEN ${after.present} AND (${joinSql(moved, ' OR ')}) THEN ${concat(after)} END
    )
  `
}

function concat({ pieces }: RowKey): Fragment {
  return sql`concat(${joinSql(pieces, ', ')})`
}

function find({ hit, keys }: Row) {
  return keys.map((key) => ({
    list: sql`${concat(key)} COLLATE "C" AS key`,
    from: undefined,
    where: [...(hit === undefined ? [] : [sql`(${hit})`]), key.present],
  }))
}
