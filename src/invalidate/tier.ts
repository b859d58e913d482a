import type { ParamValue } from '../key/param.ts'
import type { Invalidation } from '../route/route-target.ts'

/** What a tier is told to give up. */
export type TierInvalidation = {
  readonly cache: string
  /** Canonical values: all params for one entry, some for all that match, none for every entry of the cache. */
  readonly params: Readonly<Record<string, ParamValue>>
}

/** A further place where values of the caches are held, such as a store that processes share. */
export type Tier = {
  readonly name: string
  /**
   * Gives up what is named. Resolves when no read of the tier is answered with it any more; rejects when that cannot be
   * said of all of it. It is called again with the same then, so what was given up already must be no error.
   */
  readonly invalidate: (
    invalidations: readonly TierInvalidation[],
    context: { readonly signal?: AbortSignal },
  ) => Promise<void> | void
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
