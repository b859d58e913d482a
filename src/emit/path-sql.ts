import { joinColumns } from '../plan/plan-path.ts'
import type { Plan, PlanPath, Watch } from '../plan/plan.ts'
import type { Hop } from '../rules/ruleset.ts'
import { type Fragment, identifier, integer, joinSql, rawSql, sql } from '../sql/fragment.ts'
import { paramType, valueSql } from './value.ts'

/**
 * The query by which a reader resolves links, as `ManifestPath.sql` describes it. No type is named: PostgreSQL takes
 * that of each array from the column that it is compared with.
 */
export function pathSql(plan: Plan, { cache, params, path }: Watch & { readonly path: PlanPath }): Fragment {
  const found = params.filter((source) => source.kind === 'hop')
  const mapped = params.some((source) => source.kind === 'column')
  const aliases = path.hops.map(({ alias }) => identifier(alias))
  const columnOf = ({ hop, column }: { readonly hop: number; readonly column: string }): Fragment =>
    sql`${aliases[hop] ?? rawSql('')}.${identifier(column)}`
  const list = [
    ...(mapped ? [sql`${linksName(path)}.link::int`] : []),
    ...found.map((source) => valueSql(paramType(plan, cache, source.param), columnOf(source))),
  ]
  const present = found.map((source) => sql`${columnOf(source)} IS NOT NULL`)
  const { from, where } = mapped || !isSingle(path) ? fromLinks(path, columnOf) : fromHop(path, columnOf)
  return sql`
    SELECT DISTINCT ${joinSql(list, ', ')}
    FROM ${joinSql(from, '\nJOIN ')}
    WHERE ${joinSql([...where, ...present], '\n  AND ')}
  `
}

type ColumnOf = (column: { readonly hop: number; readonly column: string }) => Fragment
type Joined = { readonly from: readonly Fragment[]; readonly where: readonly Fragment[] }

/** Whether the path begins by one comparison, so that each link is one value, and is only used once. */
function isSingle({ hops }: PlanPath): boolean {
  return hops.flatMap(({ on }) => on.filter(({ from }) => from.hop === -1)).length === 1
}

/** For links of one value, when it does not matter which link has found what. */
function fromHop({ hops }: PlanPath, columnOf: ColumnOf): Joined {
  const where: Fragment[] = []
  const from = hops.map((hop, index) => {
    const on = hop.on.flatMap((part) => {
      const column = columnOf({ hop: index, column: part.column })
      if (part.from.hop >= 0) return [sql`${column} = ${columnOf(part.from)}`]
      where.push(sql`${column} = ANY ($1)`)
      return []
    })
    return index === 0 ? tableSql(hop) : sql`${tableSql(hop)} ON ${joinSql(on, ' AND ')}`
  })
  return { from, where }
}

/**
 * For links of several values, and where the values found must be put together with others of their link. A condition
 * that is always true is what gives the array its type: the other branch is never run.
 */
function fromLinks(path: PlanPath, columnOf: ColumnOf): Joined {
  const links = linksName(path)
  const references = path.hops.flatMap((hop) =>
    hop.on
      .filter(({ from }) => from.hop === -1)
      .map(({ column, from }) => ({ hop, column, sent: from.column })),
  )
  const columns = joinColumns(path.hops)
  const arrays = columns.flatMap((sent, index) =>
    references
      .filter((reference) => reference.sent === sent)
      .slice(0, 1)
      .map(({ hop, column }) => {
        const typed = sql`SELECT ${identifier(column)} FROM ${nameSql(hop)}`
        return sql`CASE WHEN true THEN $${integer(index + 1)} ELSE ARRAY(${typed}) END`
      }),
  )
  const names = columns.map((_, index) => sql`v${integer(index + 1)}`)
  return {
    from: [
      sql`
        unnest(
          ${joinSql(arrays, ',\n')}
        ) WITH ORDINALITY AS ${links} (${joinSql([...names, sql`link`], ', ')})
      `,
      ...path.hops.map((hop, index) => {
        const on = hop.on.map(({ column, from }) => {
          const value =
            from.hop === -1 ? sql`${links}.v${integer(columns.indexOf(from.column) + 1)}` : columnOf(from)
          return sql`${columnOf({ hop: index, column })} = ${value}`
        })
        return sql`${tableSql(hop)} ON ${joinSql(on, ' AND ')}`
      }),
    ],
    where: [],
  }
}

function tableSql(hop: Hop): Fragment {
  return sql`${nameSql(hop)} AS ${identifier(hop.alias)}`
}

function nameSql({ table }: Hop): Fragment {
  return identifier(table.schema, table.name)
}

/** `links`, or a name like it that no table of the path goes by. */
function linksName({ hops }: PlanPath): Fragment {
  let name = 'links'
  while (hops.some(({ alias }) => alias === name)) name += '_'
  return identifier(name)
}
