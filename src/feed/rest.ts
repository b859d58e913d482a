import type { Clock } from '../options.ts'

/** A pause that can be cut short, also before it has begun. */
export class Rest {
  readonly #clock: Clock
  #woken = false
  #end: (() => void) | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Forgets earlier calls of `wake`: what they announced is about to be looked at. */
  begin(): void {
    this.#woken = false
  }

  /** Ends the pause, or the next one if `begin` is not called before. */
  wake(): void {
    this.#woken = true
    this.#end?.()
  }

  /** Resolves after so many milliseconds, or with `wake`. */
  async pause(ms: number): Promise<void> {
    if (this.#woken) return
    await new Promise<void>((resolve) => {
      const cancel = this.#clock.after(ms, resolve)
      this.#end = () => {
        cancel()
        resolve()
      }
    })
    this.#end = undefined
  }
}
