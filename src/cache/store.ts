import type { ParamValue } from '../key/param.ts'
import type { Entry } from './entry.ts'
import type { ParamDeclaration } from './identity.ts'
import { createLookup, type Lookup } from './lookup.ts'
import { Order } from './order.ts'

/** Why an entry left. */
export const CAUSES = ['capacity', 'expired', 'invalidated', 'replaced'] as const
export type Cause =
  /** Others needed its place. */
  | 'capacity'
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
  readonly left: (entry: Entry<V>, cause: Cause) => void
}

/** The held entries of one cache, within their bounds. */
export class Store<V> {
  readonly lookup: Lookup<V>
  readonly #order: Order<V>
  readonly #settings: StoreSettings<V>

  constructor(settings: StoreSettings<V>) {
    this.#settings = settings
    this.lookup = createLookup(settings.params)
    this.#order = new Order(settings.max)
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
    if (before !== undefined) this.remove(before, judge(before, now) ?? 'replaced')
    this.lookup.add(entry)
    this.#order.add(entry)
    if (this.#order.count <= max && this.#order.size <= maxSize) return
    const isUseless = (other: Entry<V>): boolean => judge(other, now) !== undefined
    while (this.#order.count > max || this.#order.size > maxSize) {
      const other = this.#order.choose(isUseless, entry) ?? entry
      this.remove(other, judge(other, now) ?? 'capacity')
    }
  }

  remove(entry: Entry<V>, cause: Cause): void {
    this.lookup.remove(entry)
    this.#order.remove(entry)
    this.#settings.left(entry, cause)
  }

  /** From the entry that was used last. */
  latest(): Iterable<Entry<V>> {
    return this.#order.latest()
  }

  /** From the entry that was used longest ago. */
  [Symbol.iterator](): Iterator<Entry<V>> {
    return this.#order[Symbol.iterator]()
  }
}
