import { StalemateError } from '../errors.ts'
import type { FeedName } from '../manifest/manifest.ts'
import type { Clock } from '../options.ts'
import type { JsonValue } from '../wire/change.ts'
import { encodeControl } from '../wire/decode.ts'
import { backoffDelay } from './backoff.ts'
import { broadcast } from './broadcast.ts'
import { createControl } from './create-control.ts'
import type { FeedSink } from './feed.ts'
import type { Query } from './publish.ts'
import { Rest } from './rest.ts'
import { silent, within } from './within.ts'

export type LifeSettings = {
  /** The manifest's. */
  readonly channel: string
  /** Runs one statement over another connection. */
  readonly query: Query
  readonly clock: Clock
  readonly random: () => number
  readonly heartbeatInterval: number
  readonly heartbeatTimeout: number
  readonly reconnectBase: number
  readonly reconnectMax: number
}

/** What is different in each feed. */
export type LifeParts = {
  /** Connects and delivers until the feed is closed, or throws what ended that; calls `proven` once life is. */
  readonly connect: (proven: () => void) => Promise<void>
  /** Those who wait for something to come over the connection are told that it will not. */
  readonly giveUp: (error: Error) => void
  /** The connection has ended, or was not made; `wasLive` says whether life had been proven. */
  readonly failed?: (why: unknown, wasLive: boolean) => void
}

/**
 * The life of a feed: it connects, is lost, waits, and connects anew until it is closed. What it does with a connection is
 * its own.
 */
export class Life {
  /** A pause of the feed: ended early by a loss, and by its end. */
  readonly rest: Rest
  readonly #feed: FeedName
  readonly #settings: LifeSettings
  readonly #parts: LifeParts
  readonly #closing = new AbortController()
  #sink: FeedSink | undefined
  #isLive = false
  #lost: Error | undefined
  #running: Promise<void> = Promise.resolve()

  constructor(feed: FeedName, settings: LifeSettings, parts: LifeParts) {
    this.rest = new Rest(settings.clock)
    this.#feed = feed
    this.#settings = settings
    this.#parts = parts
  }

  /** Whom the feed tells; nobody once it is closed. */
  get sink(): FeedSink | undefined {
    return this.#sink
  }

  /** Aborted when the feed is closed. */
  get signal(): AbortSignal {
    return this.#closing.signal
  }

  get isClosed(): boolean {
    return this.#closing.signal.aborted
  }

  get isLive(): boolean {
    return this.#isLive
  }

  /** Why the connection has ended by itself; `undefined` as long as it has not. */
  get lost(): Error | undefined {
    return this.#lost
  }

  start(sink: FeedSink): void {
    this.#sink = sink
    this.#running = this.#run()
  }

  /** The connection has ended by itself. */
  lose(error: Error): void {
    this.#lost = error
    this.#parts.giveUp(error)
    this.rest.wake()
  }

  /** Resolves when the last connection has been left. */
  async close(): Promise<void> {
    this.#sink = undefined
    this.#closing.abort()
    this.#giveUp(new StalemateError('closed', 'The feed was closed.'))
    this.rest.wake()
    await this.#running
  }

  /**
   * Tells life as proven at `since`, and then each time that `echo` has come back.
   *
   * @throws what ended the connection
   */
  async prove(proven: number, echo: () => Promise<void>): Promise<void> {
    const { clock, heartbeatInterval } = this.#settings
    for (let since = proven; !this.isClosed;) {
      this.#sink?.alive(since)
      this.rest.begin()
      if (this.#lost === undefined) await this.rest.pause(heartbeatInterval)
      if (this.#lost !== undefined) throw this.#lost
      if (this.isClosed) return
      since = clock.now()
      await this.within(echo())
    }
  }

  /** Sends a control message, whether the feed is live or not; gives its nonce. */
  async send(control: string, body?: JsonValue): Promise<string> {
    const { channel, query } = this.#settings
    const message = createControl(control, body)
    await this.within(broadcast(query, this.#feed, channel, encodeControl(message)))
    return message.nonce
  }

  /** @throws StalemateError `feed-silent` when it takes longer than a heartbeat may */
  async within<T>(work: Promise<T>): Promise<T> {
    const { clock, heartbeatTimeout } = this.#settings
    return await within(work, clock, heartbeatTimeout)
  }

  async #run(): Promise<void> {
    const { random, reconnectBase, reconnectMax } = this.#settings
    let attempt = 0
    while (!this.isClosed) {
      try {
        this.#lost = undefined
        await this.#parts.connect(() => {
          attempt = 0
          this.#isLive = true
        })
      } catch (error) {
        if (this.isClosed) return
        const why = this.#lost ?? error
        this.#parts.failed?.(why, this.#isLive)
        this.#giveUp(why instanceof Error ? why : silent('The feed was lost.'))
        this.#sink?.down(why)
        this.rest.begin()
        await this.rest.pause(backoffDelay(attempt, reconnectBase, reconnectMax, random))
        attempt += 1
      }
    }
  }

  #giveUp(error: Error): void {
    this.#isLive = false
    this.#parts.giveUp(error)
  }
}
