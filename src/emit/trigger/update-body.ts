import type { Plan, PlanTable } from '../../plan/plan.ts'
import { type Fragment, identifier, joinSql, sql } from '../../sql/fragment.ts'
import { Carried, carryText, versionsSql } from './carried.ts'
import { orDoubt } from './doubt.ts'
import type { Frame } from './frame.ts'
import { mostSql } from './most.ts'
import { onePairQuery } from './one-pair.ts'
import { findInPairs } from './pairs.ts'
import type { Queries } from './queries.ts'
import { limitTo, SAMPLE } from './sample.ts'
import { groupByKey, type Search } from './search.ts'
import { joinTargets } from './target.ts'

/**
 * The queries of an update: for one row and for any number of them. The server adds the old and the new version of a
 * row to the two transition tables together, so rows of the same place are one row before and after, whatever happened
 * to its key. When a BEFORE trigger swallows a row on its way to another partition the tables differ in length; then no
 * pair is trusted and every row counts. FULL JOIN, because a plan made for one row must not become a nested loop over
 * thousands.
 */
export function updateQueries(
  plan: Plan,
  { table }: PlanTable,
  searches: readonly Search[],
  frame: Frame,
): Queries {
  const alias = identifier(table.name)
  const carried = new Carried(
    plan,
    searches.flatMap(({ sources }) => sources.flatMap(({ watches }) => watches)),
  )
  const kinds = groupByKey(plan, searches)
  const found = findInPairs(plan, kinds, carried)
  const targets = found.targets.map(({ search, targets }) => orDoubt(search, targets, searches))
  const versions = (rows: Fragment): Fragment => versionsSql(rows, alias, carried, [], [])
  const place = sql`row_number() OVER () AS place`
  const placed = (rows: Fragment): Fragment => sql`
    ${versionsSql(rows, alias, carried, searches, [place])}
    ${limitTo(SAMPLE)}
  `
  const list = [
    ...carried.texts.map((value) => carryText(value, carried)),
    // Where there is but one way to matter, all pairs that are kept do.
    ...(carried.hits.length === 1 ? [] : [sql`u.unpaired`, ...carried.notes()]),
  ]
  const pairs = sql`
    -- The versions of a row have the same place in both tables.
    pairs AS (
      SELECT
        ${joinSql(list, ',\n')}
      FROM (
        ${placed(sql`old_rows`)}
      ) AS o
      FULL JOIN (
        ${placed(sql`new_rows`)}
      ) AS n ON n.place = o.place
      -- A BEFORE trigger can swallow a row that moves to another partition: then every row counts. A sample need not
      -- know: it is taken for enough only if it has all keys that there are.
      CROSS JOIN (
        SELECT ${SAMPLE} IS NULL AND (SELECT count(*) FROM old_rows) <> (SELECT count(*) FROM new_rows) AS unpaired
      ) AS u
      WHERE u.unpaired
        OR ${carried.anyHit()}
    )
  `
  return {
    one: onePairQuery(
      plan,
      kinds,
      carried,
      frame,
      sql`
        (
          ${versions(sql`old_rows`)}
        ) AS o,
        (
          ${versions(sql`new_rows`)}
        ) AS n
      `,
    ),
    many: sql`
      WITH
        ${joinSql([pairs, ...found.keys], ',\n')}
      SELECT
        ${joinTargets(targets)}
    `,
    most: mostSql(plan, kinds, alias),
  }
}
