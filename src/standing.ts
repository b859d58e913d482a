import type { Emitter } from './observe/emitter.ts'
import type { State } from './observe/events.ts'

/** In which state a runtime is; tells what changes. */
export class Standing {
  readonly #emit: Emitter['emit']
  #state: State = 'starting'
  /** Of the last failure since the feed was live. */
  #reason: string | undefined

  constructor(emit: Emitter['emit']) {
    this.#emit = emit
  }

  get state(): State {
    return this.#state
  }

  /** `closed` is for ever. */
  enter(state: State, error?: unknown): void {
    if (this.#state === state || this.#state === 'closed') return
    this.#state = state
    if (state === 'live') this.#reason = undefined
    this.#emit('state', error === undefined ? { state } : { state, error })
  }

  /**
   * The feed is lost, or could not be had. A first attempt and further ones change no state: what hinders them is told as an
   * error, once for each reason, so that nobody waits for `ready` without knowing why.
   */
  lose(error: unknown): void {
    const isNew = String(error) !== this.#reason
    this.#reason = String(error)
    if (this.#state === 'live') this.enter('down', error)
    else if (isNew && this.#state !== 'closed') this.#emit('error', { error })
  }
}
