import type { ParamValue } from '../key/param.ts'
import type { Invalidation } from '../route/route-target.ts'

/** What a tier is told to give up. */
export type TierInvalidation = {
  readonly cache: string
  /** Canonical values: all params for one entry, some for all that match, none for every entry of the cache. */
  readonly params: Readonly<Record<string, ParamValue>>
}

/** An entry by all of its params. */
export type TierEntry = TierInvalidation

export type TierAnswer =
  /** What is held, and the milliseconds for which it may be. */
  | { readonly kind: 'held'; readonly value: unknown; readonly life: number }
  /**
   * Nothing. Who loads the value may fill it with the lease, which every invalidation of the entry ends: what was loaded before
   * it is not to be held. Without a lease nobody fills.
   */
  | { readonly kind: 'missing'; readonly lease?: unknown }

/** A further place where values of the caches are held, such as a store that processes share. */
export type Tier = {
  readonly name: string
  /**
   * Other instances read it as well: what one has loaded into it is there for all. Then a schedule of a warming set runs on one of
   * them, and the others find its values here. False unless said: each instance warms what it holds itself.
   */
  readonly shared?: boolean
  /**
   * Gives up what is named. Resolves when no read of the tier is answered with it any more; rejects when that cannot be
   * said of all of it. It is called again with the same then, so what was given up already must be no error.
   */
  readonly invalidate: (
    invalidations: readonly TierInvalidation[],
    context: { readonly signal?: AbortSignal },
  ) => Promise<void> | void
  /**
   * What is held of an entry; with `isAnew` the answer is `missing`, for something newer is to be loaded. A tier that has it
   * and `fill` is asked before the loaders, while the cache is trusted and nothing that it was told to give up is held by it.
   * A tier that fails or is late holds nothing.
   */
  readonly read?: (
    entry: TierEntry,
    context: { readonly signal: AbortSignal; readonly isAnew: boolean },
  ) => Promise<TierAnswer> | TierAnswer
  /** Holds a value for at most `life` milliseconds, if the lease has not ended: both in one step. Nobody waits for it. */
  readonly fill?: (
    entry: TierEntry,
    value: unknown,
    how: { readonly lease: unknown; readonly life: number },
  ) => Promise<void> | void
}

/** A tier whose values are promoted. */
export type ReadableTier = Tier & Required<Pick<Tier, 'read' | 'fill'>>

export function isReadable(tier: Tier): tier is ReadableTier {
  return tier.read !== undefined && tier.fill !== undefined
}

/** What the caches lost, in the words of a tier. */
export function describeForTier(
  { kind, cache, ...rest }: Invalidation,
  params: readonly { readonly name: string }[],
  partial: readonly (readonly string[])[],
): readonly TierInvalidation[] {
  if (kind === 'all') return [{ cache, params: {} }]
  const { width, values, index } = rest as { width: number; values: readonly ParamValue[]; index?: number }
  const names = index === undefined ? params.map(({ name }) => name) : (partial[index] ?? [])
  return Array.from({ length: values.length / width }, (_, row) => ({
    cache,
    params: Object.fromEntries(names.map((name, place) => [name, values[row * width + place] as ParamValue])),
  }))
}
