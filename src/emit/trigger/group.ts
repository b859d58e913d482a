import type { PlanPath, PlanTable, Watch } from '../../plan/plan.ts'
import { sentValues } from '../../plan/sent.ts'
import type { Operation } from '../../wire/change.ts'

/** Watches whose keys go into one list: of one cache, binding the same params, or sending links of the same path. */
export type Group = {
  readonly cache: string
  /** Names of the bound params; none when a row makes the whole cache wrong. */
  readonly params: readonly string[]
  /** The path that the params are found over; then links are sent. */
  readonly path: PlanPath | undefined
  /** Values of one key or link. */
  readonly width: number
  /** Different keys in one statement; the most that one of the watches allows. */
  readonly maxKeys: number
  readonly watches: readonly Watch[]
  /** The same watches by what they send. */
  readonly sources: readonly Source[]
}

/** Watches of a group that send the same values of a row. */
export type Source = { readonly watch: Watch; readonly watches: readonly Watch[] }

/** By table, which never changes: most operations of one have the same watches. */
const known = new WeakMap<PlanTable, Map<string, readonly Group[]>>()

/** The watches of a table that look for an operation, grouped, in the order of the plan. */
export function groupWatches(table: PlanTable, operation: Operation): readonly Group[] {
  const ofTable = known.get(table) ?? new Map<string, readonly Group[]>()
  known.set(table, ofTable)
  const looking = table.watches.map((watch) => (watch.operations.includes(operation) ? '1' : '0')).join('')
  const groups = ofTable.get(looking) ?? makeGroups(table, operation)
  ofTable.set(looking, groups)
  return groups
}

function makeGroups({ watches }: PlanTable, operation: Operation): readonly Group[] {
  const groups = new Map<string, Watch[]>()
  for (const watch of watches) {
    if (!watch.operations.includes(operation)) continue
    const identity = `${watch.cache} ${watch.path?.id ?? ''} ${watch.params.map(({ param }) => param).join(' ')}`
    const group = groups.get(identity)
    if (group === undefined) groups.set(identity, [watch])
    else group.push(watch)
  }
  return [...groups.values()].flatMap(makeGroup)
}

function makeGroup(watches: readonly Watch[]): readonly Group[] {
  const [watch] = watches
  if (watch === undefined) return []
  const group: Group = {
    cache: watch.cache,
    params: watch.params.map(({ param }) => param),
    path: watch.path,
    width: sentValues(watch).length,
    maxKeys: Math.max(...watches.map(({ maxKeys }) => maxKeys)),
    watches,
    sources: findSources(watches),
  }
  return [group]
}

function findSources(watches: readonly Watch[]): readonly Source[] {
  const [only, other] = watches
  if (only !== undefined && other === undefined) return [{ watch: only, watches }]
  const sources = new Map<string, Watch[]>()
  for (const watch of watches) {
    const sent = JSON.stringify(sentValues(watch))
    const source = sources.get(sent)
    if (source === undefined) sources.set(sent, [watch])
    else source.push(watch)
  }
  return [...sources.values()].flatMap((same) =>
    same[0] === undefined ? [] : [{ watch: same[0], watches: same }],
  )
}

/** Names of the caches that the groups feed, once each. */
export function cachesOf(groups: readonly Group[]): readonly string[] {
  return [...new Set(groups.map(({ cache }) => cache))]
}
