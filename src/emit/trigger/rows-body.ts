import type { Plan, PlanTable } from '../../plan/plan.ts'
import { type Fragment, identifier, rawSql, sql } from '../../sql/fragment.ts'
import { orDoubt, unlessDoubt } from './doubt.ts'
import { foundBy } from './found.ts'
import type { Frame } from './frame.ts'
import type { Source } from './group.ts'
import { sentTexts, type SentColumn } from './key.ts'
import { oneRowQuery, oneRowTargets } from './one-row.ts'
import type { Queries } from './queries.ts'
import { rowKey } from './row-key.ts'
import { limitTo, SAMPLE } from './sample.ts'
import type { Search } from './search.ts'
import { anyOf, joinTargets, targetsSql } from './target.ts'

/**
 * The queries for the rows of one transition table, which goes by the table's name, since a condition may qualify its
 * columns with it.
 */
export function rowsQueries(
  plan: Plan,
  { table }: PlanTable,
  searches: readonly Search[],
  rows: Fragment,
  frame: Frame,
): Queries {
  const alias = identifier(table.name)
  const column = ({ column: name }: SentColumn): Fragment => sql`${alias}.${identifier(name)}`
  const one = searches.map((search) => {
    const sources = search.sources.map((source) => ({
      hit: anyCondition(source),
      keys: search.isBound ? [rowKey(plan, source.watch, column)] : [],
    }))
    return oneRowTargets(search, sources)
  })
  const many = searches.map((search) => {
    const { list, key } = foundBy(plan, search)
    const finds = search.sources.map((source) => {
      const hit = anyCondition(source, searches)
      return {
        list: search.isBound ? list(source, column) : undefined,
        from: sql`(SELECT * FROM ${rows} ${limitTo(SAMPLE)}) AS ${alias}`,
        where: [
          ...(hit === undefined ? [] : [source.watches.length === 1 ? hit : sql`(${hit})`]),
          ...sentTexts(plan, source.watch).map((value) => sql`${column(value)} IS NOT NULL`),
        ],
      }
    })
    return orDoubt(search, targetsSql(search, finds, key), searches)
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

/** Whether a row matters to one of the watches; nothing when each matters. Conditions are not asked in doubt of the searches. */
function anyCondition({ watches }: Source, searches: readonly Search[] = []): Fragment | undefined {
  const conditions = watches.flatMap(({ when }) => (when === undefined ? [] : [when.sql]))
  if (conditions.length < watches.length) return undefined
  return anyOf(conditions.map((condition) => unlessDoubt(conditionSql(condition), searches)))
}

/** A condition in brackets of its own; a line break ends the comment that it may end with. */
export function conditionSql(condition: string): Fragment {
  return rawSql(condition.includes('--') ? `(${condition}\n)` : `(${condition})`)
}
