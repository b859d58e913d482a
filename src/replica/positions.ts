import type { Place } from './server.ts'

/**
 * Where the changes that were applied to caches stand in the primary's WAL: not exactly, but never before the place at which
 * they really are. It is looked up after each invalidation, once for all that come while a look is under way.
 */
export class Positions {
  readonly #look: () => Promise<Place>
  readonly #failed: (error: unknown) => void
  readonly #places = new Map<string, Promise<Place | undefined>>()
  #running: Promise<Place | undefined> | undefined
  #next: Promise<Place | undefined> | undefined

  constructor(look: () => Promise<Place>, failed: (error: unknown) => void) {
    this.#look = look
    this.#failed = failed
  }

  /** Something of the cache was made wrong. */
  note(cache: string): void {
    this.#places.set(cache, this.#ask())
  }

  /** Past it is everything that was applied to the cache before the call; `undefined` where that cannot be known. */
  async find(cache: string): Promise<Place | undefined> {
    const noted = this.#places.get(cache)
    const place = await noted
    if (place !== undefined || noted === undefined) return place
    // The look failed, which is no reason not to look again.
    if (this.#places.get(cache) === noted) this.note(cache)
    return await this.#places.get(cache)
  }

  /** By a look that begins after the call: one that is under way may have seen less. */
  #ask(): Promise<Place | undefined> {
    if (this.#running === undefined) return this.#begin()
    this.#next ??= this.#running.then(() => {
      this.#next = undefined
      return this.#begin()
    })
    return this.#next
  }

  #begin(): Promise<Place | undefined> {
    const running = this.#look()
      .catch((error: unknown) => {
        this.#failed(error)
        return undefined
      })
      .then((place) => {
        if (this.#running === running) this.#running = undefined
        return place
      })
    this.#running = running
    return running
  }
}
