import { randomBytes } from 'node:crypto'
import { systemClock } from '../options.ts'
import type { JsonValue, Message } from '../wire/change.ts'
import { decodeMessage, encodeControl } from '../wire/decode.ts'
import { Echoes } from './echoes.ts'
import type { Feed, FeedSink, GapCause } from './feed.ts'
import { Life, type LifeSettings } from './life.ts'
import type { Server } from './outbox-queries.ts'
import { publish } from './publish.ts'
import { judgeServers } from './server.ts'
import { WalProgress } from './wal-progress.ts'
import { WalReader, type WalReaderSettings } from './wal-reader.ts'
import { causeOf } from './wal-server.ts'
import type { WalMessage } from './wal-stream.ts'
import { silent } from './within.ts'

export type WalFeedSettings = LifeSettings & Pick<WalReaderSettings, 'open' | 'openStream'>

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
  readonly #life: Life
  readonly #echoes = new Echoes()
  #reader: WalReader | undefined
  #server: Server | undefined
  #cause: GapCause = 'start'
  /** The echo that is on its way for barriers, and the one that those who ask meanwhile share. */
  #barrier: Promise<void> = Promise.resolve()
  #nextBarrier: Promise<void> | undefined

  constructor(settings: WalFeedSettings, parts: WalParts) {
    this.#settings = settings
    this.#parts = parts
    this.#own = `${settings.channel}:${randomBytes(12).toString('hex')}`
    this.#life = new Life('wal', settings, {
      connect: (proven) => this.#connect(proven),
      giveUp: (error) => this.#echoes.giveUp(error),
      failed: (why, wasLive) => {
        if (wasLive) this.#cause = causeOf(why)
      },
    })
  }

  start(sink: FeedSink): void {
    this.#life.start(sink)
  }

  async barrier(): Promise<void> {
    if (!this.#life.isLive) throw silent('The feed is not live.')
    const send = async (): Promise<void> => {
      this.#nextBarrier = undefined
      this.#barrier = this.#echo(this.#own)
      await this.#barrier
    }
    this.#nextBarrier ??= this.#barrier.then(send, send)
    await this.#nextBarrier
  }

  async send(control: string, body?: JsonValue): Promise<string> {
    return await this.#life.send(control, body)
  }

  async close(): Promise<void> {
    const closed = this.#life.close()
    await this.#reader?.destroy()
    await closed
  }

  async #connect(proven: () => void): Promise<void> {
    const { channel, clock } = this.#settings
    const life = this.#life
    const reader = new WalReader(
      { ...this.#settings, ...this.#parts },
      {
        wants: (prefix) => prefix === channel || prefix === this.#own,
        message: (message) => this.#receive(message),
        settled: () => life.sink?.settled(),
        lost: (error) => life.lose(error),
      },
    )
    this.#reader = reader
    try {
      const server = await reader.connect(life.signal)
      if (life.isClosed) return
      life.sink?.gap(judgeServers(this.#server, server, this.#cause))
      this.#server = server
      this.#cause = 'disconnect'
      await life.within(reader.start())
      const since = clock.now()
      await life.within(this.#echo(channel))
      proven()
      await life.prove(since, () => this.#echo(this.#own))
    } finally {
      await reader.destroy()
    }
  }

  /** Sends a message as a trigger does, and resolves when it has come back. */
  async #echo(prefix: string): Promise<void> {
    if (this.#life.lost !== undefined) throw this.#life.lost
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
      if (prefix === this.#settings.channel) this.#life.sink?.gap('undecodable', error)
      return
    }
    if (message.kind === 'change') {
      if (prefix !== this.#own) this.#life.sink?.change(message)
      return
    }
    const isOwn = message.control === 'canary' || message.control === 'heartbeat'
    if (isOwn) this.#echoes.hear(message.nonce)
    else this.#life.sink?.control(message)
  }
}
