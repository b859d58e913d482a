import type { Entry } from './entry.ts'

/** How many entries that were read since they were last looked at are spared before one is taken all the same. */
const PATIENCE = 64

/**
 * Which entry leaves first. The entries are a list by the time of their last use, but a read only counts itself: it is
 * when room is needed that those which were read since are moved to the recent end, and the first that was not is taken.
 * So a hit writes one number, where moving the entry in the list at once would cost as much as the rest of the read.
 * The list goes through the entries themselves: a map beside the one by which they are found would weigh half as much as they.
 */
export class Order<V> {
  #coldest: Entry<V> | undefined
  #warmest: Entry<V> | undefined
  #count = 0
  #size = 0

  get count(): number {
    return this.#count
  }

  /** Sum of the entries' sizes. */
  get size(): number {
    return this.#size
  }

  add(entry: Entry<V>): void {
    this.#append(entry)
    this.#count += 1
    this.#size += entry.size
  }

  /** @param entry one that was added and has not been removed */
  remove(entry: Entry<V>): void {
    this.#detach(entry)
    this.#count -= 1
    this.#size -= entry.size
  }

  clear(): void {
    this.#coldest = undefined
    this.#warmest = undefined
    this.#count = 0
    this.#size = 0
  }

  /** The entry that should leave next, which stays until it is removed; never `kept`. */
  choose(isUseless: (entry: Entry<V>) => boolean, kept?: Entry<V>): Entry<V> | undefined {
    let spared = 0
    for (let steps = 0; steps <= PATIENCE + 1; steps += 1) {
      const entry = this.#coldest
      if (entry === undefined) return undefined
      if (entry !== kept) {
        if (!entry.wasRead || spared >= PATIENCE || isUseless(entry)) return entry
        entry.forgetRead()
        spared += 1
      }
      this.#detach(entry)
      this.#append(entry)
    }
    return undefined
  }

  /** From the one that was used last, as far as that is known. */
  *latest(): Generator<Entry<V>> {
    for (let entry = this.#warmest; entry !== undefined; entry = entry.colder) yield entry
  }

  /** From the one that was used longest ago. */
  *[Symbol.iterator](): Generator<Entry<V>> {
    for (let entry = this.#coldest; entry !== undefined; entry = entry.warmer) yield entry
  }

  #append(entry: Entry<V>): void {
    const before = this.#warmest
    entry.colder = before
    entry.warmer = undefined
    if (before === undefined) this.#coldest = entry
    else before.warmer = entry
    this.#warmest = entry
  }

  #detach(entry: Entry<V>): void {
    const { colder, warmer } = entry
    if (colder === undefined) this.#coldest = warmer
    else colder.warmer = warmer
    if (warmer === undefined) this.#warmest = colder
    else warmer.colder = colder
    entry.colder = undefined
    // Who walks through the list, and has come to this entry, goes on from it.
  }
}
