import type { Plan, PlanTable } from '../../plan/plan.ts'
import { type Fragment, identifier, joinSql, rawSql, sql } from '../../sql/fragment.ts'
import { type Group, type Source, sourcesOf } from './group.ts'
import { keySql, sentTexts, textSql, type SentColumn } from './key.ts'
import { oneRowQuery, oneRowTarget } from './one-row.ts'
import { SAMPLE } from './sample.ts'
import { anyOf, targetSql } from './target.ts'

/** The queries of an insert or a delete: for one row and for any number of them. */
export type Queries = { readonly one: Fragment; readonly many: Fragment }

/**
 * The queries for the rows of one transition table, which goes by the table's name, since a condition may qualify its
 * columns with it.
 */
export function rowsQueries(
  plan: Plan,
  { table }: PlanTable,
  groups: readonly Group[],
  rows: Fragment,
): Queries {
  const alias = identifier(table.name)
  const column = ({ column: name }: SentColumn): Fragment => sql`${alias}.${identifier(name)}`
  const text = (value: SentColumn): Fragment => textSql(value, column(value))
  const one = groups.map((group) =>
    oneRowTarget(
      group,
      sourcesOf(group).map((source) => ({
        hit: anyCondition(source),
        keys: group.params.length === 0 ? [] : [keySql(plan, source.watch, text)],
      })),
    ),
  )
  const many = groups.map((group) =>
    targetSql(
      group,
      sourcesOf(group).map((source) => {
        const hit = anyCondition(source)
        return {
          key: group.params.length === 0 ? undefined : keySql(plan, source.watch, text),
          from: sql`(SELECT * FROM ${rows} LIMIT ${SAMPLE}) AS ${alias}`,
          where: [
            ...(hit === undefined ? [] : [source.watches.length === 1 ? hit : sql`(${hit})`]),
            ...sentTexts(plan, source.watch).map((value) => sql`${column(value)} IS NOT NULL`),
          ],
        }
      }),
    ),
  )
  return {
    one: oneRowQuery(one, sql`${rows} AS ${alias}`),
    many: sql`
      SELECT concat_ws(',',
        ${joinSql(many, ',\n')}
      )
    `,
  }
}

/** Whether a row matters to one of the watches; nothing when each matters. */
function anyCondition({ watches }: Source): Fragment | undefined {
  const conditions = watches.flatMap(({ watch }) => (watch.when === undefined ? [] : [watch.when.sql]))
  if (conditions.length < watches.length) return undefined
  return anyOf(conditions.map(conditionSql))
}

/** A condition in brackets of its own; a line break ends the comment that it may end with. */
export function conditionSql(condition: string): Fragment {
  return rawSql(condition.includes('--') ? `(${condition}\n)` : `(${condition})`)
}
