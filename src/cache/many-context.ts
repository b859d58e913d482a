import type { Flight } from './flight.ts'
import type { LoadManyContext } from './settings.ts'

/**
 * What a loader is given for several loads at once. A class and no literal: an object that defines a getter of its own
 * makes the engine a new kind of object each time, which keeps the loads in memory until all is collected.
 */
export class ManyContext<V> implements LoadManyContext {
  readonly isAnew: boolean
  readonly leastLeft: number
  readonly #flights: readonly Flight<V>[]

  constructor(flights: readonly Flight<V>[]) {
    this.#flights = flights
    this.isAnew = flights.every((flight) => flight.isAnew)
    this.leastLeft = flights.reduce((most, { leastLeft }) => Math.max(most, leastLeft), 0)
  }

  /** Made when asked for. */
  get signal(): AbortSignal {
    return AbortSignal.any(this.#flights.map((flight) => flight.signal))
  }

  // A field, since loaders may take it off the context.
  readonly limitLife = (ms: number, place?: number): void => {
    const flights = this.#flights
    for (const flight of place === undefined ? flights : flights.slice(place, place + 1)) flight.limitLife(ms)
  }
}
