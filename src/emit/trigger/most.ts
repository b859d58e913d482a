import type { Plan } from '../../plan/plan.ts'
import { type Fragment, identifier, literal, sql } from '../../sql/fragment.ts'
import { foundBy } from './found.ts'
import { type SentColumn, sentTexts } from './key.ts'
import { limitTo, REACH } from './sample.ts'
import type { Search } from './search.ts'
import { broadTargets, joinTargets, targetsSql } from './target.ts'

/**
 * What an update says at most: the keys of its rows, old and new, whether anything changed in them or not. That needs no
 * pairs. If a few rows say as much as all do at most, the others need not be looked at.
 */
export function mostSql(plan: Plan, kinds: readonly (readonly Search[])[], alias: Fragment): Fragment {
  const targets = kinds.flatMap((same) => {
    const [first] = same
    if (first === undefined) return []
    const search = { ...first, groups: same.flatMap(({ groups }) => groups) }
    if (!search.isBound) return [literal(broadTargets(search.groups, 'unbound'))]
    const { list, key } = foundBy(plan, search)
    const finds = search.sources.flatMap((source) => {
      const column = ({ column: name }: SentColumn): Fragment => sql`${alias}.${identifier(name)}`
      return [sql`old_rows`, sql`new_rows`].map((rows) => ({
        list: list(source, column),
        from: sql`${rows} AS ${alias}`,
        where: sentTexts(plan, source.watch).map((value) => sql`${column(value)} IS NOT NULL`),
        limit: limitTo(REACH),
      }))
    })
    return [targetsSql(search, finds, key)]
  })
  return sql`
    SELECT
      ${joinTargets(targets)}
  `
}
