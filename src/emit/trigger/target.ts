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

/** What one watch finds: its rows and, unless it binds nothing, the key of each. */
export type Find = {
  readonly key: Fragment | undefined
  readonly from: Fragment
  readonly where: readonly Fragment[]
}

/** A scalar query that gives a group's target as JSON text; NULL when no row is found. */
export function targetSql(group: Group, finds: readonly Find[]): Fragment {
  const { cache, params, path, maxKeys } = group
  if (params.length === 0) {
    return sql`
      ${describeGroup(group)}
      (
        SELECT ${literal(broadTarget(cache, 'unbound'))}
        WHERE ${joinSql(
          finds.map((find) => sql`EXISTS (${selectSql(find, false)})`),
          '\n  OR ',
        )}
      )
    `
  }
  const named = path === undefined ? params : { l: path.id, n: group.width }
  const opening = `${JSON.stringify([cache, named]).slice(0, -1)},[`
  return sql`
    ${describeGroup(group)}
    (
      SELECT CASE
        WHEN count(*) > ${integer(maxKeys)} THEN ${literal(broadTarget(cache, 'max-keys'))}
        WHEN count(*) > 0 THEN ${literal(opening)} || string_agg(key, ',') || ']]'
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

function selectSql({ key, from, where }: Find, distinct: boolean): Fragment {
  const list = key === undefined ? sql`` : distinct ? sql` DISTINCT ${key} AS key` : sql` ${key} AS key`
  return joinSql(
    [
      sql`SELECT${list}`,
      sql`FROM ${from}`,
      ...(where.length === 0 ? [] : [sql`WHERE ${joinSql(where, '\n  AND ')}`]),
    ],
    key === undefined ? ' ' : '\n',
  )
}

function describeGroup({ cache, params, path }: Group): Fragment {
  const over = path === undefined ? '' : ` over ${path.hops.map(({ alias }) => alias).join(', ')}`
  return lineComment(params.length === 0 ? `${cache}, as a whole` : `${cache} by ${params.join(', ')}${over}`)
}
