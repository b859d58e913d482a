import { setTimeout as pause } from 'node:timers/promises'
import type { App, CacheTypes } from '../app.ts'
import { canonicalJson } from './canonical.ts'
import { now } from './clock.ts'
import type { Entry } from './hot-set.ts'
import type { Read } from './oracle.ts'
import { drawItem, type Random } from './random.ts'

/** Reads at once, and milliseconds between two times. */
const BATCH = 40
const PAUSE = 4

/** Asks the caches for hot entries all the time, and keeps what it got for the oracle. */
export class Reader implements AsyncDisposable {
  readonly #caches: App<CacheTypes>['caches']
  readonly #entries: readonly Entry[]
  readonly #random: Random
  readonly #last = new Map<string, string>()
  /** Values that are held come again and again as the same object. */
  readonly #texts = new WeakMap<object, string>()
  #reads: Read[] = []
  #loop: Promise<void> = Promise.resolve()
  #running = false
  #failure: { readonly error: unknown } | undefined
  total = 0

  constructor(caches: App<CacheTypes>['caches'], entries: readonly Entry[], random: Random) {
    this.#caches = caches
    this.#entries = entries
    this.#random = random
  }

  /** Reads each entry once, so that all are held. */
  async readAll(): Promise<void> {
    await Promise.all(this.#entries.map((entry) => this.read(entry)))
  }

  /** Reads one entry; returns its value as canonical JSON. */
  async read({ cache, params, key }: Entry): Promise<string> {
    const from = now()
    const value = this.#textOf(await this.#caches[cache]?.get(params))
    this.#reads.push({ key, value, from, to: now() })
    this.#last.set(key, value)
    this.total += 1
    return value
  }

  /** What each key was last answered with. */
  snapshot(): ReadonlyMap<string, string> {
    return new Map(this.#last)
  }

  /** What is held of the entry, without loading. */
  peek({ cache, params, key }: Entry): Read | undefined {
    const from = now()
    const value = this.#caches[cache]?.peek(params)
    return value === undefined ? undefined : { key, value: this.#textOf(value), from, to: now() }
  }

  /** Hands over the reads that have been answered since the last time; throws what a read threw. */
  take(): readonly Read[] {
    if (this.#failure !== undefined) throw this.#failure.error
    const reads = this.#reads
    this.#reads = []
    return reads
  }

  start(): void {
    this.#running = true
    this.#loop = this.#run()
  }

  async stop(): Promise<void> {
    this.#running = false
    await this.#loop
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  async #run(): Promise<void> {
    try {
      while (this.#running) {
        const batch = Array.from({ length: BATCH }, () => drawItem(this.#random, this.#entries))
        await Promise.all(batch.map((entry) => this.read(entry)))
        await pause(PAUSE)
      }
    } catch (error) {
      this.#failure = { error }
    }
  }

  #textOf(value: unknown): string {
    if (typeof value !== 'object' || value === null) return canonicalJson(value ?? null)
    let text = this.#texts.get(value)
    if (text === undefined) this.#texts.set(value, (text = canonicalJson(value)))
    return text
  }
}
