import type { JsonValue, Message } from '../wire/change.ts'
import { decodeMessage, encodeControl } from '../wire/decode.ts'
import { createControl } from './create-control.ts'
import { createDoze, type Doze } from './doze.ts'
import type { Feed, FeedSink, GapCause } from './feed.ts'
import { Life, type LifeSettings } from './life.ts'
import { listen, type ListenSession, type OpenSession } from './listen-session.ts'
import {
  type Arrival,
  BATCH,
  type Batch,
  outboxQueries,
  type OutboxQueries,
  type Position,
} from './outbox-queries.ts'
import { publish } from './publish.ts'
import { silent, within } from './within.ts'

export type OutboxFeedSettings = LifeSettings & {
  /** Opens the reading connection. */
  readonly open: OpenSession
  /** Milliseconds for which the outbox waits for this reader after it was last heard of. */
  readonly retention: number
}

/** Milliseconds between two attempts to empty tables. */
const TRIM_INTERVAL = 10_000
/** Its look under the lock must be younger than the lock. Two statements without values are one transaction. */
const TRIM = 'SET TRANSACTION ISOLATION LEVEL READ COMMITTED; SELECT stalemate.trim_v1()'
/** Milliseconds for which a feed that is closed takes its leave. */
const LEAVE_TIMEOUT = 1_000

type Barrier = { readonly resolve: () => void; readonly reject: (error: Error) => void }

/**
 * Changes from the table that triggers write to, by looking. Each look brings what has become visible since the
 * snapshot of the look before; so nothing is lost that commits late, and nothing waits for what is still running.
 * Where changes are rare, a notification replaces most looks.
 *
 * After a loss of the connection it goes on from the snapshot where it stood: `alive` comes without a `gap`.
 *
 * @param parts what a test puts in place of the feed's own
 */
export function createOutboxFeed(settings: OutboxFeedSettings, parts: Partial<OutboxParts> = {}): Feed {
  const { channel } = settings
  return new OutboxFeed(settings, { queries: outboxQueries(channel), createDoze, ...parts })
}

export type OutboxParts = {
  /** How the outbox is read. */
  readonly queries: OutboxQueries
  /** What decides when it is read next. */
  readonly createDoze: (hasBell: boolean, now: number) => Doze
}

class OutboxFeed implements Feed {
  readonly #settings: OutboxFeedSettings
  readonly #queries: OutboxQueries
  readonly #createDoze: OutboxParts['createDoze']
  readonly #life: Life
  readonly #barriers = new Set<Barrier>()
  #position: Position | undefined
  #canary: string | undefined
  #trimAt = 0

  constructor(settings: OutboxFeedSettings, { queries, createDoze }: OutboxParts) {
    this.#settings = settings
    this.#queries = queries
    this.#createDoze = createDoze
    this.#life = new Life('outbox', settings, {
      connect: (proven) => this.#connect(proven),
      giveUp: (error) => {
        for (const barrier of this.#barriers) barrier.reject(error)
        this.#barriers.clear()
      },
    })
  }

  start(sink: FeedSink): void {
    this.#life.start(sink)
  }

  async barrier(): Promise<void> {
    if (!this.#life.isLive) throw silent('The feed is not live.')
    await new Promise<void>((resolve, reject) => {
      this.#barriers.add({ resolve, reject })
      this.#life.rest.wake()
    })
  }

  async send(control: string, body?: JsonValue): Promise<string> {
    return await this.#life.send(control, body)
  }

  async close(): Promise<void> {
    await this.#life.close()
  }

  async #connect(proven: () => void): Promise<void> {
    const life = this.#life
    const notification = (): void => life.rest.wake()
    const lost = (error: Error): void => life.lose(error)
    const session = await this.#settings.open({ notification, lost }, life.signal)
    try {
      const arrival = await this.#arrive(session)
      if (!life.isClosed) await this.#deliver(session, arrival, proven)
      await this.#leave(session)
    } finally {
      session.destroy()
    }
  }

  /** Makes sure of a position that the outbox keeps. */
  async #arrive(session: ListenSession): Promise<Arrival> {
    const { channel, retention } = this.#settings
    const arrival = await this.#life.within(this.#queries.arrive(session, this.#position))
    if (arrival.mayRing) await this.#life.within(listen(session, [channel]))
    const cause = judgeArrival(arrival, this.#position)
    if (cause !== undefined) {
      this.#position = await this.#life.within(this.#queries.register(session, arrival.server, retention))
      this.#life.sink?.gap(cause)
      await this.#sendCanary()
    } else if (this.#position !== undefined) {
      const { slot } = this.#position
      this.#position = { ...this.#position, server: arrival.server }
      if (slot !== undefined) await this.#life.within(this.#queries.sleep(session, slot, false))
      // The last one did not come back before the session was lost.
      if (this.#canary !== undefined) await this.#sendCanary()
    }
    return arrival
  }

  /** Puts a message into the outbox, as a trigger does. */
  async #sendCanary(): Promise<void> {
    const { channel, query } = this.#settings
    const message = createControl('canary')
    this.#canary = message.nonce
    await this.#life.within(publish(query, 'outbox', channel, encodeControl(message)))
  }

  async #deliver(session: ListenSession, { mayRing }: Arrival, proven: () => void): Promise<void> {
    const { clock, heartbeatInterval } = this.#settings
    const slot = this.#position?.slot
    const doze = this.#createDoze(mayRing && slot !== undefined, clock.now())
    let proveAt = Number.NEGATIVE_INFINITY
    while (!this.#life.isClosed) {
      if (this.#life.lost !== undefined) throw this.#life.lost
      const since = clock.now()
      const barriers = [...this.#barriers]
      this.#life.rest.begin()
      const changes = await this.#look(session)
      if (this.#life.isClosed) return
      if (this.#canary !== undefined) throw silent('A message put into the outbox did not come out of it.')
      proven()
      for (const barrier of barriers) {
        this.#barriers.delete(barrier)
        barrier.resolve()
      }
      if (since >= proveAt) {
        proveAt = since + heartbeatInterval
        this.#life.sink?.alive(since)
        await this.#renew(session)
      }
      this.#trim()
      const { sleeps, pause } = doze.next(changes, this.#position?.snapshot ?? '', clock.now())
      if (sleeps !== undefined && slot !== undefined) {
        await this.#life.within(this.#queries.sleep(session, slot, sleeps))
      }
      if (pause > 0 && this.#life.lost === undefined) await this.#life.rest.pause(pause)
    }
  }

  /** Hands over what has become visible; how many messages. */
  async #look(session: ListenSession): Promise<number> {
    const position = this.#position
    if (position === undefined) return 0
    let batch: Batch | undefined
    let count = 0
    do {
      batch = await this.#life.within(this.#queries.poll(session, position, batch))
      if (this.#life.isClosed) return count
      if (!batch.isKnown) throw silent('The outbox does not wait for this reader any more.')
      for (const message of batch.messages) this.#receive(message)
      count += batch.messages.length
    } while (batch.messages.length >= BATCH)
    this.#position = { ...position, snapshot: batch.snapshot }
    return count
  }

  #receive(text: string): void {
    let message: Message
    try {
      message = decodeMessage(text)
    } catch (error) {
      this.#life.sink?.gap('undecodable', error)
      return
    }
    if (message.kind === 'change') this.#life.sink?.change(message)
    else if (message.control !== 'canary') this.#life.sink?.control(message)
    else if (message.nonce === this.#canary) this.#canary = undefined
  }

  async #renew(session: ListenSession): Promise<void> {
    if (this.#position === undefined) return
    await this.#life.within(this.#queries.renew(session, this.#position, this.#settings.retention))
  }

  /** Over another connection, as it may take a while; what fails is tried again with the next turn. */
  #trim(): void {
    const { clock, query, random } = this.#settings
    if (clock.now() < this.#trimAt) return
    this.#trimAt = clock.now() + TRIM_INTERVAL * (0.5 + random())
    query(TRIM, []).catch(() => {})
  }

  async #leave(session: ListenSession): Promise<void> {
    if (this.#position === undefined) return
    const leaving = this.#queries.leave(session, this.#position)
    await within(leaving, this.#settings.clock, LEAVE_TIMEOUT).catch(() => {})
  }
}

/** Why a position can't be gone on from; `undefined` when it can. */
function judgeArrival(
  { server, isKnown, isAhead }: Arrival,
  position: Position | undefined,
): GapCause | undefined {
  if (position === undefined) return 'start'
  const { identifier, timeline, started } = position.server
  if (server.identifier !== identifier || server.timeline !== timeline || isAhead) return 'failover'
  if (isKnown) return undefined
  return server.started === started ? 'trimmed' : 'server-restart'
}
