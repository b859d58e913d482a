import type { Entry } from './entry.ts'
import { Queue } from './queue.ts'

/** How many entries that were read since its last pass the hand spares before it takes one all the same. */
const PATIENCE = 64

/**
 * Entries in the order of their arrival, and a hand that chooses which one leaves. An entry that was read since
 * the hand last passed is spared once; the first that was not is taken. So a read writes nothing but its own
 * count, where a list by last use would move three entries.
 *
 * Zhang et al., "SIEVE is Simpler than LRU", NSDI 2024; with a bound on how far the hand moves at once.
 */
export class Sieve<V> {
  readonly #queue = new Queue<Entry<V>>()
  #hand: Entry<V> | undefined
  #size = 0

  get count(): number {
    return this.#queue.count
  }

  /** Sum of the entries' sizes. */
  get size(): number {
    return this.#size
  }

  add(entry: Entry<V>): void {
    this.#queue.add(entry)
    this.#size += entry.size
  }

  remove(entry: Entry<V>): void {
    if (this.#hand === entry) this.#hand = entry.newer
    this.#queue.remove(entry)
    this.#size -= entry.size
  }

  /** The entry that should leave next, which stays until it is removed; never `kept`. */
  choose(isUseless: (entry: Entry<V>) => boolean, kept: Entry<V>): Entry<V> | undefined {
    let spared = 0
    for (let steps = 0; steps <= PATIENCE + 1; steps += 1) {
      const entry = this.#hand ?? this.#queue.oldest
      if (entry === undefined) return undefined
      this.#hand = entry.newer
      if (entry === kept) continue
      if (entry.reads === entry.seen || spared >= PATIENCE || isUseless(entry)) return entry
      entry.seen = entry.reads
      spared += 1
    }
    return undefined
  }

  /** From the one that arrived first. */
  [Symbol.iterator](): Iterator<Entry<V>> {
    return this.#queue[Symbol.iterator]()
  }
}
