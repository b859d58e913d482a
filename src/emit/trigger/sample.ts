import { type Fragment, integer, literal, sql } from '../../sql/fragment.ts'
import type { Queries } from './queries.ts'
import type { Search } from './search.ts'
import { broadTargets } from './target.ts'

/** The variable that says how many rows of each transition table a query of many rows reads; NULL for all. */
export const SAMPLE: Fragment = sql`stalemate_sample`

/** The variable that says of how many rows of each transition table it is asked what they say at most; NULL for all. */
export const REACH: Fragment = sql`stalemate_reach`

/** The larger sample, where there are rows enough for it; NULL otherwise. */
const LARGE = sql`stalemate_large`

/**
 * Reads only so many rows. A planner that saw the number would find a plan for it cheaper than one for any number, and plan
 * anew each time.
 */
export function limitTo(variable: Fragment): Fragment {
  return sql`LIMIT (SELECT ${variable})`
}

/** A sample is taken where there are at least so many times as many rows, so that it costs little if it is in vain. */
const WORTH = 3
const SURPLUS = 1.5
/** Rows that are likely to tell all of a statement about a few keys, or that it is about nothing. */
const SMALL = 64

/** Statements of PL/pgSQL, and the declarations that they need. */
export type Statements = { readonly variables: readonly Fragment[]; readonly statements: Fragment }

/**
 * Runs the query of many rows, first on a few of them. If they say as much as all rows could, the others need not be looked
 * at: either there are too many keys of every cache, or the keys of all rows are no more than were found. The variables are
 * set by the statements, so that no error leaves a block which catches those of its statements.
 */
export function sampleFirst(
  { many, most }: Queries,
  searches: readonly Search[],
  rows: Fragment,
  targets: Fragment,
): Statements {
  // Somewhat more than the keys that make too many, since some rows share one.
  const large = Math.ceil((Math.max(...searches.map(({ maxKeys }) => maxKeys)) + 1) * SURPLUS)
  // Few rows never make too many keys, and help only where it is known what all say at most.
  const small = most === undefined || large < SMALL ? large : SMALL
  const widest = searches.map(({ groups, isBound }) => broadTargets(groups, isBound ? 'max-keys' : 'unbound'))
  const sampled = (size: number): Fragment =>
    sql`CASE WHEN EXISTS (SELECT FROM ${rows} OFFSET ${integer(size * WORTH)}) THEN ${integer(size)} END`
  const two = small < large
  const variables = [LARGE, SAMPLE, ...(most === undefined ? [] : [REACH])]
  const begin = two
    ? sql`
      ${SAMPLE} := ${sampled(small)};
      ${LARGE} := CASE WHEN ${SAMPLE} IS NOT NULL THEN ${sampled(large)} END;
    `
    : sql`
      ${LARGE} := ${sampled(large)};
      ${SAMPLE} := ${LARGE};
    `
  const statements = sql`
    ${begin}
    <<samples>>
    LOOP
      ${many}
      INTO ${targets};
      EXIT WHEN ${SAMPLE} IS NULL OR ${targets} = ${literal(widest.join(','))};
      ${most === undefined ? sql`${SAMPLE} := NULL;` : nextSample(most, targets)}
    END LOOP;
  `
  return { variables: variables.map((name) => sql`${name} bigint;`), statements }
}

/** What some more rows say at most is soon found, and often enough to see that there is more to say than the sample has. */
function nextSample(most: Fragment, targets: Fragment): Fragment {
  return sql`
    ${REACH} := ${SAMPLE} * ${integer(WORTH)};
    WHILE ${targets} = (
      ${most}
    ) LOOP
      EXIT samples WHEN ${REACH} IS NULL;
      ${REACH} := NULL;
    END LOOP;
    -- Rows that say nothing are no sample of those that do.
    ${SAMPLE} := CASE WHEN ${SAMPLE} < ${LARGE} AND ${targets} <> '' THEN ${LARGE} END;
  `
}
