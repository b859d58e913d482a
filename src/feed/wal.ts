import { randomBytes } from 'node:crypto'
import { StalemateError } from '../errors.ts'
import { systemClock } from '../options.ts'
import type { JsonValue, Message } from '../wire/change.ts'
import { decodeMessage, encodeControl } from '../wire/decode.ts'
import { backoffDelay } from './backoff.ts'
import { createControl } from './create-control.ts'
import { Echoes } from './echoes.ts'
import type { Feed, FeedSink, GapCause } from './feed.ts'
import type { Server } from './outbox-queries.ts'
import { publish } from './publish.ts'
import { Rest } from './rest.ts'
import { judgeServers } from './server.ts'
import { WalProgress } from './wal-progress.ts'
import { WalReader, type WalReaderSettings } from './wal-reader.ts'
import { causeOf } from './wal-server.ts'
import type { WalMessage } from './wal-stream.ts'
import { silent, within } from './within.ts'

export type WalFeedSettings = Pick<WalReaderSettings, 'channel' | 'open' | 'openStream' | 'clock'> & {
  /** Runs one statement over another connection. */
  readonly query: (text: string, values: readonly unknown[]) => Promise<void>
  readonly random: () => number
  readonly heartbeatInterval: number
  readonly heartbeatTimeout: number
  readonly reconnectBase: number
  readonly reconnectMax: number
}

/** What a test puts in place of the feed's own. */
export type WalParts = Pick<WalReaderSettings, 'slotTimeout' | 'after' | 'createProgress'>

const PARTS: WalParts = {
  slotTimeout: 10_000,
  after: systemClock.after,
  createProgress: () => new WalProgress(),
}

/**
 * Changes from the write-ahead log, over a replication connection of our own with a temporary slot. What is decoded
 * is held back until a read of the primary sees it.
 *
 * After a loss the order is: slot, all that ran then has ended, gap, stream, canary, alive.
 */
export function createWalFeed(settings: WalFeedSettings, parts: Partial<WalParts> = {}): Feed {
  return new WalFeed(settings, { ...PARTS, ...parts })
}

class WalFeed implements Feed {
  readonly #settings: WalFeedSettings
  readonly #parts: WalParts
  /** The prefix of heartbeats, which are nobody else's business. */
  readonly #own: string
  readonly #rest: Rest
  readonly #echoes = new Echoes()
  readonly #closing = new AbortController()
  #sink: FeedSink | undefined
  #reader: WalReader | undefined
  #server: Server | undefined
  #cause: GapCause = 'start'
  #isLive = false
  /** Why the reader ended by itself. */
  #lost: Error | undefined
  /** The echo that is on its way for barriers, and the one that those who ask meanwhile share. */
  #barrier: Promise<void> = Promise.resolve()
  #nextBarrier: Promise<void> | undefined
  #running: Promise<void> = Promise.resolve()

  constructor(settings: WalFeedSettings, parts: WalParts) {
    this.#settings = settings
    this.#parts = parts
    this.#own = `${settings.channel}:${randomBytes(12).toString('hex')}`
    this.#rest = new Rest(settings.clock)
  }

  start(sink: FeedSink): void {
    this.#sink = sink
    this.#running = this.#run()
  }

  async barrier(): Promise<void> {
    if (!this.#isLive) throw silent('The feed is not live.')
    const send = async (): Promise<void> => {
      this.#nextBarrier = undefined
      this.#barrier = this.#echo(this.#own)
      await this.#barrier
    }
    this.#nextBarrier ??= this.#barrier.then(send, send)
    await this.#nextBarrier
  }

  async send(control: string, body?: JsonValue): Promise<string> {
    const { channel, query } = this.#settings
    const message = createControl(control, body)
    await this.#within(publish(query, 'wal', channel, encodeControl(message)))
    return message.nonce
  }

  async close(): Promise<void> {
    this.#sink = undefined
    this.#closing.abort()
    this.#giveUp(new StalemateError('closed', 'The feed was closed.'))
    this.#rest.wake()
    await this.#reader?.destroy()
    await this.#running
  }

  async #run(): Promise<void> {
    const { random, reconnectBase, reconnectMax } = this.#settings
    let attempt = 0
    while (!this.#isClosed()) {
      try {
        await this.#connect(() => {
          attempt = 0
        })
      } catch (error) {
        if (this.#isClosed()) return
        const why = this.#lost ?? error
        if (this.#isLive) this.#cause = causeOf(why)
        this.#giveUp(why instanceof Error ? why : silent('The feed was lost.'))
        this.#sink?.down(why)
        this.#rest.begin()
        await this.#rest.pause(backoffDelay(attempt, reconnectBase, reconnectMax, random))
        attempt += 1
      }
    }
  }

  async #connect(succeeded: () => void): Promise<void> {
    const { channel, clock } = this.#settings
    this.#lost = undefined
    const reader = new WalReader(
      { ...this.#settings, ...this.#parts },
      {
        wants: (prefix) => prefix === channel || prefix === this.#own,
        message: (message) => this.#receive(message),
        settled: () => this.#sink?.settled(),
        lost: (error) => {
          this.#lost = error
          this.#echoes.giveUp(error)
          this.#rest.wake()
        },
      },
    )
    this.#reader = reader
    try {
      const server = await reader.connect(this.#closing.signal)
      if (this.#isClosed()) return
      this.#sink?.gap(judgeServers(this.#server, server, this.#cause))
      this.#server = server
      this.#cause = 'disconnect'
      await this.#within(reader.start())
      const since = clock.now()
      await this.#within(this.#echo(channel))
      this.#isLive = true
      succeeded()
      await this.#prove(since)
    } finally {
      await reader.destroy()
    }
  }

  /** Proves life again and again, first what was proven since `proven`. */
  async #prove(proven: number): Promise<void> {
    const { clock, heartbeatInterval } = this.#settings
    for (let since = proven; !this.#isClosed();) {
      this.#sink?.alive(since)
      this.#rest.begin()
      if (this.#lost === undefined) await this.#rest.pause(heartbeatInterval)
      if (this.#lost !== undefined) throw this.#lost
      if (this.#isClosed()) return
      since = clock.now()
      await this.#within(this.#echo(this.#own))
    }
  }

  /** Sends a message as a trigger does, and resolves when it has come back. */
  async #echo(prefix: string): Promise<void> {
    if (this.#lost !== undefined) throw this.#lost
    const { channel, query } = this.#settings
    const control = prefix === channel ? 'canary' : 'heartbeat'
    await this.#echoes.send((nonce) =>
      publish(query, 'wal', prefix, encodeControl({ kind: 'control', control, nonce })),
    )
  }

  #receive({ prefix, text }: WalMessage): void {
    let message: Message
    try {
      message = decodeMessage(text ?? '')
    } catch (error) {
      if (prefix === this.#settings.channel) this.#sink?.gap('undecodable', error)
      return
    }
    if (message.kind === 'change') {
      if (prefix !== this.#own) this.#sink?.change(message)
      return
    }
    const isOwn = message.control === 'canary' || message.control === 'heartbeat'
    if (isOwn) this.#echoes.hear(message.nonce)
    else this.#sink?.control(message)
  }

  #isClosed(): boolean {
    return this.#closing.signal.aborted
  }

  #giveUp(error: Error): void {
    this.#isLive = false
    this.#echoes.giveUp(error)
  }

  async #within<T>(work: Promise<T>): Promise<T> {
    const { clock, heartbeatTimeout } = this.#settings
    return await within(work, clock, heartbeatTimeout)
  }
}
