import type { Plan, Watch } from '../../plan/plan.ts'
import { sentValues } from '../../plan/sent.ts'
import type { Operation } from '../../wire/change.ts'
import { isWithin } from './column-lists.ts'
import type { Group, Source } from './group.ts'
import { sentIdentity } from './key.ts'

/**
 * Groups that are told the same keys of the same rows: of several caches by one column, mostly. The keys are looked for once,
 * and stand in a target of each group.
 */
export type Search = {
  /** Never empty. */
  readonly groups: readonly Group[]
  /** Whether rows make keys; otherwise they make whole caches wrong. */
  readonly isBound: boolean
  readonly width: number
  readonly maxKeys: number
  /** Without watches that say nothing that another does not. */
  readonly sources: readonly Source[]
}

/** What is looked for by the groups of an operation. Searches for the same keys follow one another. */
export function mergeGroups(plan: Plan, groups: readonly Group[], operation: Operation): readonly Search[] {
  const made = groups.map((group) => makeSearch(group, operation))
  if (areAllDifferent(made)) return made
  const searches = new Map<string, Search>()
  for (const search of made) {
    const identity = identify(plan, search, operation)
    const same = searches.get(identity)
    const both = same && { ...same, groups: [...same.groups, ...search.groups] }
    searches.set(identity, both ?? search)
  }
  return groupByKey(plan, [...searches.values()]).flat()
}

/** Whether already the numbers tell the searches apart, as they mostly do: to compare what they send takes longer. */
function areAllDifferent(searches: readonly Search[]): boolean {
  const numbers = searches.map(({ width, maxKeys, sources }) => `${width} ${maxKeys} ${sources.length}`)
  return new Set(numbers).size === searches.length
}

/**
 * Searches by the keys that they look for, if in other rows, as of caches by one column that read different columns: the keys
 * can be made once for all of them.
 */
export function groupByKey(plan: Plan, searches: readonly Search[]): readonly (readonly Search[])[] {
  if (areAllDifferent(searches)) return searches.map((search) => [search])
  const found = new Map<string, Search[]>()
  for (const [index, search] of searches.entries()) {
    const identity = identifyKey(plan, search) ?? String(index)
    found.set(identity, [...(found.get(identity) ?? []), search])
  }
  return [...found.values()]
}

/** None where a row has several keys, or parts of them are texts of the rules. */
function identifyKey(plan: Plan, { isBound, maxKeys, sources }: Search): string | undefined {
  const [source, other] = sources
  if (!isBound || maxKeys < 2 || source === undefined || other !== undefined) return undefined
  if (sentValues(source.watch).some(({ kind }) => kind === 'text')) return undefined
  return JSON.stringify([maxKeys, sentIdentity(plan, source.watch)])
}

function makeSearch(group: Group, operation: Operation): Search {
  const { params, width, maxKeys } = group
  const sources = group.sources.map(({ watch, watches }) => ({
    watch,
    watches: withoutImplied(watches, operation),
  }))
  return { groups: [group], isBound: params.length > 0, width, maxKeys, sources }
}

/** The same for searches that find the same keys of whatever rows. The names of the params don't matter. */
function identify(plan: Plan, { isBound, maxKeys, sources }: Search, operation: Operation): string {
  const found = sources.map(({ watch, watches }) => [
    sentIdentity(plan, watch),
    watches
      .map(({ columns, when }) => JSON.stringify([operation === 'update' ? columns : [], when?.sql]))
      .sort(),
  ])
  return JSON.stringify([isBound, maxKeys, found])
}

/** What makes a row matter to one watch may be all that makes it matter to another: then the other need not be asked. */
function withoutImplied(watches: readonly Watch[], operation: Operation): readonly Watch[] {
  return watches.filter(
    (watch, at) =>
      !watches.some(
        (other, index) =>
          index !== at &&
          implies(watch, other, operation) &&
          (index < at || !implies(other, watch, operation)),
      ),
  )
}

/** Whether each row that matters to a watch matters to the other, too. */
function implies(watch: Watch, other: Watch, operation: Operation): boolean {
  const isCovered = operation !== 'update' || isWithin(watch.columns, other.columns)
  return isCovered && (other.when === undefined || other.when.sql === watch.when?.sql)
}

/** Whether one of the watches has a condition, which may raise. */
export function isConditional({ sources }: Search): boolean {
  return sources.some(({ watches }) => watches.some(({ when }) => when !== undefined))
}
