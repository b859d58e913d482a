import type { Adapter, Subject } from './adapter.ts'
import type { Database } from './database.ts'
import { KEYS, SILENCE } from './scene.ts'

/** What is asked of the run that it is part of. */
export type ConfidenceHost = {
  readonly adapter: Adapter
  readonly subject: Subject
  readonly database: Database
  now: number
  readonly deliver: () => Promise<void>
  readonly gap: () => Promise<void>
}

/** What a cache may believe: what the feed has proven, and whether it is told of changes at all. */
export class Confidence {
  readonly #run: ConfidenceHost
  /** The feed is there. */
  isConnected = true
  /** What tells the feed of changes is there; the cache hears of it with the next proof of life. */
  isCovered = true
  /** The cache has heard that it is. */
  #isKnown = false
  #trustedUntil = Number.NEGATIVE_INFINITY
  #servedUntil = Number.NEGATIVE_INFINITY

  constructor(run: ConfidenceHost) {
    this.#run = run
  }

  /** Whether the simulation tries what it does to trust. */
  get isTried(): boolean {
    return this.#run.subject.trust !== undefined
  }

  get isTrusted(): boolean {
    return !this.isTried || this.#run.now < this.#trustedUntil
  }

  /** What is held may be served. */
  get isBelieved(): boolean {
    if (this.isTrusted) return true
    return (this.#run.adapter.servesFor ?? 0) > 0 && this.#run.now < this.#servedUntil
  }

  /** The cache has heard that it is not told of changes. */
  get isMissed(): boolean {
    return !this.isCovered && !this.#isKnown
  }

  /** How long after the commit that made a value wrong it may be given. */
  get bound(): number {
    return this.isTried ? SILENCE + (this.#run.adapter.servesFor ?? 0) : Infinity
  }

  /** Moments ahead at which the cache must change its mind by itself. */
  get deadlines(): readonly number[] {
    const { now, adapter } = this.#run
    const times = [this.#trustedUntil, ...((adapter.servesFor ?? 0) === 0 ? [] : [this.#servedUntil])]
    return [...new Set(times.filter((time) => time > now))]
  }

  /** A sign of life has come the whole way, behind all changes that were visible when it set out; then the triggers were looked at. */
  prove(): void {
    const { subject, database, now } = this.#run
    if (subject.trust === undefined) return
    const since = database.feed[0]?.at ?? now
    subject.trust(since, this.isCovered)
    if (this.isCovered && !this.#isKnown) database.applyAll(KEYS)
    this.#isKnown = this.isCovered
    this.#trustedUntil = this.isCovered ? since + SILENCE : Number.NEGATIVE_INFINITY
    const { servesFor = 0 } = this.#run.adapter
    this.#servedUntil = Math.max(this.#servedUntil, this.#trustedUntil + servesFor)
  }

  lose(): void {
    const { suspend, distrust } = this.#run.subject
    if (suspend === undefined) distrust?.()
    else suspend()
    this.isConnected = false
    this.#trustedUntil = Number.NEGATIVE_INFINITY
    if (suspend === undefined) this.#servedUntil = Number.NEGATIVE_INFINITY
  }

  /** The feed is back, and goes on where it was. */
  resume(): void {
    this.isConnected = true
    this.prove()
  }

  /** The feed is back, and may have missed something. */
  async regain(): Promise<void> {
    await this.#run.gap()
    this.#run.subject.distrust?.()
    this.#isKnown = false
    this.resume()
  }

  /** Time passes, in which life is proven if it can be. */
  pass(ms: number): void {
    this.#run.now += ms
    if (this.isConnected) this.prove()
  }

  /** All is as it should be. */
  async restore(): Promise<void> {
    if (!this.isTried) return
    if (!this.isCovered && !this.isMissed) this.prove()
    this.isCovered = true
    if (!this.isConnected) await this.regain()
    while (this.#run.database.feed.length > 0) await this.#run.deliver()
    this.prove()
  }
}
