import { randomBytes } from 'node:crypto'
import { StalemateError } from '../errors.ts'
import type { JsonValue, Message } from '../wire/change.ts'
import { decodeMessage, encodeControl } from '../wire/decode.ts'
import { Echoes } from './echoes.ts'
import type { Feed, FeedSink, GapCause } from './feed.ts'
import { Life, type LifeSettings } from './life.ts'
import { listen, type ListenSession, type OpenSession } from './listen-session.ts'
import type { Server } from './outbox-queries.ts'
import { publish } from './publish.ts'
import { judgeServers, readServer } from './server.ts'
import { silent } from './within.ts'

export type NotifyFeedSettings = LifeSettings & {
  /** Opens the listening connection. */
  readonly open: OpenSession
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
  readonly #life: Life
  /** A channel that only this process listens to: heartbeats on it wake nobody else. */
  readonly #own = `stalemate:${randomBytes(12).toString('hex')}`
  readonly #echoes = new Echoes()
  #session: ListenSession | undefined
  #server: Server | undefined
  #cause: GapCause = 'start'

  constructor(settings: NotifyFeedSettings) {
    this.#settings = settings
    this.#life = new Life('notify', settings, {
      connect: (proven) => this.#connect(proven),
      giveUp: (error) => this.#echoes.giveUp(error),
      failed: (_why, wasLive) => {
        if (wasLive) this.#cause = this.#life.lost === undefined ? 'missed-heartbeat' : 'disconnect'
      },
    })
  }

  start(sink: FeedSink): void {
    this.#life.start(sink)
  }

  async barrier(): Promise<void> {
    const session = this.#session
    if (session === undefined || !this.#life.isLive) throw silent('The feed is not live.')
    await this.#beat(session)
  }

  async send(control: string, body?: JsonValue): Promise<string> {
    return await this.#life.send(control, body)
  }

  async close(): Promise<void> {
    const closed = this.#life.close()
    this.#session?.destroy()
    await closed
  }

  async #connect(proven: () => void): Promise<void> {
    const { open, channel, clock, query } = this.#settings
    const life = this.#life
    const session: ListenSession = await open(
      {
        notification: (from, payload) => {
          if (life.lost === undefined && this.#session === session) this.#receive(from, payload)
        },
        lost: (error) => life.lose(error),
      },
      life.signal,
    )
    this.#session = session
    try {
      await life.within(listen(session, [channel, this.#own]))
      const server = await life.within(readServer(session))
      if (life.isClosed) return
      life.sink?.gap(judgeServers(this.#server, server, this.#cause))
      this.#server = server
      const since = clock.now()
      const canary = this.#echoes.send((nonce) =>
        publish(query, 'notify', channel, encodeControl({ kind: 'control', control: 'canary', nonce })),
      )
      await life.within(canary).catch(explainSilence)
      proven()
      await life.prove(since, () => this.#beat(session))
    } finally {
      this.#session = undefined
      session.destroy()
    }
  }

  /** Sends a notification to oneself, and resolves when it has come. */
  async #beat(session: ListenSession): Promise<void> {
    await this.#echoes.send(async (nonce) => {
      const payload = encodeControl({ kind: 'control', control: 'heartbeat', nonce })
      const { rows } = await session.query(BEAT, [this.#own, payload])
      const usage = rows[0]?.['usage']
      if (typeof usage === 'number') this.#life.sink?.queue(usage)
    })
  }

  #receive(channel: string, payload: string): void {
    const isOurs = channel === this.#settings.channel
    // The bell of an outbox, which the ruleset had before or has been given since: it says nothing itself.
    if (payload === '') return
    let message: Message
    try {
      message = decodeMessage(payload)
    } catch (error) {
      if (isOurs) this.#life.sink?.gap('undecodable', error)
      return
    }
    if (message.kind === 'change') {
      if (isOurs) this.#life.sink?.change(message)
      return
    }
    const isOwn = message.control === 'canary' || message.control === 'heartbeat'
    if (isOwn) this.#echoes.hear(message.nonce)
    else this.#life.sink?.control(message)
  }
}

/** LISTEN has succeeded, and yet nothing is heard. */
function explainSilence(error: unknown): never {
  if (!(error instanceof StalemateError) || error.code !== 'feed-silent') throw error
  throw new StalemateError('feed-silent', error.message, {
    hint:
      'Where a pooler in transaction mode stands between, give the feed a direct connection to PostgreSQL. ' +
      '`stalemate doctor` tells whether one does.',
    cause: error,
  })
}
