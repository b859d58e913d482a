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
  readonly #settings: Pick<CacheSettings<never>, 'now' | 'readsPerLook' | 'endOfTurn' | 'untrustedFor'>
  /** Where the entries' count begins: far ahead, so that counts of the next weeks are the smallest integers. */
  readonly #origin: number
  #trustedUntil = Number.NEGATIVE_INFINITY
  #servedUntil = Number.NEGATIVE_INFINITY
  #turn = false

  constructor(settings: Pick<CacheSettings<never>, 'now' | 'readsPerLook' | 'endOfTurn' | 'untrustedFor'>) {
    this.#settings = settings
    this.#origin = Math.floor(settings.now()) + 2 ** 31 - 1
  }

  /** In milliseconds of the clock. */
  get trustedUntil(): number {
    return this.#trustedUntil
  }

  set trustedUntil(time: number) {
    const { untrustedFor = 0 } = this.#settings
    this.#trustedUntil = time
    // What was proven once stays so: a deadline of serving is not taken back with that of trust.
    this.#servedUntil = untrustedFor === 0 ? time : Math.max(this.#servedUntil, time + untrustedFor)
    this.lookAt = 0
  }

  /** Until when values may be served, trusted or not. */
  get servedUntil(): number {
    return this.#servedUntil
  }

  /** Nothing is served any more. */
  end(): void {
    this.#trustedUntil = Number.NEGATIVE_INFINITY
    this.#servedUntil = Number.NEGATIVE_INFINITY
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
