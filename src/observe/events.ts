import type { AgeSummary } from '../cache/ages.ts'
import type { CacheCounters } from '../cache/counters.ts'
import type { Wrongs } from '../cache/why.ts'
import type { ClearScope } from '../clear/epochs.ts'
import type { Uncovered } from '../coverage/read-coverage.ts'
import type { GapCause } from '../feed/feed.ts'
import type { Operation } from '../refresh/operation.ts'
import type { TierHealth } from '../invalidate/tiers.ts'
import type { Invalidation } from '../route/route-target.ts'
import type { Sample, Truth } from '../sample/sampler.ts'
import type { Change } from '../wire/change.ts'

/** What the runtime is able to promise now. */
export type State =
  /** Not yet proven; reads go to the loader. */
  | 'starting'
  /** The feed delivers; reads are answered from memory. */
  | 'live'
  /** No proof of life in time; reads go to the loader. */
  | 'suspect'
  /** The feed was lost and is being rebuilt; reads go to the loader. */
  | 'down'
  | 'closed'

/** Everything that the runtime reports, by kind. Times are milliseconds of the runtime's clock. */
export type Events = {
  /** The state changed. */
  readonly state: { readonly state: State; readonly error?: unknown }
  /** Changes may have been missed; everything held was given up: for `drift`, in the caches that it concerns. */
  readonly gap: {
    readonly cause: GapCause
    readonly epoch: number
    readonly error?: unknown
    /** Gaps of this cause since the last report of it; of those that anybody can cause not each is reported. */
    readonly count: number
  }
  /** The server's queue of notifications fills, told with each heartbeat; when it is full, notifying commits fail. */
  readonly queue: {
    /** Share that is taken, from 0 to 1. */
    readonly usage: number
  }
  /** A change was applied: what it made wrong is gone from memory. */
  readonly change: {
    readonly change: Change
    readonly invalidations: readonly Invalidation[]
    /** Targets that name no cache of this manifest. */
    readonly ignored: number
    /** Entries that were held and are gone. */
    readonly dropped: number
    /** When the feed brought it. What lies between is the time that looking up its links took. */
    readonly receivedAt: number
    readonly appliedAt: number
  }
  /** A call made entries wrong, here or in another runtime: what it names is gone from memory. */
  readonly invalidation: {
    readonly invalidations: readonly Invalidation[]
    readonly dropped: number
    readonly from: 'here' | 'elsewhere'
  }
  /** An emergency clear reached this runtime: what it named was given up. */
  readonly clear: { readonly scope: ClearScope; readonly epoch: number }
  /** What is installed was compared with the manifest. */
  readonly coverage: { readonly uncovered: readonly Uncovered[] }
  /** A held value was compared with the database; only where the option `sampler` is given. */
  readonly sample: Sample
  /** A step of something that is done in the background: it was queued, has begun, failed, or is over. */
  readonly operation: Operation
  /** Something failed that no caller waits for, as an attempt to reach the database: that is told once for each reason. */
  readonly error: { readonly error: unknown }
}

export type Listener<K extends keyof Events> = (event: Events[K]) => void

/** What a cache holds now. */
export type CacheContents = {
  readonly entries: number
  /** Of the values, by `sizeOf` or as estimated: by some of them where neither `max-size` nor `maxMemory` needs to know. */
  readonly bytes: number
  /** How old they are, in milliseconds; `undefined` while there are none. */
  readonly ages: AgeSummary | undefined
  /** What made entries wrong, by table and rule, and how often. */
  readonly invalidations: readonly Wrongs[]
}

/** Counts since the start. */
export type Stats = {
  readonly changes: number
  readonly gaps: number
  readonly ignored: number
  readonly caches: Readonly<Record<string, Readonly<CacheCounters> & CacheContents>>
  /** How true the caches were found to be; only where the option `sampler` is given. */
  readonly truth?: Truth
}

/** A summary for a health check. */
export type Health = {
  readonly state: State
  readonly epoch: number
  /** Milliseconds since the last proof that every change arrives; `undefined` before the first. */
  readonly silence: number | undefined
  /**
   * Milliseconds that the last proof of life took from the database to here, the way that changes take; `undefined`
   * before the first.
   */
  readonly lag: number | undefined
  /** Triggers that are not as the manifest needs them; caches of their tables are not trusted. */
  readonly uncovered: readonly Uncovered[]
  /** Names of the caches that answer from memory now. */
  readonly trusted: readonly string[]
  /** Of all caches: what is held now, and counts since the start. */
  readonly totals: {
    readonly entries: number
    readonly hits: number
    readonly misses: number
    readonly loads: number
    readonly errors: number
    readonly invalidated: number
    /** Entries that had to make room. */
    readonly evicted: number
  }
  /** Share of the server's queue of notifications that is taken, from 0 to 1; only with `feed: notify`. */
  readonly queueUsage?: number
  /** Further tiers, and the caches of which each may hold what is wrong since it refuses to give it up. */
  readonly tiers: readonly TierHealth[]
}
