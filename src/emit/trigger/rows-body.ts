import type { Plan, PlanTable } from '../../plan/plan.ts'
import { type Fragment, identifier, joinSql, rawSql, sql } from '../../sql/fragment.ts'
import type { Group, NumberedWatch } from './group.ts'
import { keySql, notNullSql } from './key.ts'
import { type Find, targetSql } from './target.ts'

/**
 * The query of an insert or a delete: the targets of the rows of one transition table, which goes by the table's
 * name, since a condition may qualify its columns with it.
 */
export function rowsQuery(
  plan: Plan,
  { table }: PlanTable,
  groups: readonly Group[],
  rows: Fragment,
): Fragment {
  const alias = identifier(table.name)
  const targets = groups.map((group) =>
    targetSql(
      group,
      group.watches.map((watch) => findRows(plan, watch, rows, alias)),
    ),
  )
  return sql`
    SELECT concat_ws(',',
      ${joinSql(targets, ',\n')}
    )
  `
}

function findRows(plan: Plan, { watch }: NumberedWatch, rows: Fragment, alias: Fragment): Find {
  const column = (name: string): Fragment => sql`${alias}.${identifier(name)}`
  return {
    key: watch.params.length === 0 ? undefined : keySql(plan, watch, column),
    from: sql`${rows} AS ${alias}`,
    where: [
      ...(watch.when === undefined ? [] : [conditionSql(watch.when.sql)]),
      ...notNullSql(watch, column),
    ],
  }
}

/** A condition in brackets of its own; a line break ends the comment that it may end with. */
export function conditionSql(condition: string): Fragment {
  return rawSql(condition.includes('--') ? `(${condition}\n)` : `(${condition})`)
}
