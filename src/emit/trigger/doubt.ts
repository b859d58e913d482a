import { type Fragment, literal, sql } from '../../sql/fragment.ts'
import { isConditional, type Search } from './search.ts'
import { broadTargets } from './target.ts'

/**
 * The variable that is true once something has raised: then no condition is asked, and the caches that have one are wrong as
 * a whole, so that the others are told exactly.
 */
export const DOUBT: Fragment = sql`stalemate_doubt`

/** Whether there is something that a second try without conditions could tell exactly. */
export function mayDoubt(searches: readonly Search[]): boolean {
  return searches.some(isConditional) && !searches.every(isConditional)
}

/** A condition that is not asked in doubt. */
export function unlessDoubt(condition: Fragment, searches: readonly Search[]): Fragment {
  return mayDoubt(searches) ? sql`CASE WHEN ${DOUBT} THEN true ELSE ${condition} END` : condition
}

/** The targets of a search, or its whole caches in doubt. */
export function orDoubt(search: Search, targets: Fragment, searches: readonly Search[]): Fragment {
  if (!mayDoubt(searches) || !isConditional(search)) return targets
  return sql`
    CASE WHEN ${DOUBT} THEN ${literal(broadTargets(search.groups, 'error'))} ELSE
      ${targets}
    END
  `
}
