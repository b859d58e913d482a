import type { PlanPath, PlanTable, Watch } from '../../plan/plan.ts'
import { sentValues } from '../../plan/sent.ts'
import type { Operation } from '../../wire/change.ts'

/** A watch with its number in the trigger, by which the SQL names its condition. */
export type NumberedWatch = { readonly number: number; readonly watch: Watch }

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
  readonly watches: readonly NumberedWatch[]
  /** The same watches by what they send. */
  readonly sources: readonly Source[]
}

/** Watches of a group that send the same values of a row. */
export type Source = { readonly watch: Watch; readonly watches: readonly NumberedWatch[] }

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
  const groups = new Map<string, NumberedWatch[]>()
  let number = 0
  for (const watch of watches) {
    if (!watch.operations.includes(operation)) continue
    number += 1
    const identity = `${watch.cache} ${watch.path?.id ?? ''} ${watch.params.map(({ param }) => param).join(' ')}`
    const group = groups.get(identity)
    if (group === undefined) groups.set(identity, [{ number, watch }])
    else group.push({ number, watch })
  }
  return [...groups.values()].flatMap(makeGroup)
}

function makeGroup(watches: readonly NumberedWatch[]): readonly Group[] {
  const [first] = watches
  if (first === undefined) return []
  const { watch } = first
  const group: Group = {
    cache: watch.cache,
    params: watch.params.map(({ param }) => param),
    path: watch.path,
    width: sentValues(watch).length,
    maxKeys: Math.max(...watches.map((numbered) => numbered.watch.maxKeys)),
    watches,
    sources: findSources(watches),
  }
  return [group]
}

function findSources(watches: readonly NumberedWatch[]): readonly Source[] {
  const [only, other] = watches
  if (only !== undefined && other === undefined) return [{ watch: only.watch, watches }]
  const sources = new Map<string, NumberedWatch[]>()
  for (const numbered of watches) {
    const sent = JSON.stringify(sentValues(numbered.watch))
    const source = sources.get(sent)
    if (source === undefined) sources.set(sent, [numbered])
    else source.push(numbered)
  }
  return [...sources.values()].flatMap((same) =>
    same[0] === undefined ? [] : [{ watch: same[0].watch, watches: same }],
  )
}

/** Whether one of the watches has a condition, which may raise. */
export function isConditional({ watches }: Group): boolean {
  return watches.some(({ watch }) => watch.when !== undefined)
}

/** Names of the caches that the groups feed, once each. */
export function cachesOf(groups: readonly Group[]): readonly string[] {
  return [...new Set(groups.map(({ cache }) => cache))]
}
