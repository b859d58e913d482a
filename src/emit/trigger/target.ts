import { type Fragment, integer, joinSql, lineComment, literal, sql } from '../../sql/fragment.ts'
import type { BroadReason } from '../../wire/change.ts'
import { cachesOf, type Group } from './group.ts'
import type { Search } from './search.ts'

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
  /** Whether what is listed is different for each row anyway; not unless given. */
  readonly isUnique?: boolean
  /** How many rows are looked at, as a clause; all unless given. */
  readonly limit?: Fragment
}

/** How the key is made of what the finds list, where that is not the key, and what they are ordered by. */
export type KeyOf = { readonly key: Fragment; readonly order: Fragment }

/**
 * A scalar query that gives the targets of a search as JSON text; NULL when no row is found. The keys stand in an order, so
 * that equal targets are equal texts. No key is made where there are too many.
 */
export function targetsSql(search: Search, finds: readonly Find[], keyOf?: KeyOf): Fragment {
  const { groups, isBound, maxKeys } = search
  if (!isBound) {
    return sql`
      ${describeSearch(search)}
      (
        SELECT ${literal(broadTargets(groups, 'unbound'))}
        WHERE ${anyOf(finds.map((find) => sql`EXISTS (${selectSql(find, false)})`))}
      )
    `
  }
  const { key, order } = keyOf ?? { key: sql`key`, order: sql`key` }
  const around = textsAround(search)
  return sql`
    ${describeSearch(search)}
    (
      WITH found AS (
        ${joinSql(
          finds.map((find) => selectSql(find, finds.length === 1 && find.isUnique !== true)),
          '\nUNION\n',
        )}
        LIMIT ${integer(maxKeys + 1)}
      )
      SELECT CASE
        WHEN (SELECT count(*) FROM found) > ${integer(maxKeys)} THEN ${literal(broadTargets(groups, 'max-keys'))}
        ELSE (
          SELECT ${joinSql(
            around.map((text) => literal(text)),
            ` || string_agg(key, ',')\n  || `,
          )}
          FROM (SELECT ${key} AS key FROM found ORDER BY ${order}) AS keys
        )
      END
    )
  `
}

/** The text of a search's targets: what stands before the keys, between those of two targets, and after them. */
export function textsAround({ groups }: Search): readonly string[] {
  const texts = groups.map((group, index) => `${index === 0 ? '' : `${CLOSE_TARGET},`}${openTarget(group)}`)
  return [...texts, CLOSE_TARGET]
}

/** A target's text after its keys. */
const CLOSE_TARGET = ']]'

function openTarget({ cache, params, path, width }: Group): string {
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

/** Comments that say what is looked for. */
export function describeSearch({ groups }: Search): Fragment {
  return joinSql(groups.map(describeGroup), '\n')
}

function describeGroup({ cache, params, path }: Group): Fragment {
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
