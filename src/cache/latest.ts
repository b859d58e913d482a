import type { Flight } from './flight.ts'
import type { EntryId } from './identity.ts'
import { TurnoverMap } from './turnover-map.ts'

/** How many loads are a list; more are a map. */
const FEW = 8

/**
 * The latest load of each entry, for as long as it can be joined. A map from which whatever was added is soon deleted
 * is rebuilt again and again; so they are a list while they are few.
 */
export class Latest<V> {
  readonly #few: (Flight<V> | undefined)[] = Array.from({ length: FEW }, () => undefined)
  #count = 0
  /** All of them, when they were more than few. */
  readonly #many = new TurnoverMap<EntryId, Flight<V>>()

  get(id: EntryId): Flight<V> | undefined {
    return this.#many.size > 0 ? this.#many.get(id) : this.#few[this.#placeOf(id)]
  }

  set(id: EntryId, flight: Flight<V>): void {
    if (this.#many.size > 0) {
      this.#many.set(id, flight)
      return
    }
    const place = this.#placeOf(id)
    if (place < FEW) {
      this.#few[place] = flight
      if (place === this.#count) this.#count += 1
      return
    }
    for (const each of this.#few) if (each !== undefined) this.#many.set(each.id, each)
    this.#many.set(id, flight)
    this.#few.fill(undefined)
    this.#count = 0
  }

  delete(id: EntryId): void {
    if (this.#many.size > 0) {
      this.#many.delete(id)
      return
    }
    const place = this.#placeOf(id)
    if (place === this.#count) return
    this.#count -= 1
    this.#few[place] = this.#few[this.#count]
    this.#few[this.#count] = undefined
  }

  /** Where it is in the list, or the place behind the last. */
  #placeOf(id: EntryId): number {
    let place = 0
    while (place < this.#count && this.#few[place]?.id !== id) place += 1
    return place
  }
}
