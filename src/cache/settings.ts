import type { BackoffSettings } from './backoff.ts'
import type { Ceiling } from './ceiling.ts'
import type { LoadContext } from './flight.ts'
import type { CanonicalParams, ParamDeclaration } from './identity.ts'
import type { Asked, Sighted } from './sight.ts'

/**
 * How values are handed out. `reference`: the loader's own object, the fastest; whoever changes it changes it for
 * all. `frozen`: the same, frozen to its depth when it is stored. `cloned`: a copy for each read, by the structured
 * clone algorithm.
 */
export type ValueMode = 'reference' | 'frozen' | 'cloned'

/** Computes the value for params. */
export type Load<V> = (params: CanonicalParams, context: LoadContext<V>) => PromiseLike<V> | V

/** As of one load. */
export type LoadManyContext = Pick<LoadContext<never>, 'signal' | 'isAnew' | 'leastLeft'> & {
  /** @param place in the list of params; all of them unless given */
  readonly limitLife: (ms: number, place?: number) => void
}

/** Computes the values for several params, in their order. An `Error` in place of a value fails that one alone. */
export type LoadMany<V> = (
  params: readonly CanonicalParams[],
  context: LoadManyContext,
) => PromiseLike<readonly (V | Error)[]> | readonly (V | Error)[]

/** What a cache is made of. Durations are milliseconds. */
export type CacheSettings<V> = {
  readonly name: string
  readonly params: readonly ParamDeclaration[]
  readonly ttl: number
  /** Share of the TTL taken off at random, 0 to 1. */
  readonly jitter: number
  /** Entries. */
  readonly max: number
  /** Sum of the sizes of the held values; unlimited unless said otherwise. */
  readonly maxSize?: number
  /** Bytes of a value, at least 0; estimated unless given, and taken as 0 where no bound needs it. */
  readonly size?: (value: V) => number
  /** A bound that this cache shares with others, and how late its entries give way to theirs; 0 unless said. */
  readonly ceiling?: Ceiling
  readonly rank?: number
  /** How long `undefined` and `null` are held; not at all unless said. */
  readonly negativeTtl?: number
  /** How long an expired value, never an invalidated one, may stand in for a failing loader; 0 unless said. */
  readonly staleIfError?: number
  /** Share of its life, 0 to 1, after which an entry is due to be loaded ahead; never unless given. */
  readonly refresh?: number
  /** Told of an entry that a read found due, once for each load. */
  readonly due?: (entry: Sighted) => void
  /**
   * Told of an entry that was asked for since it was last told of: when it leaves, and when all are looked at, never at a
   * read. Nothing is kept for that unless given.
   */
  readonly asked?: (entry: Asked) => void
  /** Told of each invalidation, when it is complete. */
  readonly invalidated?: () => void
  /** Numbers of the partial sets whose members must be found, as by rules that reload them. */
  readonly tracked?: readonly number[]
  /** Told of each call of the loader that begins, 1, and of each that ends, -1. */
  readonly calls?: (change: 1 | -1) => void
  /**
   * How long ago a load may have begun that a read joins while the cache is not trusted: `maxSilence`, so that nobody gets what
   * is older. Unlimited unless said.
   */
  readonly joinFor?: number
  /** Whether a load that begins while the cache is trusted may give what was held elsewhere; false unless said. */
  readonly promotes?: boolean
  /** How long held values are served after the last deadline of trust that was ahead; 0 unless said. */
  readonly untrustedFor?: number
  /** `reference` unless said otherwise. */
  readonly values?: ValueMode
  /** Sets of params that an invalidation may bind without binding all. */
  readonly partial: readonly (readonly string[])[]
  readonly load: Load<V>
  /** Without it, `getMany` calls `load` for each. */
  readonly loadMany?: LoadMany<V>
  /** How long a load may take; unlimited unless said. Needs `after`. */
  readonly loadTimeout?: number
  /** None unless said: each read that finds nothing tries the loader. */
  readonly backoff?: BackoffSettings
  readonly now: () => number
  /** Calls back once after `ms`, unless the returned undo is called before. */
  readonly after?: (ms: number, callback: () => void) => () => void
  /**
   * How reads may share one look at the clock: 1 (each looks) unless said otherwise. Above 1, so many hits of one
   * turn of the event loop at most share it, and `endOfTurn` calls back when the turn is over.
   */
  readonly readsPerLook?: number
  readonly endOfTurn?: (callback: () => void) => void
  /** A number from 0 to 1, 1 excluded. */
  readonly random: () => number
}
