import type { CacheSettings } from './settings.ts'

/**
 * What a cache knows of the time and of the trust in it, made for reads that cost less than a look at the clock.
 *
 * Hits of one turn of the event loop share a look at the clock, `readsPerLook` at most. So a process that is
 * stopped within a turn may serve that many hits by the time from before, and no read of a later turn.
 */
export class Timekeeper {
  hits = 0
  /** The number of hits at which the clock must be looked at again. */
  lookAt = 0
  /** What the clock showed, in the entries' count. */
  time = 0
  readonly #settings: Pick<CacheSettings<never>, 'now' | 'readsPerLook' | 'endOfTurn'>
  /** Where the entries' count begins: far ahead, so that counts of the next weeks are the smallest integers. */
  readonly #origin: number
  #trustedUntil = Number.NEGATIVE_INFINITY
  #turn = false

  constructor(settings: Pick<CacheSettings<never>, 'now' | 'readsPerLook' | 'endOfTurn'>) {
    this.#settings = settings
    this.#origin = Math.floor(settings.now()) + 2 ** 31 - 1
  }

  /** In milliseconds of the clock. */
  get trustedUntil(): number {
    return this.#trustedUntil
  }

  set trustedUntil(time: number) {
    this.#trustedUntil = time
    this.lookAt = 0
  }

  /** Milliseconds of the clock in the entries' count: downwards, so that nothing lives longer than it may. */
  count(time: number): number {
    return Math.floor(time - this.#origin)
  }

  /** Sets `time`; whether the cache is trusted then. */
  look(): boolean {
    const { now, readsPerLook = 1, endOfTurn } = this.#settings
    const time = now()
    if (time >= this.#trustedUntil) return false
    this.time = this.count(time)
    if (readsPerLook === 1 || endOfTurn === undefined) return true
    this.lookAt = this.hits + readsPerLook
    if (this.#turn) return true
    this.#turn = true
    endOfTurn(() => {
      this.#turn = false
      this.lookAt = 0
    })
    return true
  }
}
