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

/** Why the last values of a thousand params left, so that a miss can be explained. */
export class Departures {
  readonly #recent = new LRUCache<EntryId, Departure>({ max: LIMIT })
  /** When everything left at once, without a look at what there was. */
  #all: Departure | undefined

  note(id: EntryId, departure: Departure): void {
    this.#recent.set(id, departure)
  }

  noteAll(departure: Departure): void {
    this.#recent.clear()
    this.#all = departure
  }

  find(id: EntryId): Departure | undefined {
    return this.#recent.peek(id) ?? this.#all
  }
}
