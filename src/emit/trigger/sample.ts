import { type Fragment, integer, literal, sql } from '../../sql/fragment.ts'
import type { Group } from './group.ts'
import { broadTarget } from './target.ts'

/** The variable that says how many rows of each transition table a query of many rows reads; NULL for all. */
export const SAMPLE: Fragment = sql`stalemate_sample`

/** A sample is taken where there are at least so many times as many rows, so that it costs little if it is in vain. */
const WORTH = 4

/**
 * Runs a query of many rows if there are rows, first on so few of them that they can just say that there are too many keys: if each
 * group has that many, the others would not make more of it.
 */
export function sampleFirst(query: Fragment, groups: readonly Group[], rows: Fragment): Fragment {
  const size = Math.max(...groups.map(({ maxKeys }) => maxKeys)) + 1
  const widest = groups.map(({ cache, params }) =>
    broadTarget(cache, params.length === 0 ? 'unbound' : 'max-keys'),
  )
  return sql`
    SELECT count(*)
    FROM (SELECT FROM ${rows} LIMIT ${integer(size * WORTH + 1)}) AS counted
    INTO stalemate_rows;
    IF stalemate_rows > 0 THEN
      IF stalemate_rows > ${integer(size * WORTH)} THEN
        stalemate_sample := ${integer(size)};
      END IF;
      LOOP
        ${query}
        INTO stalemate_targets;
        EXIT WHEN stalemate_sample IS NULL OR stalemate_targets = ${literal(widest.join(','))};
        stalemate_sample := NULL;
      END LOOP;
    END IF;
  `
}
