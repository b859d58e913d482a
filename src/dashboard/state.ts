import type { App, CacheTypes } from '../app.ts'
import type { Health, Stats } from '../observe/events.ts'
import { isOver, type Operation, type OperationState } from '../refresh/operation.ts'
import type { ChangeBatch, ShownChange } from './changes.ts'
import type { Point } from './history.ts'
import type { ShownWarming } from './warming.ts'

/** Operations that are sent at most, of those under way and of those that are over. */
const OPERATIONS = 50

/** An operation as the page shows it. */
export type ShownOperation = Pick<
  Operation,
  'id' | 'kind' | 'cause' | 'cache' | 'priority' | 'state' | 'attempts' | 'params' | 'set' | 'progress'
> & {
  /** Milliseconds from its beginning to its end, or from its end of waiting till now. */
  readonly took: number | undefined
  readonly error: string | undefined
}

function showOperation(operation: Operation): ShownOperation {
  const { startedAt, endedAt, error, queuedAt: _, ...shown } = operation
  const took = startedAt === undefined || endedAt === undefined ? undefined : endedAt - startedAt
  const text = error instanceof Error ? error.message : error === undefined ? undefined : 'failed'
  return { ...shown, took, error: text }
}

/** A gap of the feed, as the page shows it. */
export type ShownGap = { readonly at: number; readonly cause: string; readonly epoch: number }

/** What is true now: sent again and again. */
export type Now = {
  readonly at: number
  readonly health: Health
  readonly stats: Stats
  /** Those under way first, the oldest first; then those that are over, the latest first. */
  readonly operations: readonly ShownOperation[]
  /** How many are under way, by what they do. */
  readonly work: Readonly<Partial<Record<OperationState, number>>>
  readonly warming: readonly ShownWarming[]
  readonly facts: readonly Fact[]
}

/** What else is known, as a number to look at. */
export type Fact = { readonly label: string; readonly value: string; readonly note?: string }

/** What the page starts with. */
export type PageState = Now & {
  readonly ruleset: string
  readonly feed: string
  /** The app serves no reads: what the caches of an application do is not known here. */
  readonly databaseOnly: boolean
  /** Whether rules and SQL can be asked for. */
  readonly explains: boolean
  /** Whether actions can be asked for with a token. */
  readonly acts: boolean
  readonly caches: readonly ShownCache[]
  /** Tables and the caches that they make wrong. */
  readonly edges: readonly (readonly [string, string])[]
  readonly traffic: ChangeBatch['edges']
  readonly changes: readonly ShownChange[]
  readonly gaps: readonly ShownGap[]
  readonly points: readonly Point[]
  /** Milliseconds from one point to the next. */
  readonly interval: number
}

export type ShownCache = {
  readonly name: string
  readonly key: string
  readonly params: readonly string[]
  readonly ttl: number
  readonly max: number
  readonly priority: string
}

/** The part of the page's state that follows from the manifest. */
export function describeRuleset({
  manifest,
}: App<CacheTypes>): Pick<PageState, 'ruleset' | 'feed' | 'caches' | 'edges'> {
  const caches = Object.entries(manifest.caches)
  return {
    ruleset: manifest.ruleset,
    feed: manifest.feed,
    caches: caches.map(([name, { key, params, ttl, max, priority }]) => ({
      name,
      key,
      params: params.map((param) => param.name),
      ttl,
      max,
      priority,
    })),
    edges: caches.flatMap(([name, { tables }]) => tables.map((table) => [table, name] as const)),
  }
}

export function readNow(app: App<CacheTypes>): Omit<Now, 'warming' | 'facts'> {
  const operations = app.operations()
  const current = operations.filter(({ state }) => !isOver(state))
  const over = operations.slice(current.length)
  const work: Partial<Record<OperationState, number>> = {}
  for (const { state } of current) work[state] = (work[state] ?? 0) + 1
  return {
    at: Date.now(),
    health: app.health(),
    stats: app.stats(),
    operations: [...current.slice(0, OPERATIONS), ...over.slice(0, OPERATIONS)].map(showOperation),
    work,
  }
}
