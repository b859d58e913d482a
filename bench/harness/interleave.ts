/** Variants, and how often each is measured. */
export type Rounds<V, S> = {
  readonly variants: readonly V[]
  /** Measurements of each variant that are thrown away. */
  readonly warmups: number
  readonly rounds: number
  readonly measure: (variant: V) => Promise<S>
  /** Told before each measurement; `round` counts from 1, warm-ups are 0. */
  readonly progress?: (variant: V, round: number) => void
  readonly signal?: AbortSignal
}

/**
 * Measures the variants in turn (A B C A B C ...), so that what disturbs the machine for a while disturbs all of
 * them alike. The samples of each variant, in the order of the rounds.
 */
export async function runInterleaved<V, S>(options: Rounds<V, S>): Promise<ReadonlyMap<V, readonly S[]>> {
  const { variants, warmups, rounds, measure, progress, signal } = options
  const samples = new Map<V, S[]>(variants.map((variant) => [variant, []]))
  for (let round = 1 - warmups; round <= rounds; round += 1) {
    for (const variant of variants) {
      signal?.throwIfAborted()
      progress?.(variant, Math.max(round, 0))
      const sample = await measure(variant)
      if (round > 0) samples.get(variant)?.push(sample)
    }
  }
  return samples
}
