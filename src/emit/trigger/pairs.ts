import type { Plan, Watch } from '../../plan/plan.ts'
import { sentColumns } from '../../plan/sent.ts'
import { type Fragment, integer, joinSql, sql } from '../../sql/fragment.ts'
import type { Carried } from './carried.ts'
import { type Found, foundBy } from './found.ts'
import type { Source } from './group.ts'
import { type SentColumn, sentTexts } from './key.ts'
import type { Search } from './search.ts'
import { anyOf, type Find, targetsSql } from './target.ts'

/** What searches find in the pairs of an update. */
export type InPairs = {
  /** Queries by name that come before: keys that several searches share. */
  readonly keys: readonly Fragment[]
  readonly targets: readonly { readonly search: Search; readonly targets: Fragment }[]
}

const PAIRS = sql`pairs`

/** @param kinds searches by the keys that they look for */
export function findInPairs(plan: Plan, kinds: readonly (readonly Search[])[], carried: Carried): InPairs {
  const keys: Fragment[] = []
  const targets = kinds.flatMap((same) => {
    const [first, other] = same
    if (first === undefined) return []
    const found = foundBy(plan, first)
    if (other === undefined) {
      const finds = first.sources.flatMap((source) => findOwn(plan, source, found, carried))
      return [{ search: first, targets: targetsSql(first, finds, found.key) }]
    }
    const name = sql`keys_${integer(keys.length + 1)}`
    keys.push(sharedKeys(plan, same, name, carried))
    return same.map((search, index) => {
      const find = { list: found.key?.order, from: name, where: [toldName(index)], isUnique: true }
      return { search, targets: targetsSql(search, [find], found.key) }
    })
  })
  return { keys, targets }
}

function findOwn(plan: Plan, source: Source, found: Found, carried: Carried): readonly Find[] {
  const { watch, watches } = source
  const hit = carried.hits.length === 1 ? [] : [sql`(${toldBy(watches, carried)})`]
  if (watch.params.length === 0) return [{ list: undefined, from: PAIRS, where: hit }]
  return versionsOf(watch).map((version) => ({
    list: found.list(source, (value) => carried.text(version, value)),
    from: PAIRS,
    where: [...hit, ...hasKey(plan, watch, version, carried)],
  }))
}

/** The keys of searches that look for the same, and which of the searches find them. */
function sharedKeys(plan: Plan, same: readonly Search[], name: Fragment, carried: Carried): Fragment {
  const [source] = same[0]?.sources ?? []
  if (source === undefined) return name
  const found = foundBy(plan, { sources: [source] })
  const told = same.map(({ sources }, index) => {
    const watches = sources.flatMap((each) => each.watches)
    return sql`${toldBy(watches, carried)} AS ${toldName(index)}`
  })
  const versions = versionsOf(source.watch).map(
    (version) => sql`
      SELECT ${joinSql([found.list(source, (value) => carried.text(version, value)), ...told], ', ')}
      FROM ${PAIRS}
      WHERE ${joinSql(hasKey(plan, source.watch, version, carried), '\n  AND ')}
    `,
  )
  const values = found.key?.order ?? sql`key`
  const any = same.map((_, index) => sql`bool_or(${toldName(index)}) AS ${toldName(index)}`)
  return sql`
    ${name} AS (
      SELECT ${joinSql([values, ...any], ', ')}
      FROM (
        ${joinSql(versions, '\nUNION ALL\n')}
      ) AS versions
      GROUP BY ${values}
    )
  `
}

function toldName(index: number): Fragment {
  return sql`told_${integer(index + 1)}`
}

/** Whether a pair matters to one of the watches. */
function toldBy(watches: readonly Watch[], carried: Carried): Fragment {
  return sql`unpaired OR ${carried.noted(watches)}`
}

function hasKey(plan: Plan, watch: Watch, version: 'old' | 'new', carried: Carried): readonly Fragment[] {
  const values = sentTexts(plan, watch)
  const present = values.map((value) => sql`${carried.text(version, value)} IS NOT NULL`)
  return version === 'new' ? [movedSql(values, carried), ...present] : present
}

/** Most updates leave the key as it is, and it is found with the old version. */
function movedSql(values: readonly SentColumn[], carried: Carried): Fragment {
  const moved = values.map(
    (value) => sql`${carried.text('new', value)} IS DISTINCT FROM ${carried.text('old', value)}`,
  )
  return moved.length === 1 ? anyOf(moved) : sql`(${joinSql(moved, ' OR ')})`
}

/** A key of nothing but texts of the rules is the same before and after. */
export function versionsOf(watch: Watch): readonly ('old' | 'new')[] {
  return sentColumns(watch).length > 0 ? ['old', 'new'] : ['old']
}
