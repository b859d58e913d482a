import type { Held, Inspection } from './cache/inspection.ts'
import type { ClearRequest, ClearTicket } from './clear/clears.ts'
import type { ClearScope } from './clear/epochs.ts'
import type { ConnectionConfig } from './feed/open-client.ts'
import type { InvalidateOptions, Invalidated, InvalidationOutcome } from './invalidate/invalidator.ts'
import type { InvalidationRequest } from './invalidate/request.ts'
import type { Tier } from './invalidate/tier.ts'
import type { Manifest } from './manifest/manifest.ts'
import type { Events, Health, Listener, Stats } from './observe/events.ts'
import type { Logger } from './observe/log-events.ts'
import type { LoadTracer } from './observe/trace-loader.ts'
import type { Clock, RefreshOptions, RuntimeOptions } from './options.ts'
import type { SamplerOptions } from './sample/sampler.ts'
import type { Operation } from './refresh/operation.ts'
import type { WaitOptions } from './wait-within.ts'
import type { WarmReport } from './warm/report.ts'
import type { Schedule } from './warm/schedule.ts'
import type { WarmOptions } from './warm/warmer.ts'

/** The caches of a ruleset with the types of their params and values, as `generated/caches.ts` exports it. */
export type CacheTypes = Readonly<
  Record<string, { readonly params: object; readonly value: unknown; readonly query?: true }>
>

/**
 * Computes the value of an entry. It must read the primary, unless it says `replica: true`, and not inside a transaction whose snapshot is
 * older than the call: a value from an older snapshot may miss a change whose invalidation has passed.
 */
export type Loader<P, V> = Load<P, V> | BatchLoader<P, V> | ReplicaLoader<P, V>

export type Load<P, V> = (params: P, context: LoadContext<V>) => Promise<V> | V

/** A loader that can also compute several values at once, for `getMany`. */
export type BatchLoader<P, V> = {
  readonly load: Load<P, V>
  /** The values in the order of the params. An `Error` in place of a value fails that one alone. */
  readonly loadMany: (
    params: readonly P[],
    context: Pick<LoadContext, 'signal'>,
  ) => Promise<readonly (V | Error)[]> | readonly (V | Error)[]
}

/**
 * A loader that reads a streaming replica. What it gives is handed out in any case, and stored only if the replica has replayed
 * past the last change that was applied to the cache before the load began.
 */
export type ReplicaLoader<P, V> = {
  readonly load: Load<P, V>
  readonly loadMany?: BatchLoader<P, V>['loadMany']
  readonly replica: true
  /** How to ask the server that the loader reads how far it is: that server alone, and not one of several. */
  readonly connection: ConnectionConfig
}

export type LoadContext<V = unknown> = {
  /** Aborted when the load has taken longer than `loadTimeout`, and when the runtime closes. */
  readonly signal: AbortSignal
  /** The value that is held and will be replaced, also if expired; never one that an invalidation covers. */
  readonly stale: V | undefined
}

/** A loader for each cache; one with a query needs none, and uses one that is given all the same. */
export type Loaders<C extends CacheTypes> = {
  readonly [N in keyof C as C[N] extends { query: true } ? never : N]: Loader<C[N]['params'], C[N]['value']>
} & {
  readonly [N in keyof C as C[N] extends { query: true } ? N : never]?: Loader<C[N]['params'], C[N]['value']>
}

export type CreateOptions<C extends CacheTypes> = Partial<RuntimeOptions> & {
  /** What `stalemate compile` made of the rules: `manifest` of `generated/caches.ts`. */
  readonly manifest: Manifest
  /** How to reach the primary, as node-postgres takes it; directly, not through a transaction-mode pooler. */
  readonly connection: ConnectionConfig
  /** Bytes of a value, for `max-size` and `maxMemory`; estimated for caches that are not listed. */
  readonly sizeOf?: { readonly [N in keyof C]?: (value: C[N]['value']) => number }
  /** Compares held values with the database at a set rate, and tells the share that was wrong. Off unless given. */
  readonly sampler?: SamplerOptions
  /** Is told of every event, with a stable name and code. Nothing is logged unless it is given. */
  readonly logger?: Logger
  /** Runs each call of a loader inside a span; `createTracing` of `stalemate/opentelemetry` makes one. */
  readonly tracer?: LoadTracer
  /** Loads in the background: reloading and warming. */
  readonly refresh?: Partial<RefreshOptions>
  /**
   * Whether it is learned what is asked for at which hour, where a warming set has `params: learned`: kept in the schema
   * `stalemate`, written once an hour. Off unless given where `NODE_ENV` is `test`.
   */
  readonly learn?: boolean
  /** Further places where values of the caches are held; told of every invalidation. */
  readonly tiers?: readonly Tier[]
  /** Keeps the schedules of warming sets; node-schedule, in the time zone of the process, unless given. */
  readonly schedule?: Schedule
  readonly clock?: Clock
  /** A number from 0 to 1, 1 excluded; `Math.random` unless said otherwise. */
  readonly random?: () => number
} & ({} extends Loaders<C> ? { readonly loaders?: Loaders<C> } : { readonly loaders: Loaders<C> })

/** One cache of the application. */
export type CacheHandle<P, V> = {
  /**
   * The value for `params`: from memory, or from one load that all who ask meanwhile share.
   *
   * @throws StalemateError `param-invalid`, `load-timeout`, `load-refused`, `closed`; or what the loader threw
   */
  readonly get: (params: P) => Promise<V>
  /**
   * The values for all of `params`, in their order. What is missing is loaded by one call where the loader
   * offers `loadMany`. Rejects with the first error.
   *
   * @throws as `get`
   */
  readonly getMany: (params: readonly P[]) => Promise<V[]>
  /** The value if it is held and may be served, else `undefined`; never loads. Counts as a read for reloading ahead. */
  readonly peek: (params: P) => V | undefined
  /**
   * Makes entries wrong, here and in every other runtime of the ruleset: one with all params, all that match with some,
   * every one with none. Those of this process are gone when the call returns its promise, which resolves once the
   * tiers have given them up and the others have been told.
   *
   * @throws StalemateError `param-invalid`, or `invalidation-failed` when it was not applied everywhere
   */
  readonly invalidate: (params?: Partial<P>, options?: InvalidateOptions) => Promise<Invalidated>
  /** What reads would be served from now, to look at: not counted as reads. */
  readonly held: () => Iterable<Held<V>>
  /** What is known of one entry: age, time left, reads, last load, why the value before it left. */
  readonly inspect: (params: P) => Inspection
}

export type Warm = {
  (set?: string, options?: WarmOptions): Promise<WarmReport>
  (options: WarmOptions): Promise<WarmReport>
}

/** A running Stalemate. */
export type App<C extends CacheTypes> = AsyncDisposable & {
  readonly manifest: Manifest
  readonly caches: { readonly [N in keyof C]: CacheHandle<C[N]['params'], C[N]['value']> }
  /** Resolves when the feed is proven to deliver: a canary has come the whole way. Rejects on close. */
  readonly ready: Promise<void>
  /**
   * A barrier: when it resolves, every commit before the call has been applied here.
   *
   * @throws StalemateError `feed-silent` when that cannot be known now, `sync-timeout`; or the signal's reason
   */
  readonly sync: (options?: WaitOptions) => Promise<void>
  /**
   * Makes wrong what a request names, as `CacheHandle.invalidate`: a binding of a cache's params, the keys of a pattern, or
   * what a change of a table makes wrong.
   *
   * @throws StalemateError `cache-unknown`, `table-unknown`, `param-invalid`, `pattern-invalid`, `invalidation-failed`
   */
  readonly invalidate: (request: InvalidationRequest, options?: InvalidateOptions) => Promise<Invalidated>
  /**
   * Several requests, in their order. Stops at the first that fails unless told to go on; says of each what became of it, and
   * never that it was applied where it was not.
   */
  readonly invalidateMany: (
    requests: readonly InvalidationRequest[],
    options?: InvalidateOptions & { readonly continueOnError?: boolean },
  ) => Promise<readonly InvalidationOutcome[]>
  /**
   * Asks for an emergency clear of everything, or of one cache. Nothing happens until `clear` is given the token, which
   * confirms once, for a minute.
   *
   * @throws StalemateError `cache-unknown`, `option-invalid`
   */
  readonly requestClear: (request: ClearRequest) => ClearTicket
  /**
   * Raises the fleet's epoch, so that every runtime of the ruleset gives up what it holds: here when the promise resolves,
   * elsewhere at once where it is connected, and otherwise before it serves anything again.
   *
   * @throws StalemateError `clear-refused`; or what the database threw
   */
  readonly clear: (token: string) => Promise<{ readonly scope: ClearScope; readonly epoch: number }>
  readonly stats: () => Stats
  readonly health: () => Health
  /**
   * Loads what warming sets name before anyone asks for it: one set, or all of them; with `params` only entries that have
   * these, in all sets that take them, as for one user. What is fresh is skipped.
   *
   * @throws StalemateError `warming-unknown`, `param-invalid`, `closed`
   */
  readonly warm: Warm
  /** What is done in the background: what is under way, the oldest first, then the last thousand that are over. */
  readonly operations: () => readonly Operation[]
  /** Calls `listener` for each event of the kind; returns the undo. */
  readonly on: <K extends keyof Events>(kind: K, listener: Listener<K>) => () => void
  readonly close: () => Promise<void>
}
