import { type Fragment, literal, sql } from '../../sql/fragment.ts'
import type { Group } from './group.ts'
import { anyOf, broadTarget, describeGroup, joinTargets, openTarget, targetSql } from './target.ts'

/** What one row, or the two versions of one, say to the watches of one source. */
export type Row = {
  /** Whether the row matters to one of the watches; to all of them when there is nothing to ask. */
  readonly hit: Fragment | undefined
  /** The keys, NULL where the row has none. */
  readonly keys: readonly Fragment[]
}

/**
 * The query of a statement that changed one row, as most do: no join of many rows, no grouping, and nothing that has to
 * count. It gives whether `rows` are more than one, and the targets of the first, or of the first pair; NULL for both where
 * there is none.
 */
export function oneRowQuery(targets: readonly Fragment[], from: Fragment, rows: Fragment): Fragment {
  return sql`
    SELECT EXISTS (SELECT FROM ${rows} OFFSET 1),
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
    return sql`
      ${describeGroup(group)}
      ${whenHit(hits.length < rows.length ? undefined : anyOf(hits), target)}
    `
  }
  const [row] = rows
  const keys = rows.flatMap((each) => each.keys)
  if (row === undefined || rows.length > 1 || keys.length > maxKeys)
    return targetSql(group, rows.flatMap(find))
  const target = sql`${openTarget(group)} || ${listKeys(keys)} || ']]'`
  return sql`
    ${describeGroup(group)}
    ${whenHit(row.hit, target)}
  `
}

/** The keys of a row, or of its versions, as a list; NULL when there are none. */
function listKeys([before, after]: readonly Fragment[]): Fragment {
  if (before === undefined) return sql`NULL`
  return after === undefined
    ? before
    : sql`nullif(concat_ws(',', ${before}, nullif(${after}, ${before})), '')`
}

function whenHit(hit: Fragment | undefined, target: Fragment): Fragment {
  return hit === undefined ? target : sql`CASE WHEN ${hit} THEN ${target} END`
}

function find({ hit, keys }: Row) {
  return keys.map((key) => ({
    list: sql`${key} AS key`,
    from: undefined,
    where: [...(hit === undefined ? [] : [sql`(${hit})`]), sql`${key} IS NOT NULL`],
  }))
}
