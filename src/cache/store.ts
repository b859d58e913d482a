import type { ParamValue } from '../key/param.ts'
import type { Ceiling } from './ceiling.ts'
import type { Entry } from './entry.ts'
import type { ParamDeclaration } from './identity.ts'
import { createLookup, type Lookup } from './lookup.ts'
import { Order } from './order.ts'

/** Why an entry left. */
export const CAUSES = ['capacity', 'memory', 'expired', 'invalidated', 'replaced'] as const
export type Cause =
  /** Others of its cache needed its place. */
  | 'capacity'
  /** All caches together took too much. */
  | 'memory'
  /** Its time was spent. */
  | 'expired'
  /** A change or a call made it wrong. */
  | 'invalidated'
  /** A newer value of the same params took its place. */
  | 'replaced'

export type StoreSettings<V> = {
  readonly params: readonly ParamDeclaration[]
  /** Entries. */
  readonly max: number
  /** Sum of the entries' sizes. */
  readonly maxSize: number
  /** Whether no read can be served from the entry any more, and why. */
  readonly judge: (entry: Entry<V>, now: number) => Cause | undefined
  /** Told of each entry that leaves, after it has. */
  readonly left: (entry: Entry<V>, cause: Cause, now: number) => void
  /** The bound that all caches share. */
  readonly ceiling: Ceiling | undefined
}

/** The held entries of one cache, within their bounds. */
export class Store<V> {
  readonly lookup: Lookup<V>
  readonly #order = new Order<V>()
  readonly #settings: StoreSettings<V>

  constructor(settings: StoreSettings<V>) {
    this.#settings = settings
    this.lookup = createLookup(settings.params)
  }

  get count(): number {
    return this.#order.count
  }

  get size(): number {
    return this.#order.size
  }

  /** Holds the entry in place of one with the same params, and lets others go until the bounds are kept. */
  add(entry: Entry<V>, values: readonly ParamValue[], now: number): void {
    const { max, maxSize, judge } = this.#settings
    const before = this.lookup.get(values)
    if (before !== undefined) this.remove(before, judge(before, now) ?? 'replaced', now)
    this.lookup.add(entry)
    this.#order.add(entry)
    this.#settings.ceiling?.grow(1, entry.size)
    if (this.#order.count <= max && this.#order.size <= maxSize) return
    while (this.#order.count > max || this.#order.size > maxSize) this.#evict(now, 'capacity', entry)
  }

  /** Lets the entry go that should leave next. */
  evict(now: number): void {
    this.#evict(now, 'memory')
  }

  /** Lets go of all entries at once, without a word of any. */
  clear(): void {
    this.#settings.ceiling?.grow(-this.count, -this.size)
    this.lookup.clear()
    this.#order.clear()
  }

  remove(entry: Entry<V>, cause: Cause, now: number): void {
    this.lookup.remove(entry)
    this.#order.remove(entry)
    this.#settings.ceiling?.grow(-1, -entry.size)
    this.#settings.left(entry, cause, now)
  }

  /** From the entry that was used last. */
  latest(): Iterable<Entry<V>> {
    return this.#order.latest()
  }

  #evict(now: number, cause: Cause, kept?: Entry<V>): void {
    const { judge } = this.#settings
    const isUseless = (other: Entry<V>): boolean => judge(other, now) !== undefined
    const entry = this.#order.choose(isUseless, kept) ?? kept
    if (entry !== undefined) this.remove(entry, judge(entry, now) ?? cause, now)
  }

  /** From the entry that was used longest ago. */
  [Symbol.iterator](): Iterator<Entry<V>> {
    return this.#order[Symbol.iterator]()
  }
}
