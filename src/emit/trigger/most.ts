import type { Plan } from '../../plan/plan.ts'
import { type Fragment, identifier, literal, sql } from '../../sql/fragment.ts'
import { foundBy } from './found.ts'
import { type Group } from './group.ts'
import { type SentColumn, sentTexts } from './key.ts'
import { limitTo, REACH } from './sample.ts'
import { broadTarget, joinTargets, targetSql } from './target.ts'

/**
 * What an update says at most: the keys of its rows, old and new, whether anything changed in them or not. That needs no
 * pairs. If a few rows say as much as all do at most, the others need not be looked at.
 */
export function mostSql(plan: Plan, groups: readonly Group[], alias: Fragment): Fragment {
  const targets = groups.map((group) => {
    if (group.params.length === 0) return literal(broadTarget(group.cache, 'unbound'))
    const { list, key } = foundBy(plan, group)
    const finds = group.sources.flatMap((source) => {
      const column = ({ column: name }: SentColumn): Fragment => sql`${alias}.${identifier(name)}`
      return [sql`old_rows`, sql`new_rows`].map((rows) => ({
        list: list(source, column),
        from: sql`${rows} AS ${alias}`,
        where: sentTexts(plan, source.watch).map((value) => sql`${column(value)} IS NOT NULL`),
        limit: limitTo(REACH),
      }))
    })
    return targetSql(group, finds, key)
  })
  return sql`
    SELECT
      ${joinTargets(targets)}
  `
}
