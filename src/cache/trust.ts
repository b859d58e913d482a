import type { Cache } from './cache.ts'
import { GAP } from './why.ts'

/** A cache and the tables whose triggers it depends on. */
export type Subject = { readonly cache: Cache<unknown>; readonly tables: readonly string[] }

/**
 * Decides until when each cache may answer from memory.
 *
 * A cache is trusted while its coverage is known to be whole and the last proof of life is younger than
 * `maxSilence`, counted from what was proven and not from when it was noticed.
 */
export class Trust {
  readonly #subjects: readonly Subject[]
  readonly #maxSilence: number
  readonly #covered = new Set<Cache<unknown>>()
  #doubted = false
  #proof: number | undefined

  constructor(subjects: readonly Subject[], maxSilence: number) {
    this.#subjects = subjects
    this.#maxSilence = maxSilence
  }

  /** The time up to which every change has been applied; `undefined` before the first proof. */
  get proof(): number | undefined {
    return this.#proof
  }

  /**
   * A look at the triggers, after every change that was visible at `since` has been applied. What the look finds missing
   * comes first: a proof counts for no cache whose triggers are not there. Returns the names of those that start empty.
   */
  renew(since: number, uncovered: ReadonlySet<string>): readonly string[] {
    const emptied = this.cover(uncovered)
    this.prove(since)
    return emptied
  }

  /** Every change that was visible at `since` has been applied. */
  prove(since: number): void {
    this.#proof = since
    if (this.#doubted) return
    for (const cache of this.#covered) cache.trustedUntil = since + this.#maxSilence
  }

  /** Something may have been installed: no cache is trusted until `cover` says what is there now. */
  doubt(): void {
    this.#doubted = true
    this.suspend()
  }

  /**
   * Takes note of the tables whose triggers do not run as they should. A cache that becomes covered starts
   * empty: what happened before went unnoticed. Returns their names.
   */
  cover(uncovered: ReadonlySet<string>): readonly string[] {
    const emptied: string[] = []
    const wasDoubted = this.#doubted
    this.#doubted = false
    for (const { cache, tables } of this.#subjects) {
      if (tables.some((table) => uncovered.has(table))) {
        this.#covered.delete(cache)
        cache.trustedUntil = Number.NEGATIVE_INFINITY
      } else if (!this.#covered.has(cache)) {
        cache.invalidateAll(GAP)
        emptied.push(cache.name)
        this.#covered.add(cache)
        if (this.#proof !== undefined) cache.trustedUntil = this.#proof + this.#maxSilence
      } else if (wasDoubted && this.#proof !== undefined) {
        // What it depends on is as it was, and so is what it holds.
        cache.trustedUntil = this.#proof + this.#maxSilence
      }
    }
    return emptied
  }

  /** Gives up everything held; it was made in a time that may have missed changes. */
  invalidate(): void {
    for (const { cache } of this.#subjects) cache.invalidateAll(GAP)
  }

  /** No cache is trusted until life is proven anew; what is held may then be believed again. */
  suspend(): void {
    for (const { cache } of this.#subjects) cache.trustedUntil = Number.NEGATIVE_INFINITY
  }

  /** No cache is trusted until coverage and life are proven anew. */
  distrust(): void {
    this.#covered.clear()
    for (const { cache } of this.#subjects) cache.trustedUntil = Number.NEGATIVE_INFINITY
  }
}
