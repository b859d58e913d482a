import type { Read, ReaderReport } from './messages.ts'
import type { CacheName, Rows } from './world.ts'

export type LedgerEntry = Omit<Extract<ReaderReport, { kind: 'reads' }>, 'kind'>

/** What was read since the last report. A value that is held comes again and again as the same object. */
export class Ledger {
  readonly #maxSilence: number
  #numbers = new Map<Rows, number>()
  #values: (readonly [number, CacheName, number, Rows])[] = []
  /** The latest time that each value must not be older than, and how often it was read. */
  #reads: Read[] = []
  #failed = 0

  /** @param maxSilence milliseconds after which nothing is believed without proof */
  constructor(maxSilence: number) {
    this.#maxSilence = maxSilence
  }

  /** @param from when it was asked; @param applied what was committed before had been applied then */
  note(cache: CacheName, key: number, rows: Rows, from: number, applied: number): void {
    let number = this.#numbers.get(rows)
    if (number === undefined) {
      number = this.#numbers.size
      this.#numbers.set(rows, number)
      this.#values.push([number, cache, key, rows])
    }
    this.#reads.push([number, Math.max(applied, from - this.#maxSilence)])
  }

  fail(): void {
    this.#failed += 1
  }

  take(): LedgerEntry {
    const entry = { values: this.#values, reads: this.#reads, failed: this.#failed }
    this.#numbers = new Map()
    this.#values = []
    this.#reads = []
    this.#failed = 0
    return entry
  }
}
