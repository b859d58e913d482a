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

/**
 * Why the last thousand values left, so that a miss can be explained. Each eviction is noted and few are ever asked for, so
 * they are put in the order of their params when someone asks.
 */
export class Departures {
  /** By their params, once someone has asked. */
  #recent: LRUCache<EntryId, Departure> | undefined
  /** What was noted since someone asked, from `#oldest` on, around its end once there are as many as are kept. */
  readonly #noted: (Departure & { readonly id: EntryId })[] = []
  #oldest = 0
  /** When everything left at once, without a look at what there was. */
  #all: Departure | undefined

  note(id: EntryId, cause: Cause, at: number, why: Why | undefined): void {
    const departure = { id, cause, at, why }
    if (this.#noted.length < LIMIT) {
      this.#noted.push(departure)
      return
    }
    this.#noted[this.#oldest] = departure
    this.#oldest = (this.#oldest + 1) % LIMIT
  }

  noteAll(departure: Departure): void {
    this.#forgetNoted()
    this.#recent = undefined
    this.#all = departure
  }

  find(id: EntryId): Departure | undefined {
    if (this.#noted.length > 0) this.#sort()
    return this.#recent?.peek(id) ?? this.#all
  }

  #sort(): void {
    this.#recent ??= new LRUCache({ max: LIMIT })
    for (let step = 0; step < this.#noted.length; step += 1) {
      const departure = this.#noted[(this.#oldest + step) % this.#noted.length]
      if (departure !== undefined) this.#recent.set(departure.id, departure)
    }
    this.#forgetNoted()
  }

  #forgetNoted(): void {
    this.#noted.length = 0
    this.#oldest = 0
  }
}
