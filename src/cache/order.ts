import { LRUCache } from 'lru-cache'
import type { Entry } from './entry.ts'

/** Up to how many entries room is reserved for at once, which takes less of it than growing. */
const RESERVED = 200_000

/** How many entries that were read since they were last looked at are spared before one is taken all the same. */
const PATIENCE = 64

/**
 * Which entry leaves first. The entries stand in an `lru-cache` by the time of their last use, but a read only
 * counts itself: it is when room is needed that those which were read since are moved to the recent end, and the
 * first that was not is taken. So a hit writes one number, where moving it in the list at once would
 * cost as much as the rest of the read.
 */
export class Order<V> {
  readonly #list: LRUCache<Entry<V>, true>
  #size = 0

  /** The bound is the store's to keep, which knows which entries are useless: one entry more fits for a moment. */
  constructor(max: number) {
    this.#list =
      max < RESERVED
        ? new LRUCache({ max: max + 1 })
        : new LRUCache({ maxSize: Number.MAX_SAFE_INTEGER, sizeCalculation: () => 1 })
  }

  get count(): number {
    return this.#list.size
  }

  /** Sum of the entries' sizes. */
  get size(): number {
    return this.#size
  }

  add(entry: Entry<V>): void {
    this.#list.set(entry, true)
    this.#size += entry.size
  }

  remove(entry: Entry<V>): void {
    if (this.#list.delete(entry)) this.#size -= entry.size
  }

  /** The entry that should leave next, which stays until it is removed; never `kept`. */
  choose(isUseless: (entry: Entry<V>) => boolean, kept?: Entry<V>): Entry<V> | undefined {
    let spared = 0
    for (let steps = 0; steps <= PATIENCE + 1; steps += 1) {
      const entry = this.#list.rkeys().next().value
      if (entry === undefined) return undefined
      if (entry !== kept && (entry.reads === entry.seen || spared >= PATIENCE || isUseless(entry)))
        return entry
      if (entry !== kept) {
        entry.seen = entry.reads
        spared += 1
      }
      this.#list.get(entry)
    }
    return undefined
  }

  /** From the one that was used last, as far as that is known. */
  latest(): Iterable<Entry<V>> {
    return this.#list.keys()
  }

  /** From the one that was used longest ago. */
  [Symbol.iterator](): Iterator<Entry<V>> {
    return this.#list.rkeys()
  }
}
