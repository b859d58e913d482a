import type { Operation } from '../refresh/operation.ts'
import type { Health, State, Stats } from './events.ts'

/** One metric as it is exposed: by the naming rules of Prometheus, with labels that are bounded by the rules and never keys. */
export type Metric = {
  readonly name: string
  readonly help: string
  readonly type: 'counter' | 'gauge'
  readonly labels: readonly string[]
  readonly read: (snapshot: Snapshot) => readonly Sample[]
}
export type Sample = { readonly labels: Readonly<Record<string, string>>; readonly value: number }
/** Each part is read when a metric asks for it. */
export type Snapshot = {
  readonly stats: Stats
  readonly health: Health
  readonly operations: readonly Operation[]
}

const STATES: readonly State[] = ['starting', 'live', 'suspect', 'down', 'closed']

type CacheStats = Stats['caches'][string]

function perCache(read: (cache: CacheStats) => number): Metric['read'] {
  return ({ stats }) =>
    Object.entries(stats.caches).map(([cache, own]) => ({ labels: { cache }, value: read(own) }))
}

/** Reasons that differ only in the path over which keys were found are one. */
function countByRule(cache: string, invalidations: CacheStats['invalidations']): readonly Sample[] {
  const samples = new Map<string, Sample>()
  for (const { cause, table = '', operation = '', rule = '', count } of invalidations) {
    const labels = { cache, cause, table, operation, rule }
    const id = JSON.stringify(labels)
    samples.set(id, { labels, value: (samples.get(id)?.value ?? 0) + count })
  }
  return [...samples.values()]
}

/** Everything that can be read from an app at the moment of a scrape, so that counting costs nothing more in between. */
export const METRICS: readonly Metric[] = [
  {
    name: 'stalemate_reads_total',
    help: 'Reads, by whether they were answered from memory (hit), found nothing (miss), or found the cache untrusted.',
    type: 'counter',
    labels: ['cache', 'result'],
    read: ({ stats }) =>
      Object.entries(stats.caches).flatMap(([cache, { hits, misses, untrusted }]) => [
        { labels: { cache, result: 'hit' }, value: hits },
        { labels: { cache, result: 'miss' }, value: misses - untrusted },
        { labels: { cache, result: 'untrusted' }, value: untrusted },
      ]),
  },
  {
    name: 'stalemate_loads_total',
    help: 'Values that loaders were asked for.',
    type: 'counter',
    labels: ['cache'],
    read: perCache(({ loads }) => loads),
  },
  {
    name: 'stalemate_load_errors_total',
    help: 'Loads without a value: failed, timed out, or refused while a failing loader is left in peace.',
    type: 'counter',
    labels: ['cache', 'cause'],
    read: ({ stats }) =>
      Object.entries(stats.caches).flatMap(([cache, { errors, timeouts, refused }]) => [
        { labels: { cache, cause: 'failed' }, value: errors - timeouts },
        { labels: { cache, cause: 'timeout' }, value: timeouts },
        { labels: { cache, cause: 'refused' }, value: refused },
      ]),
  },
  {
    name: 'stalemate_loads_fenced_total',
    help: 'Loads whose value was not kept, since an invalidation or a gap came while they ran.',
    type: 'counter',
    labels: ['cache'],
    read: perCache(({ fenced }) => fenced),
  },
  {
    name: 'stalemate_stale_if_error_total',
    help: 'Expired values that stood in for a failed load.',
    type: 'counter',
    labels: ['cache'],
    read: perCache(({ stale }) => stale),
  },
  {
    name: 'stalemate_invalidated_entries_total',
    help: 'Entries that invalidations made wrong while they were held.',
    type: 'counter',
    labels: ['cache'],
    read: perCache(({ invalidated }) => invalidated),
  },
  {
    name: 'stalemate_invalidations_total',
    help: 'Invalidations, by what made them: of a change the table, what was done to it, and the keys that the rule names.',
    type: 'counter',
    labels: ['cache', 'cause', 'table', 'operation', 'rule'],
    read: ({ stats }) =>
      Object.entries(stats.caches).flatMap(([cache, { invalidations }]) => countByRule(cache, invalidations)),
  },
  {
    name: 'stalemate_evictions_total',
    help: 'Entries that left memory, by the cause.',
    type: 'counter',
    labels: ['cache', 'cause'],
    read: ({ stats }) =>
      Object.entries(stats.caches).flatMap(([cache, { left }]) =>
        Object.entries(left).map(([cause, value]) => ({ labels: { cache, cause }, value })),
      ),
  },
  {
    name: 'stalemate_entries',
    help: 'Entries that are held.',
    type: 'gauge',
    labels: ['cache'],
    read: perCache(({ entries }) => entries),
  },
  {
    name: 'stalemate_cache_trusted',
    help: '1 while reads of the cache are answered from memory, else 0.',
    type: 'gauge',
    labels: ['cache'],
    read: ({ stats, health }) =>
      Object.keys(stats.caches).map((cache) => ({
        labels: { cache },
        value: Number(health.trusted.includes(cache)),
      })),
  },
  {
    name: 'stalemate_ignored_total',
    help: 'Messages and targets that this runtime does not know, as those of a newer ruleset.',
    type: 'counter',
    labels: [],
    read: ({ stats }) => [{ labels: {}, value: stats.ignored }],
  },
  {
    name: 'stalemate_epoch',
    help: 'Rises with each gap; entries of an older epoch are not served.',
    type: 'gauge',
    labels: [],
    read: ({ health }) => [{ labels: {}, value: health.epoch }],
  },
  {
    name: 'stalemate_feed_state',
    help: '1 for the state that the runtime is in, 0 for the others.',
    type: 'gauge',
    labels: ['state'],
    read: ({ health }) =>
      STATES.map((state) => ({ labels: { state }, value: Number(health.state === state) })),
  },
  {
    name: 'stalemate_feed_silence_seconds',
    help: 'Time since the last proof that every change arrives. Reads go to the loaders past max-silence.',
    type: 'gauge',
    labels: [],
    read: ({ health }) =>
      health.silence === undefined ? [] : [{ labels: {}, value: health.silence / 1000 }],
  },
  {
    name: 'stalemate_uncovered_triggers',
    help: 'Triggers that are not as the manifest needs them.',
    type: 'gauge',
    labels: [],
    read: ({ health }) => [{ labels: {}, value: health.uncovered.length }],
  },
  {
    name: 'stalemate_feed_lag_seconds',
    help: 'Time that the last proof of life took from the database to here, the way that changes take.',
    type: 'gauge',
    labels: [],
    read: ({ health }) => (health.lag === undefined ? [] : [{ labels: {}, value: health.lag / 1000 }]),
  },
  {
    name: 'stalemate_notification_queue_usage_ratio',
    help: 'Share of the server’s queue of notifications that is taken; when it is full, notifying commits fail. With the feed notify.',
    type: 'gauge',
    labels: [],
    read: ({ health }) => (health.queueUsage === undefined ? [] : [{ labels: {}, value: health.queueUsage }]),
  },
  {
    name: 'stalemate_operations',
    help: 'Reloads and warm-ups that are under way: queued, running, or waiting to be tried again.',
    type: 'gauge',
    labels: ['kind', 'state'],
    read: ({ operations }) => countOperations(operations),
  },
]

const KINDS: readonly Operation['kind'][] = ['refresh', 'warm']
const UNDER_WAY: readonly Operation['state'][] = ['queued', 'running', 'retrying']

/** Also those that there is none of, so that a line goes to zero and does not end. */
function countOperations(operations: readonly Operation[]): readonly Sample[] {
  const current = operations.filter(({ endedAt }) => endedAt === undefined)
  return KINDS.flatMap((kind) =>
    UNDER_WAY.map((state) => ({
      labels: { kind, state },
      value: current.filter((operation) => operation.kind === kind && operation.state === state).length,
    })),
  )
}
