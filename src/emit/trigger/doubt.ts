import { type Fragment, literal, sql } from '../../sql/fragment.ts'
import { type Group, isConditional } from './group.ts'
import { broadTarget } from './target.ts'

/**
 * The variable that is true once something has raised: then no condition is asked, and the caches that have one are wrong as
 * a whole, so that the others are told exactly.
 */
export const DOUBT: Fragment = sql`stalemate_doubt`

/** Whether there is something that a second try without conditions could tell exactly. */
export function mayDoubt(groups: readonly Group[]): boolean {
  return groups.some(isConditional) && !groups.every(isConditional)
}

/** A condition that is not asked in doubt. */
export function unlessDoubt(condition: Fragment, groups: readonly Group[]): Fragment {
  return mayDoubt(groups) ? sql`CASE WHEN ${DOUBT} THEN true ELSE ${condition} END` : condition
}

/** A group's target, or its whole cache in doubt. */
export function orDoubt(group: Group, target: Fragment, groups: readonly Group[]): Fragment {
  if (!mayDoubt(groups) || !isConditional(group)) return target
  return sql`
    CASE WHEN ${DOUBT} THEN ${literal(broadTarget(group.cache, 'error'))} ELSE
      ${target}
    END
  `
}
