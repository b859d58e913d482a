import { randomBytes } from 'node:crypto'
import { StalemateError } from '../errors.ts'
import type { Clock } from '../options.ts'
import type { JsonValue } from '../wire/change.ts'
import { createControl } from './create-control.ts'
import { decodeMessage, encodeControl } from '../wire/decode.ts'
import { backoffDelay } from './backoff.ts'
import { Echoes } from './echoes.ts'
import type { Feed, FeedSink, GapCause } from './feed.ts'
import { listen, type ListenSession, type OpenSession } from './listen-session.ts'
import type { Server } from './outbox-queries.ts'
import { judgeServers, readServer } from './server.ts'
import { silent, within } from './within.ts'

export type NotifyFeedSettings = {
  /** The channel that the triggers notify. */
  readonly channel: string
  /** Opens the listening connection. */
  readonly open: OpenSession
  /** Sends one notification over another connection, as a writer would. */
  readonly send: (channel: string, payload: string) => Promise<void>
  readonly clock: Clock
  readonly random: () => number
  readonly heartbeatInterval: number
  readonly heartbeatTimeout: number
  readonly reconnectBase: number
  readonly reconnectMax: number
}

/** One session that listens and keeps a transaction open fills the queue for all, and then commits fail. */
const BEAT = `SELECT pg_catalog.pg_notify($1, $2), pg_catalog.pg_notification_queue_usage() AS usage`

/**
 * Changes by LISTEN and NOTIFY. The server delivers notifications in the order of commits, and only what
 * is visible on the primary; so a notification of our own that comes back proves that all before it came.
 *
 * After a loss the order is: LISTEN, commit, gap, canary, alive.
 */
export function createNotifyFeed(settings: NotifyFeedSettings): Feed {
  return new NotifyFeed(settings)
}

class NotifyFeed implements Feed {
  readonly #settings: NotifyFeedSettings
  /** A channel that only this process listens to: heartbeats on it wake nobody else. */
  readonly #own = `stalemate:${randomBytes(12).toString('hex')}`
  readonly #echoes = new Echoes()
  #sink: FeedSink | undefined
  #session: ListenSession | undefined
  #server: Server | undefined
  #live = false
  #attempt = 0
  #cancelTimer: () => void = () => {}
  readonly #closing = new AbortController()
  #opening: Promise<unknown> = Promise.resolve()
  #generation = 0

  constructor(settings: NotifyFeedSettings) {
    this.#settings = settings
  }

  start(sink: FeedSink): void {
    this.#sink = sink
    this.#opening = this.#connect('start')
  }

  async barrier(): Promise<void> {
    const session = this.#session
    if (session === undefined || !this.#live) throw silent('The feed is not live.')
    await this.#echoes.send((nonce) => this.#beat(session, nonce))
  }

  async send(control: string, body?: JsonValue): Promise<string> {
    const { send, channel } = this.#settings
    const message = createControl(control, body)
    await this.#within(send(channel, encodeControl(message)))
    return message.nonce
  }

  async close(): Promise<void> {
    this.#closing.abort()
    this.#drop(new StalemateError('closed', 'The feed was closed.'))
    await this.#opening
  }

  async #connect(cause: GapCause): Promise<void> {
    const generation = ++this.#generation
    const { open, send, channel, clock } = this.#settings
    const isMine = (): boolean => generation === this.#generation && !this.#closing.signal.aborted
    try {
      const session = await open(
        {
          notification: (from, payload) => {
            if (isMine()) this.#receive(from, payload)
          },
          lost: (error) => {
            if (isMine()) this.#lose('disconnect', error)
          },
        },
        this.#closing.signal,
      )
      if (!isMine()) {
        session.destroy()
        return
      }
      this.#session = session
      await this.#within(listen(session, [channel, this.#own]))
      const server = await this.#within(readServer(session))
      if (!isMine()) return
      this.#sink?.gap(judgeServers(this.#server, server, cause))
      this.#server = server
      const since = clock.now()
      await this.#within(
        this.#echoes.send((nonce) =>
          send(channel, encodeControl({ kind: 'control', control: 'canary', nonce })),
        ),
      )
      if (!isMine()) return
      this.#attempt = 0
      this.#live = true
      this.#sink?.alive(since)
      this.#scheduleBeat(session)
    } catch (error) {
      if (isMine()) this.#lose(cause, error)
    }
  }

  #scheduleBeat(session: ListenSession): void {
    const { clock, heartbeatInterval } = this.#settings
    this.#cancelTimer = clock.after(heartbeatInterval, () => void this.#heartbeat(session))
  }

  async #heartbeat(session: ListenSession): Promise<void> {
    const since = this.#settings.clock.now()
    try {
      await this.#within(this.#echoes.send((nonce) => this.#beat(session, nonce)))
      if (this.#session !== session) return
      this.#sink?.alive(since)
      this.#scheduleBeat(session)
    } catch (error) {
      if (this.#session === session) this.#lose('missed-heartbeat', error)
    }
  }

  async #beat(session: ListenSession, nonce: string): Promise<void> {
    const payload = encodeControl({ kind: 'control', control: 'heartbeat', nonce })
    const { rows } = await session.query(BEAT, [this.#own, payload])
    const usage = rows[0]?.['usage']
    if (typeof usage === 'number') this.#sink?.queue(usage)
  }

  #receive(channel: string, payload: string): void {
    let message
    try {
      message = decodeMessage(payload)
    } catch (error) {
      if (channel === this.#settings.channel) this.#sink?.gap('undecodable', error)
      return
    }
    if (message.kind === 'change') {
      if (channel === this.#settings.channel) this.#sink?.change(message)
      return
    }
    const isOwn = message.control === 'canary' || message.control === 'heartbeat'
    if (isOwn) this.#echoes.hear(message.nonce)
    else this.#sink?.control(message)
  }

  #lose(cause: GapCause, error: unknown): void {
    this.#drop(error instanceof Error ? error : silent('The feed was lost.'))
    this.#sink?.down(error)
    const { clock, reconnectBase, reconnectMax, random } = this.#settings
    const delay = backoffDelay(this.#attempt, reconnectBase, reconnectMax, random)
    this.#attempt += 1
    this.#cancelTimer = clock.after(delay, () => {
      this.#opening = this.#connect(cause)
    })
  }

  #drop(error: Error): void {
    this.#generation += 1
    this.#live = false
    this.#cancelTimer()
    this.#session?.destroy()
    this.#session = undefined
    this.#echoes.giveUp(error)
  }

  async #within<T>(work: Promise<T>): Promise<T> {
    const { clock, heartbeatTimeout } = this.#settings
    return await within(work, clock, heartbeatTimeout)
  }
}
