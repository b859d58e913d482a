import type { EntryId } from './identity.ts'
import type { Cause } from './store.ts'
import type { Why } from './why.ts'

const LIMIT = 500

/** How an entry left, at a time in the entries' count. */
export type Departure = {
  readonly cause: Cause
  readonly at: number
  /** What made it wrong, where that was the cause. */
  readonly why: Why | undefined
}

/** Why the last values of some hundred params left, so that a miss can be explained: the last 500 at least, 1,000 at most. */
export class Departures {
  #recent = new Map<EntryId, Departure>()
  #before = new Map<EntryId, Departure>()
  /** When everything left at once, without a look at what there was. */
  #all: Departure | undefined

  note(id: EntryId, departure: Departure): void {
    if (this.#recent.size >= LIMIT) {
      this.#before = this.#recent
      this.#recent = new Map()
    }
    this.#recent.set(id, departure)
  }

  noteAll(departure: Departure): void {
    this.#recent = new Map()
    this.#before = new Map()
    this.#all = departure
  }

  find(id: EntryId): Departure | undefined {
    return this.#recent.get(id) ?? this.#before.get(id) ?? this.#all
  }
}
