import { LRUCache } from 'lru-cache'
import type { EntryId } from './identity.ts'
import type { Cause } from './store.ts'
import type { Why } from './why.ts'

const LIMIT = 1_000

/** How an entry left, at a time in the entries' count. */
export type Departure = {
  readonly cause: Cause
  readonly at: number
  /** What made it wrong, where that was the cause. */
  readonly why: Why | undefined
}

/** Why the values of the last thousand params that lost theirs are gone, so that a miss can be explained. */
export class Departures {
  readonly #latest = new LRUCache<EntryId & {}, Departure>({ max: LIMIT })
  /** When everything left at once, without a look at what there was. */
  #all: Departure | undefined

  note(id: EntryId, departure: Departure): void {
    this.#latest.set(id ?? '', departure)
  }

  noteAll(departure: Departure): void {
    this.#latest.clear()
    this.#all = departure
  }

  find(id: EntryId): Departure | undefined {
    return this.#latest.peek(id ?? '') ?? this.#all
  }
}
