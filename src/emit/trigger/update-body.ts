import type { Plan, PlanTable } from '../../plan/plan.ts'
import { sentColumns } from '../../plan/sent.ts'
import { type Fragment, identifier, integer, joinSql, sql } from '../../sql/fragment.ts'
import type { Group, NumberedWatch } from './group.ts'
import { keySql, notNullSql } from './key.ts'
import { conditionSql } from './rows-body.ts'
import { type Find, targetSql } from './target.ts'

/**
 * The query of an update. The server adds the old and the new version of a row to the two transition tables
 * together, so rows of the same place are one row before and after, whatever happened to its key. When a BEFORE
 * trigger swallows a row on its way to another partition the tables differ in length; then no pair is
 * trusted and every row counts. FULL JOIN, because a plan made for one row must not become a nested loop over
 * thousands.
 */
export function updateQuery(plan: Plan, { table }: PlanTable, groups: readonly Group[]): Fragment {
  const alias = identifier(table.name)
  const watches = groups.flatMap((group) => group.watches).sort((a, b) => a.number - b.number)
  const columns = new Columns(watches)
  const targets = groups.map((group) =>
    targetSql(
      group,
      group.watches.flatMap((watch) => findPairs(plan, watch, columns)),
    ),
  )
  return sql`
    WITH
      -- The versions of a row have the same place in both tables.
      pairs AS (
        SELECT
          ${joinSql([...columns.params.map((name) => carry(columns, name)), sql`u.unpaired`, ...watches.map((watch) => hitSql(watch, columns))], ',\n')}
        FROM (
          ${versionsSql(sql`old_rows`, alias, watches, columns)}
        ) AS o
        FULL JOIN (
          ${versionsSql(sql`new_rows`, alias, watches, columns)}
        ) AS n ON n.place = o.place
        -- A BEFORE trigger can swallow a row that moves to another partition: then every row counts.
        CROSS JOIN (
          SELECT (SELECT count(*) FROM old_rows) <> (SELECT count(*) FROM new_rows) AS unpaired
        ) AS u
      )
    SELECT concat_ws(',',
      ${joinSql(targets, ',\n')}
    )
  `
}

/** The columns that the query carries, under names of its own that no user's column can clash with. */
class Columns {
  /** Columns of params and links, which are carried to the keys. */
  readonly params: readonly string[]
  /** Columns that are compared, those of params included. */
  readonly all: readonly string[]
  readonly images: boolean

  constructor(watches: readonly NumberedWatch[]) {
    const params = watches.flatMap(({ watch }) => sentColumns(watch))
    const compared = watches.flatMap(({ watch }) => (watch.columns === 'all' ? [] : watch.columns))
    this.params = [...new Set(params)].sort()
    this.all = [...new Set([...params, ...compared])].sort()
    this.images = watches.some(({ watch }) => watch.columns === 'all')
  }

  /** `c1`, `c2`, ... */
  name(column: string): Fragment {
    return identifier(`c${this.all.indexOf(column) + 1}`)
  }

  old(column: string): Fragment {
    return identifier(`old_c${this.all.indexOf(column) + 1}`)
  }

  new(column: string): Fragment {
    return identifier(`new_c${this.all.indexOf(column) + 1}`)
  }
}

/** One transition table: each row's place, the columns needed, and whether the conditions hold. */
function versionsSql(
  rows: Fragment,
  alias: Fragment,
  watches: readonly NumberedWatch[],
  columns: Columns,
): Fragment {
  const list = [
    sql`row_number() OVER () AS place`,
    ...columns.all.map((column) => sql`${alias}.${identifier(column)} AS ${columns.name(column)}`),
    ...(columns.images ? [sql`ROW(${alias}.*) AS image`] : []),
    ...watches.flatMap(({ number, watch }) =>
      watch.when === undefined ? [] : [sql`${conditionSql(watch.when.sql)} AS ${whenName(number)}`],
    ),
  ]
  return sql`
    SELECT
      ${joinSql(list, ',\n')}
    FROM ${rows} AS ${alias}
  `
}

function carry(columns: Columns, column: string): Fragment {
  return sql`o.${columns.name(column)} AS ${columns.old(column)}, n.${columns.name(column)} AS ${columns.new(column)}`
}

/** Whether a pair matters to a watch: relevant columns differ bit by bit, and the condition held before or holds after. */
function hitSql({ number, watch }: NumberedWatch, columns: Columns): Fragment {
  const changed = watch.columns === 'all' ? sql`o.image *<> n.image` : differSql(watch.columns, columns)
  const when = whenName(number)
  const held = watch.when === undefined ? changed : sql`${changed} AND (o.${when} OR n.${when})`
  return sql`${held} AS ${hitName(number)}`
}

function differSql(names: readonly string[], columns: Columns): Fragment {
  const side = (version: Fragment): Fragment =>
    sql`ROW(${joinSql(
      names.map((name) => sql`${version}.${columns.name(name)}`),
      ', ',
    )})::record`
  return sql`${side(sql`o`)} *<> ${side(sql`n`)}`
}

function findPairs(plan: Plan, { number, watch }: NumberedWatch, columns: Columns): readonly Find[] {
  const from = sql`pairs`
  const hit = sql`(unpaired OR ${hitName(number)})`
  if (watch.params.length === 0) return [{ key: undefined, from, where: [hit] }]
  const sides =
    sentColumns(watch).length > 0
      ? [(name: string) => columns.old(name), (name: string) => columns.new(name)]
      : [(name: string) => columns.old(name)]
  return sides.map((column) => ({
    key: keySql(plan, watch, column),
    from,
    where: [hit, ...notNullSql(watch, column)],
  }))
}

function whenName(number: number): Fragment {
  return sql`when_${integer(number)}`
}

function hitName(number: number): Fragment {
  return sql`hit_${integer(number)}`
}
