/** What one variant showed over all rounds. */
export type Summary = {
  readonly median: number
  readonly min: number
  readonly max: number
}

/** The middle value, or the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('Expected at least one value, got none.')
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] as number
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] as number) + upper) / 2
}

/** The smallest value that is not below this share of all values, from 0 to 1. */
export function quantile(values: readonly number[], share: number): number {
  if (values.length === 0) throw new RangeError('Expected at least one value, got none.')
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] as number
}

export function summarize(values: readonly number[]): Summary {
  return { median: median(values), min: Math.min(...values), max: Math.max(...values) }
}

/**
 * A permutation of the numbers below `count`, the same in every run, so that no variant is measured in the
 * order in which its entries were stored. Fisher-Yates over a linear congruential generator.
 */
export function shuffledIndexes(count: number): Uint32Array {
  const indexes = Uint32Array.from({ length: count }, (_, index) => index)
  let state = 1
  for (let last = count - 1; last > 0; last -= 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    const other = Math.floor((state / 2 ** 32) * (last + 1))
    const kept = indexes[last] as number
    indexes[last] = indexes[other] as number
    indexes[other] = kept
  }
  return indexes
}
