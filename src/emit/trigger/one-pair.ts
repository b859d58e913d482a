import type { Plan, Watch } from '../../plan/plan.ts'
import { type Fragment, joinSql, sql } from '../../sql/fragment.ts'
import { type Carried, hitSql } from './carried.ts'
import type { Frame } from './frame.ts'
import { oneRowQuery, type OneTarget, oneRowTargets, type Row, sharedRowTargets } from './one-row.ts'
import { versionsOf } from './pairs.ts'
import { rowKey } from './row-key.ts'
import type { Search } from './search.ts'
import { anyOf } from './target.ts'

/** How the two versions of a row are asked. */
type Pair = {
  readonly hit: (watches: readonly Watch[]) => Fragment
  readonly column: (version: 'old' | 'new', name: string) => Fragment
}

/**
 * The query of an update of one row.
 *
 * @param kinds searches by the keys that they look for
 * @param versions the versions of the row, named `o` and `n`
 */
export function onePairQuery(
  plan: Plan,
  kinds: readonly (readonly Search[])[],
  carried: Carried,
  frame: Frame,
  versions: Fragment,
): Fragment {
  const ask = (watches: readonly Watch[]): readonly Fragment[] =>
    watches.map((watch) => hitSql(watch, carried))
  const sources = kinds.flat().flatMap((search) => search.sources)
  const asked = sources.map(({ watches }) => new Set(ask(watches).map(String)).size)
  const targets = (pair: Pair): readonly OneTarget[] => kinds.map((same) => targetOf(plan, same, pair))
  if (!carried.paysToNote(asked.reduce((sum, count) => sum + count, 0))) {
    const asIs: Pair = {
      hit: (watches) => anyOf(ask(watches)),
      column: (version, name) => sql`${version === 'old' ? sql`o` : sql`n`}.${carried.column(name)}`,
    }
    return oneRowQuery(targets(asIs), frame, versions)
  }
  const named = (version: 'old' | 'new', name: string): Fragment =>
    sql`${version === 'old' ? sql`old` : sql`new`}_${carried.column(name)}`
  const sent = [...new Set(carried.texts.map(({ column }) => column))]
  const columns = sent.flatMap((name) => [
    sql`o.${carried.column(name)} AS ${named('old', name)}`,
    sql`n.${carried.column(name)} AS ${named('new', name)}`,
  ])
  const noted: Pair = { hit: (watches) => carried.noted(watches), column: named }
  return oneRowQuery(
    targets(noted),
    frame,
    sql`
      (
        SELECT
          ${joinSql([...columns, ...carried.notes()], ',\n')}
        FROM ${versions}
        -- So that nothing is compared again for each cache that asks.
        OFFSET 0
      ) AS pair
    `,
  )
}

function targetOf(plan: Plan, same: readonly Search[], pair: Pair): OneTarget {
  const told = same.map((search) => ({ search, rows: rowsOf(plan, search, pair) }))
  const [only, other] = told
  return only !== undefined && other === undefined
    ? oneRowTargets(only.search, only.rows)
    : sharedRowTargets(told)
}

function rowsOf(plan: Plan, { sources, isBound }: Search, pair: Pair): readonly Row[] {
  return sources.map(({ watch, watches }) => ({
    hit: pair.hit(watches),
    keys: isBound
      ? versionsOf(watch).map((version) => rowKey(plan, watch, ({ column }) => pair.column(version, column)))
      : [],
  }))
}
