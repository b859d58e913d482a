import { type Fragment, integer, joinSql, lineComment, literal, sql } from '../../sql/fragment.ts'
import type { BroadReason } from '../../wire/change.ts'
import { cachesOf, type Group } from './group.ts'

/** The target that makes a whole cache wrong, as JSON. */
export function broadTarget(cache: string, reason: BroadReason): string {
  return JSON.stringify([cache, reason])
}

/** The targets that make everything wrong that the groups could have named, as JSON without brackets. */
export function broadTargets(groups: readonly Group[], reason: BroadReason): Fragment {
  return literal(
    cachesOf(groups)
      .map((cache) => broadTarget(cache, reason))
      .join(','),
  )
}

/** What the watches of one source find: the key of each row. */
export type Find = {
  /** None when the rows make the whole cache wrong. */
  readonly key: Fragment | undefined
  /** Nothing when the key is of the one row that a query around it is about. */
  readonly from: Fragment | undefined
  readonly where: readonly Fragment[]
}

/** A scalar query that gives a group's target as JSON text; NULL when no row is found. */
export function targetSql(group: Group, finds: readonly Find[]): Fragment {
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
  return sql`
    ${describeGroup(group)}
    (
      SELECT CASE
        WHEN count(*) > ${integer(maxKeys)} THEN ${literal(broadTarget(cache, 'max-keys'))}
        WHEN count(*) > 0 THEN ${openTarget(group)} || string_agg(key, ',') || ']]'
      END
      FROM (
        ${joinSql(
          finds.map((find) => selectSql(find, finds.length === 1)),
          '\nUNION\n',
        )}
        LIMIT ${integer(maxKeys + 1)}
      ) AS keys
    )
  `
}

/** The target's text before its keys. */
export function openTarget({ cache, params, path, width }: Group): Fragment {
  const named = path === undefined ? params : { l: path.id, n: width }
  return literal(`${JSON.stringify([cache, named]).slice(0, -1)},[`)
}

/** Conditions of which one has to hold, each once. */
export function anyOf(conditions: readonly Fragment[]): Fragment {
  const different = new Map(conditions.map((condition) => [condition.toString(), condition]))
  return joinSql([...different.values()], '\n  OR ')
}

function selectSql({ key, from, where }: Find, distinct: boolean): Fragment {
  const list = key === undefined ? sql`` : distinct ? sql` DISTINCT ${key} AS key` : sql` ${key} AS key`
  return joinSql(
    [
      sql`SELECT${list}`,
      ...(from === undefined ? [] : [sql`FROM ${from}`]),
      ...(where.length === 0 ? [] : [sql`WHERE ${joinSql(where, '\n  AND ')}`]),
    ],
    key === undefined ? ' ' : '\n',
  )
}

/** A comment that says what a group is. */
export function describeGroup({ cache, params, path }: Group): Fragment {
  const over = path === undefined ? '' : ` over ${path.hops.map(({ alias }) => alias).join(', ')}`
  return lineComment(params.length === 0 ? `${cache}, as a whole` : `${cache} by ${params.join(', ')}${over}`)
}
