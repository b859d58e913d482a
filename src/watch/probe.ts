import type { Clock } from '../options.ts'
import type { Control } from '../wire/change.ts'

/** Milliseconds between two messages. */
const INTERVAL = 2_000

export type ProbeSettings = {
  readonly clock: Clock
  /** Sends a control message the way that changes come; gives its nonce. */
  readonly send: (control: 'probe', body: string) => Promise<unknown>
  readonly failed: (error: unknown) => void
}

/** Measures how long a message is on its way: from before its transaction begins until it is handed over. */
export class Probe {
  readonly #settings: ProbeSettings
  readonly #sent = new Map<string, number>()
  readonly #lags: number[] = []
  /** So that those of two watchers are not taken for one another. */
  readonly #name = Math.random().toString(36).slice(2)
  #count = 0
  #stopTimer = (): void => {}

  constructor(settings: ProbeSettings) {
    this.#settings = settings
  }

  /** What was measured last. */
  get lag(): number | undefined {
    return this.#lags.at(-1)
  }

  get lags(): readonly number[] {
    return this.#lags
  }

  start(): void {
    this.#ask()
  }

  receive({ control, body }: Control): void {
    if (control !== 'probe' || typeof body !== 'string') return
    const sent = this.#sent.get(body)
    if (sent === undefined) return
    this.#sent.delete(body)
    this.#lags.push(this.#settings.clock.now() - sent)
  }

  stop(): void {
    this.#stopTimer()
  }

  #ask(): void {
    const { clock, send, failed } = this.#settings
    this.#count += 1
    const body = `${this.#name}.${this.#count}`
    this.#sent.clear()
    this.#sent.set(body, clock.now())
    send('probe', body).catch(failed)
    this.#stopTimer = clock.after(INTERVAL, () => this.#ask())
  }
}
