import type { Plan, PlanTable } from '../../plan/plan.ts'
import { type Fragment, identifier, rawSql, sql } from '../../sql/fragment.ts'
import { orDoubt, unlessDoubt } from './doubt.ts'
import { foundBy } from './found.ts'
import type { Frame } from './frame.ts'
import { type Group, type Source } from './group.ts'
import { rowKey, sentTexts, type SentColumn } from './key.ts'
import { oneRowQuery, oneRowTarget } from './one-row.ts'
import type { Queries } from './queries.ts'
import { limitTo, SAMPLE } from './sample.ts'
import { anyOf, joinTargets, targetSql } from './target.ts'

/**
 * The queries for the rows of one transition table, which goes by the table's name, since a condition may qualify its
 * columns with it.
 */
export function rowsQueries(
  plan: Plan,
  { table }: PlanTable,
  groups: readonly Group[],
  rows: Fragment,
  frame: Frame,
): Queries {
  const alias = identifier(table.name)
  const column = ({ column: name }: SentColumn): Fragment => sql`${alias}.${identifier(name)}`
  const one = groups.map((group) => {
    const sources = group.sources.map((source) => ({
      hit: anyCondition(source),
      keys: group.params.length === 0 ? [] : [rowKey(plan, source.watch, column)],
    }))
    return oneRowTarget(group, sources)
  })
  const many = groups.map((group) => {
    const { list, key } = foundBy(plan, group)
    const finds = group.sources.map((source) => {
      const hit = anyCondition(source, groups)
      return {
        list: group.params.length === 0 ? undefined : list(source, column),
        from: sql`(SELECT * FROM ${rows} ${limitTo(SAMPLE)}) AS ${alias}`,
        where: [
          ...(hit === undefined ? [] : [source.watches.length === 1 ? hit : sql`(${hit})`]),
          ...sentTexts(plan, source.watch).map((value) => sql`${column(value)} IS NOT NULL`),
        ],
      }
    })
    return orDoubt(group, targetSql(group, finds, key), groups)
  })
  return {
    one: oneRowQuery(one, frame, sql`${rows} AS ${alias}`),
    many: sql`
      SELECT
        ${joinTargets(many)}
    `,
    most: undefined,
  }
}

/** Whether a row matters to one of the watches; nothing when each matters. Conditions are not asked in doubt of the groups. */
function anyCondition({ watches }: Source, groups: readonly Group[] = []): Fragment | undefined {
  const conditions = watches.flatMap(({ watch }) => (watch.when === undefined ? [] : [watch.when.sql]))
  if (conditions.length < watches.length) return undefined
  return anyOf(conditions.map((condition) => unlessDoubt(conditionSql(condition), groups)))
}

/** A condition in brackets of its own; a line break ends the comment that it may end with. */
export function conditionSql(condition: string): Fragment {
  return rawSql(condition.includes('--') ? `(${condition}\n)` : `(${condition})`)
}
