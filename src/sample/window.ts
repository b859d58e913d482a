/** What comparing a held value with the database came to. */
export const SAMPLE_RESULTS = [
  /** Both are equal. */
  'right',
  /** They differ, and no change that explains it was under way. */
  'wrong',
  /** The entry left meanwhile: a change may have come, so that nothing follows from a difference. */
  'moved',
  /** The loader or the barrier failed. */
  'failed',
] as const
export type SampleResult = (typeof SAMPLE_RESULTS)[number]

export type SampleCounts = Readonly<Record<SampleResult, number>>

/** How many parts a window has: what is older than it leaves part by part. */
const PARTS = 60

/** Counts results over the last `length` milliseconds. */
export class Window {
  readonly #part: number
  readonly #parts: { readonly number: number; readonly counts: Record<SampleResult, number> }[] = []

  /** @param length milliseconds */
  constructor(length: number) {
    this.#part = length / PARTS
  }

  add(result: SampleResult, now: number): void {
    const number = Math.floor(now / this.#part)
    let last = this.#parts.at(-1)
    if (last?.number !== number) {
      last = { number, counts: { right: 0, wrong: 0, moved: 0, failed: 0 } }
      this.#parts.push(last)
    }
    last.counts[result] += 1
    this.#forget(number)
  }

  counts(now: number): SampleCounts {
    this.#forget(Math.floor(now / this.#part))
    const sum = { right: 0, wrong: 0, moved: 0, failed: 0 }
    for (const { counts } of this.#parts) for (const result of SAMPLE_RESULTS) sum[result] += counts[result]
    return sum
  }

  #forget(number: number): void {
    while (this.#parts[0] !== undefined && this.#parts[0].number <= number - PARTS) this.#parts.shift()
  }
}

/**
 * The share of wrong values that samples do not exclude, with 95 % confidence: the upper end of Wilson's score interval.
 * After 300 right samples and no wrong one it is about 1 %: nobody can claim more nines than were sampled.
 *
 * @see E. B. Wilson, Probable Inference, the Law of Succession, and Statistical Inference (1927)
 */
export function wrongShareAtMost({ right, wrong }: Pick<SampleCounts, 'right' | 'wrong'>): number {
  const n = right + wrong
  if (n === 0) return 1
  const z = 1.645
  const share = wrong / n
  const centre = share + (z * z) / (2 * n)
  const spread = z * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n))
  return Math.min(1, (centre + spread) / (1 + (z * z) / n))
}

/** A share of right values as the number of its nines: 0.999 has 3. */
export function countNines(wrongShare: number): number {
  return -Math.log10(wrongShare)
}
