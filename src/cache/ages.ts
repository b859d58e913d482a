import type { Entry } from './entry.ts'

/** How old entries are since they were loaded, in milliseconds. */
export type AgeSummary = { readonly median: number; readonly p95: number; readonly oldest: number }

/** Classes of the time to live by which ages are told apart. */
const CLASSES = 32

/** The ages of the held entries, to a thirty-second of the time to live, at a cost that does not depend on how many there are. */
export class Ages {
  readonly #width: number
  readonly #counts = new Map<number, number>()

  constructor(ttl: number) {
    this.#width = Math.max(1, ttl / CLASSES)
  }

  add({ loadedAt }: Entry<unknown>): void {
    const number = Math.floor(loadedAt / this.#width)
    this.#counts.set(number, (this.#counts.get(number) ?? 0) + 1)
  }

  remove({ loadedAt }: Entry<unknown>): void {
    const number = Math.floor(loadedAt / this.#width)
    const count = (this.#counts.get(number) ?? 0) - 1
    if (count > 0) this.#counts.set(number, count)
    else this.#counts.delete(number)
  }

  clear(): void {
    this.#counts.clear()
  }

  /** @param time in the entries' count; `undefined` when nothing is held */
  summarize(time: number): AgeSummary | undefined {
    const classes = [...this.#counts].sort(([a], [b]) => b - a)
    const total = classes.reduce((sum, [, count]) => sum + count, 0)
    if (total === 0) return undefined
    const ageAt = (share: number): number => {
      let passed = 0
      const found = classes.find(([, count]) => (passed += count) >= share * total) ?? classes.at(-1)
      return Math.max(0, Math.ceil(time - (found?.[0] ?? 0) * this.#width))
    }
    return { median: ageAt(0.5), p95: ageAt(0.95), oldest: ageAt(1) }
  }
}
