/** When a failing loader is left in peace. Times are milliseconds. */
export type BackoffSettings = {
  /** Failures in a row, of whatever params, that are taken as accidents. */
  readonly tolerated: number
  /** Longest first pause; doubles with each further failure, drawn at random below that. */
  readonly base: number
  /** Upper limit of a pause. */
  readonly max: number
}

/**
 * Counts failures in a row. Past the tolerated number each one begins a pause; after it one load at a time is
 * tried until one succeeds. Exponential with full jitter: Brooker, "Exponential Backoff And Jitter", 2015.
 */
export class Backoff {
  readonly #settings: BackoffSettings
  readonly #random: () => number
  #failures = 0
  #until = Number.NEGATIVE_INFINITY
  #error: unknown

  constructor(settings: BackoffSettings, random: () => number) {
    this.#settings = settings
    this.#random = random
  }

  /** What failed last. */
  get error(): unknown {
    return this.#error
  }

  /** Whether a load must not begin at `now`, when `running` others are under way. */
  refuses(now: number, running: number): boolean {
    return this.#failures > this.#settings.tolerated && (now < this.#until || running > 0)
  }

  fail(now: number, error: unknown): void {
    const { tolerated, base, max } = this.#settings
    this.#failures += 1
    this.#error = error
    const exponent = this.#failures - tolerated - 1
    if (exponent >= 0) this.#until = now + this.#random() * Math.min(max, base * 2 ** exponent)
  }

  succeed(): void {
    this.#failures = 0
    this.#error = undefined
  }
}
