import type { Clock } from '../options.ts'
import type { JsonValue } from '../wire/change.ts'
import type { Feed, FeedSink, GapCause } from './feed.ts'

/** A feed that also reads those that its ruleset had before. */
export type SwitchingFeed = Feed & {
  /**
   * Told with each look at the coverage: whether all that may have fired earlier triggers has ended, and nothing fires them
   * any more. The earlier feeds are left then, once all that was said over them has been handed over.
   */
  readonly settle: (isSettled: boolean) => void
}

/** One of the feeds that came before. */
type Former = {
  readonly feed: Feed
  isLive: boolean
  /** What its last proof of life was for. */
  since: number
  /** It has said for the first time that it is live, or that it is not. */
  spoke: () => void
}

/** Control messages whose second copy is waited for; past it the oldest are forgotten. */
const REMEMBERED = 1_000
/** Milliseconds for which the feed waits for the earlier ones, so that its first gap covers what they have missed too. */
const HEAD_START = 1_000

/**
 * Reads a feed, and beside it the earlier ones of a ruleset whose `feed:` was changed. A transaction that fired the triggers from
 * before speaks over an earlier feed, also when it commits long after the change.
 *
 * The feed itself decides when they are down and when they are alive. An earlier one that can't be read is not waited for,
 * since nothing is believed before all has settled; but what it may have said is a gap.
 *
 * @param former the feeds that came before, which are not started yet
 */
export function createSwitchingFeed(feed: Feed, former: readonly Feed[], clock: Clock): SwitchingFeed {
  return new SwitchedFeed(feed, former, clock)
}

class SwitchedFeed implements SwitchingFeed {
  readonly #feed: Feed
  readonly #former = new Set<Former>()
  readonly #leaving = new Set<Promise<void>>()
  readonly #clock: Clock
  /** Which feed the first copy of a control message came over, by its nonce. */
  readonly #heard = new Map<string, Feed>()
  #sink: FeedSink | undefined
  /** Whether the feed has named its first gap, which covers all that came before. */
  #hasBegun = false
  /** What its last proof of life was for; `undefined` while it is down. */
  #alive: number | undefined
  #cancelHeadStart = (): void => {}

  constructor(feed: Feed, former: readonly Feed[], clock: Clock) {
    this.#feed = feed
    this.#clock = clock
    for (const one of former)
      this.#former.add({ feed: one, isLive: false, since: Number.NEGATIVE_INFINITY, spoke: () => {} })
  }

  start(sink: FeedSink): void {
    this.#sink = sink
    const late = new Promise<void>((resolve) => {
      this.#cancelHeadStart = this.#clock.after(HEAD_START, resolve)
    })
    const spoken = [...this.#former].map(async (former) => {
      await new Promise<void>((resolve) => {
        former.spoke = resolve
        former.feed.start(this.#listenToFormer(sink, former))
      })
    })
    void Promise.race([Promise.all(spoken), late]).then(() => {
      this.#cancelHeadStart()
      if (this.#sink !== undefined) this.#startFeed(sink)
    })
  }

  #startFeed(sink: FeedSink): void {
    this.#feed.start({
      ...sink,
      gap: (cause, error) => {
        this.#hasBegun = true
        if (cause !== 'undecodable') this.#alive = undefined
        sink.gap(cause, error)
      },
      alive: (since) => {
        this.#alive = since
        this.#tellAlive()
      },
      down: (error) => {
        this.#alive = undefined
        sink.down(error)
      },
      control: (message) => {
        if (this.#isFirst(message.nonce, this.#feed)) sink.control(message)
      },
    })
  }

  async barrier(): Promise<void> {
    const live = [...this.#former].filter(({ isLive }) => isLive)
    await Promise.all([this.#feed.barrier(), ...live.map(({ feed }) => feed.barrier()), ...this.#leaving])
  }

  async send(control: string, body?: JsonValue): Promise<string> {
    return await this.#feed.send(control, body)
  }

  settle(isSettled: boolean): void {
    if (!isSettled) return
    for (const former of this.#former) {
      const leaving = this.#leave(former)
      this.#leaving.add(leaving)
      void leaving.finally(() => this.#leaving.delete(leaving))
    }
  }

  async close(): Promise<void> {
    this.#sink = undefined
    this.#cancelHeadStart()
    const former = [...this.#former]
    this.#former.clear()
    await Promise.all([this.#feed.close(), ...former.map(({ feed }) => feed.close()), ...this.#leaving])
  }

  #listenToFormer(sink: FeedSink, former: Former): FeedSink {
    return {
      ...sink,
      gap: (cause, error) => {
        if (cause === 'undecodable') sink.gap(cause, error)
        else this.#gap(cause, error)
      },
      alive: (since) => {
        former.isLive = true
        former.since = since
        former.spoke()
        this.#tellAlive()
      },
      down: () => {
        former.isLive = false
        former.spoke()
      },
      control: (message) => {
        if (this.#isFirst(message.nonce, former.feed)) sink.control(message)
      },
    }
  }

  /** What was proven is what was proven of all feeds that are live. */
  #tellAlive(): void {
    if (this.#alive === undefined) return
    const proven = [...this.#former].flatMap(({ isLive, since }) => (isLive ? [since] : []))
    this.#sink?.alive(Math.min(this.#alive, ...proven))
  }

  /** Changes of an earlier feed may have been missed. Its own first gap is none where that of the feed is still to come. */
  #gap(cause: GapCause, error?: unknown): void {
    if (!this.#hasBegun) return
    this.#sink?.gap(cause, error)
    this.#tellAlive()
  }

  async #leave(former: Former): Promise<void> {
    this.#former.delete(former)
    try {
      // Transactions have ended; what they said may still be under way.
      await former.feed.barrier()
    } catch (error) {
      this.#gap('disconnect', error)
    } finally {
      await former.feed.close()
    }
  }

  /** Whether this is not the copy of a message that has come over another feed. */
  #isFirst(nonce: string, feed: Feed): boolean {
    const other = this.#heard.get(nonce)
    if (other !== undefined && other !== feed) {
      this.#heard.delete(nonce)
      return false
    }
    this.#heard.set(nonce, feed)
    const oldest = this.#heard.keys().next()
    if (this.#heard.size > REMEMBERED && !oldest.done) this.#heard.delete(oldest.value)
    return true
  }
}
