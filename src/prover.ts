import type { Trust } from './cache/trust.ts'
import type { Keeper } from './coverage/keeper.ts'
import type { Clock } from './options.ts'

export type ProverSettings = {
  readonly keeper: Keeper
  readonly trust: Trust
  /** Resolves when every change that was received before the call has been applied; `undefined` when all have. */
  readonly settled: () => Promise<void> | undefined
  readonly isOpen: () => boolean
  readonly clock: Clock
}

/** Turns a feed's proof of life into a look at the coverage, once all that came before it has been applied. */
export class Prover {
  readonly #settings: ProverSettings
  /** Rises with each new connection of the feed, so that an answer from an older one is not believed. */
  #connection = 0
  #proven: number | undefined
  #lag: number | undefined

  constructor(settings: ProverSettings) {
    this.#settings = settings
  }

  /** What the feed has proven, for trust once the coverage is known too. */
  get proven(): number | undefined {
    return this.#proven
  }

  /** Milliseconds that the last proof of life took from the database to here, all that came before it applied. */
  get lag(): number | undefined {
    return this.#lag
  }

  alive(since: number): void {
    const settled = this.#settings.settled()
    const connection = this.#connection
    if (settled === undefined) this.#prove(since, connection)
    else void settled.then(() => this.#prove(since, connection))
  }

  /** A plan was installed: what happens from now on may go unnoticed, until a look tells that it does not. */
  doubt(): void {
    const { keeper, trust } = this.#settings
    keeper.forget()
    if (this.#proven === undefined) return
    trust.doubt()
    keeper.look()
  }

  disconnect(): void {
    this.#connection += 1
    this.#proven = undefined
    this.#settings.keeper.forget()
  }

  /** Every change that was received before has been applied; trust moves on with a look at the coverage. */
  #prove(since: number, connection: number): void {
    if (connection !== this.#connection || !this.#settings.isOpen()) return
    this.#proven = since
    this.#lag = this.#settings.clock.now() - since
    this.#settings.keeper.look()
  }
}
