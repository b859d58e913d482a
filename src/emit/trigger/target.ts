import { type Fragment, integer, joinSql, lineComment, literal, sql } from '../../sql/fragment.ts'
import type { BroadReason } from '../../wire/change.ts'
import { cachesOf, type Group } from './group.ts'

/** The target that makes a whole cache wrong, as JSON. */
export function broadTarget(cache: string, reason: BroadReason): string {
  return JSON.stringify([cache, reason])
}

/** The targets that make everything wrong that the groups could have named, as JSON without brackets. */
export function broadTargets(groups: readonly Group[], reason: BroadReason): string {
  return cachesOf(groups)
    .map((cache) => broadTarget(cache, reason))
    .join(',')
}

/** What the watches of one source find. */
export type Find = {
  /** What is selected of each row to make a key of; none when the rows make the whole cache wrong. */
  readonly list: Fragment | undefined
  /** Nothing when the key is of the one row that a query around it is about. */
  readonly from: Fragment | undefined
  readonly where: readonly Fragment[]
  /** How many rows are looked at, as a clause; all unless given. */
  readonly limit?: Fragment
}

/** How the key is made of what the finds list, where that is not the key, and what they are ordered by. */
export type KeyOf = { readonly key: Fragment; readonly order: Fragment }

/**
 * A scalar query that gives a group's target as JSON text; NULL when no row is found. The keys stand in an order, so that
 * equal targets are equal texts. No key is made where there are too many.
 */
export function targetSql(group: Group, finds: readonly Find[], keyOf?: KeyOf): Fragment {
  const { cache, params, maxKeys } = group
  if (params.length === 0) {
    return sql`
      ${describeGroup(group)}
      (
        SELECT ${literal(broadTarget(cache, 'unbound'))}
        WHERE ${anyOf(finds.map((find) => sql`EXISTS (${selectSql(find, false)})`))}
      )
    `
  }
  const { key, order } = keyOf ?? { key: sql`key`, order: sql`key` }
  return sql`
    ${describeGroup(group)}
    (
      WITH found AS (
        ${joinSql(
          finds.map((find) => selectSql(find, finds.length === 1)),
          '\nUNION\n',
        )}
        LIMIT ${integer(maxKeys + 1)}
      )
      SELECT CASE
        WHEN (SELECT count(*) FROM found) > ${integer(maxKeys)} THEN ${literal(broadTarget(cache, 'max-keys'))}
        ELSE ${literal(openTarget(group))} || (
          SELECT string_agg(key, ',') FROM (SELECT ${key} AS key FROM found ORDER BY ${order}) AS keys
        ) || ${literal(CLOSE_TARGET)}
      END
    )
  `
}

/** The target's text after its keys. */
export const CLOSE_TARGET = ']]'

/** The target's text before its keys. */
export function openTarget({ cache, params, path, width }: Group): string {
  const named = path === undefined ? params : { l: path.id, n: width }
  return `${JSON.stringify([cache, named]).slice(0, -1)},[`
}

/** Conditions of which one has to hold, each once. */
export function anyOf(conditions: readonly Fragment[]): Fragment {
  const [only, other] = conditions
  if (only !== undefined && other === undefined) return only
  const different = new Map(conditions.map((condition) => [condition.toString(), condition]))
  return joinSql([...different.values()], '\n  OR ')
}

function selectSql({ list, from, where, limit }: Find, distinct: boolean): Fragment {
  const what = list === undefined ? sql`` : distinct ? sql` DISTINCT ${list}` : sql` ${list}`
  const select = joinSql(
    [
      sql`SELECT${what}`,
      ...(from === undefined ? [] : [sql`FROM ${from}`]),
      ...(where.length === 0 ? [] : [sql`WHERE ${joinSql(where, '\n  AND ')}`]),
      ...(limit === undefined ? [] : [limit]),
    ],
    list === undefined ? ' ' : '\n',
  )
  return limit === undefined
    ? select
    : sql`
    (
      ${select}
    )
  `
}

/** A comment that says what a group is. */
export function describeGroup({ cache, params, path }: Group): Fragment {
  const over = path === undefined ? '' : ` over ${listNames(path.hops.map(({ alias }) => alias))}`
  return lineComment(params.length === 0 ? `${cache}, as a whole` : `${cache} by ${listNames(params)}${over}`)
}

/** Not by `join`, for the reason that fragments are not. */
function listNames(names: readonly string[]): string {
  return names.reduce((list, name) => `${list}, ${name}`)
}

/** Targets in one text, without those that are NULL. */
export function joinTargets(targets: readonly Fragment[]): Fragment {
  const [first, ...others] = targets
  if (first !== undefined && others.length === 0) return first
  return sql`
    concat_ws(',',
      ${joinSql(targets, ',\n')}
    )
  `
}
