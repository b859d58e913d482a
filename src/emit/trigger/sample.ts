import { type Fragment, integer, joinSql, literal, sql } from '../../sql/fragment.ts'
import type { Group } from './group.ts'
import type { Queries } from './queries.ts'
import { broadTarget } from './target.ts'

/** The variable that says how many rows of each transition table a query of many rows reads; NULL for all. */
export const SAMPLE: Fragment = sql`stalemate_sample`

/** A sample is taken where there are at least so many times as many rows, so that it costs little if it is in vain. */
const WORTH = 3
const SURPLUS = 1.5

/**
 * Runs the query of many rows, first on so few of them that they can just say that there are too many keys. If they say as
 * much as all rows could, those need not be looked at.
 */
export function sampleFirst({ many, most }: Queries, groups: readonly Group[], rows: Fragment): Fragment {
  // Somewhat more than the keys that make too many, since some rows share one.
  const size = Math.ceil((Math.max(...groups.map(({ maxKeys }) => maxKeys)) + 1) * SURPLUS)
  const widest = groups.map(({ cache, params }) =>
    broadTarget(cache, params.length === 0 ? 'unbound' : 'max-keys'),
  )
  const enough = [
    sql`stalemate_targets = ${literal(widest.join(','))}`,
    ...(most === undefined
      ? []
      : [
          sql`
            stalemate_targets = (
              ${most}
            )
          `,
        ]),
  ]
  return sql`
    stalemate_sample := CASE WHEN EXISTS (SELECT FROM ${rows} OFFSET ${integer(size * WORTH)}) THEN ${integer(size)} END;
    LOOP
      ${many}
      INTO stalemate_targets;
      EXIT WHEN stalemate_sample IS NULL OR ${joinSql(enough, ' OR ')};
      stalemate_sample := NULL;
    END LOOP;
  `
}
