import { setTimeout as pause } from 'node:timers/promises'
import { Client } from 'pg'
import { abortable } from '../../src/cli/abortable.ts'
import { ITEMS, STEP } from './world.ts'

/** The item that only this transaction writes. */
const ITEM = ITEMS - 1

/** A transaction that is open nearly all the time; when it has committed at last, the next one begins. */
export class LongTransaction implements AsyncDisposable {
  readonly #connectionString: string
  readonly #open: number
  readonly #committed: (item: number, version: number) => void
  readonly #end = new AbortController()
  #hurry = new AbortController()
  #current: Promise<void> = Promise.resolve()
  #mayBegin: Promise<void> | undefined
  #goOn = (): void => {}
  readonly #work: Promise<void>

  /** @param open milliseconds for which each one is open */
  constructor(connectionString: string, open: number, committed: (item: number, version: number) => void) {
    this.#connectionString = connectionString
    this.#open = open
    this.#committed = committed
    this.#work = this.#run()
  }

  /** Lets it commit; no other one begins before the returned undo is called. */
  async rest(signal: AbortSignal): Promise<() => void> {
    this.#mayBegin = new Promise((resolve) => (this.#goOn = resolve))
    this.#hurry.abort()
    await abortable(this.#current, signal)
    return () => {
      this.#mayBegin = undefined
      this.#goOn()
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end.abort()
    this.#hurry.abort()
    // Who let it rest may have failed meanwhile.
    this.#goOn()
    await this.#work
  }

  async #run(): Promise<void> {
    for (;;) {
      await this.#mayBegin
      if (this.#end.signal.aborted) return
      this.#hurry = new AbortController()
      // The server may go down under it: then nothing was committed.
      this.#current = this.#commitOne().catch(() => {})
      await this.#current
      await pause(this.#open / 10)
    }
  }

  async #commitOne(): Promise<void> {
    const client = new Client({ connectionString: this.#connectionString, application_name: 'soak writer' })
    client.on('error', () => {})
    try {
      await client.connect()
      await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ')
      const { rows } = await client.query<{ version: number }>(STEP.item, [ITEM])
      const signal = AbortSignal.any([this.#hurry.signal, this.#end.signal])
      await pause(this.#open, undefined, { signal }).catch(() => {})
      await client.query('COMMIT')
      this.#committed(ITEM, rows[0]?.version ?? 0)
    } finally {
      await client.end().catch(() => {})
    }
  }
}
