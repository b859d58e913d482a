import { isDeepStrictEqual } from 'node:util'
import type { CanonicalParams } from '../cache/identity.ts'
import type { Held } from '../cache/inspection.ts'
import type { Clock } from '../options.ts'
import { ChangeLog, type Evidence, hashValue, type SeenChange } from './evidence.ts'
import { countNines, type SampleCounts, type SampleResult, Window, wrongShareAtMost } from './window.ts'

/** What the sampler needs of a cache. */
export type SampleSubject = {
  readonly name: string
  readonly size: number
  readonly held: () => Iterator<Held<unknown>>
  /** Asks the loader; nothing is stored. */
  readonly load: (params: CanonicalParams, signal: AbortSignal) => unknown
}

export type SamplerOptions = {
  /** Entries that are compared in a second, over all caches. Each costs one call of a loader and one barrier. */
  readonly perSecond: number
  /** Milliseconds over which the share is told; an hour unless said otherwise. */
  readonly window?: number
  /** Names of the caches; all unless said. Leave out those whose loader gives another value each time. */
  readonly caches?: readonly string[]
  /** Whether a held value is as good as a loaded one; deep and strict equality unless given. */
  readonly equals?: (held: unknown, loaded: unknown, cache: string) => boolean
}

export type SamplerSettings = SamplerOptions & {
  readonly subjects: readonly SampleSubject[]
  /** Resolves once every commit before the call has been applied. */
  readonly barrier: () => Promise<void>
  /** Told of each comparison. */
  readonly sampled: (sample: Sample) => void
  readonly clock: Clock
  readonly random: () => number
}

export type Sample = {
  readonly cache: string
  readonly result: SampleResult
  /** Where the result is `wrong`. */
  readonly evidence?: Evidence
}

/** How true the caches were found to be. */
export type Truth = SampleCounts & {
  /** Milliseconds that are summed up here. */
  readonly window: number
  /** With 95 % confidence, not more than this share of the held values is wrong; 1 without samples. */
  readonly wrongAtMost: number
  /** The nines of the rest: 3 for 99.9 %. More than the samples prove is never told. */
  readonly nines: number
  /** The last values that were found wrong, the newest first. */
  readonly evidence: readonly Evidence[]
}

const HOUR = 3_600_000
const KEPT = 20
/** How far a walk through the entries may begin from its start, so that it is not always the same ones that are seen. */
const LONGEST_SKIP = 1_000

/**
 * Compares held values with the database. A value is loaded again, then a barrier waits until every change that the
 * load may have seen has been applied here. If the entry is still served after that and its value differs, no
 * change is under way that explains it: the value is wrong. If it left meanwhile, nothing is said.
 */
export class Sampler {
  readonly #settings: SamplerSettings
  readonly #window: Window
  readonly #log = new ChangeLog()
  readonly #evidence: Evidence[] = []
  readonly #walks = new Map<SampleSubject, Iterator<Held<unknown>>>()
  readonly #closing = new AbortController()
  #turn = 0
  #stopTimer: () => void = () => {}
  #running: Promise<void> = Promise.resolve()

  constructor(settings: SamplerSettings) {
    this.#settings = settings
    this.#window = new Window(settings.window ?? HOUR)
  }

  start(): void {
    const { clock, perSecond } = this.#settings
    if (this.#closing.signal.aborted) return
    this.#stopTimer = clock.after(1000 / perSecond, () => {
      this.#running = this.sample().then(() => this.start())
    })
  }

  /** Remembers a change for the evidence. */
  note(cache: string, change: SeenChange): void {
    this.#log.note(cache, change)
  }

  truth(): Truth {
    const { window = HOUR, clock } = this.#settings
    const counts = this.#window.counts(clock.now())
    const wrongAtMost = wrongShareAtMost(counts)
    return { ...counts, window, wrongAtMost, nines: countNines(wrongAtMost), evidence: [...this.#evidence] }
  }

  async close(): Promise<void> {
    this.#closing.abort()
    this.#stopTimer()
    await this.#running
  }

  /** Compares one entry, if one is held. */
  async sample(): Promise<void> {
    const chosen = this.#choose()
    if (chosen === undefined) return
    const sample = await this.#compare(chosen.subject, chosen.held)
    if (this.#closing.signal.aborted) return
    const { clock, sampled } = this.#settings
    this.#window.add(sample.result, clock.now())
    if (sample.evidence !== undefined) {
      this.#evidence.unshift(sample.evidence)
      if (this.#evidence.length > KEPT) this.#evidence.pop()
    }
    sampled(sample)
  }

  async #compare(subject: SampleSubject, held: Held<unknown>): Promise<Sample> {
    const { barrier, equals = isDeepStrictEqual, clock } = this.#settings
    const cache = subject.name
    let loaded: unknown
    try {
      loaded = await subject.load(held.params, this.#closing.signal)
      await barrier()
    } catch {
      return { cache, result: 'failed' }
    }
    if (!held.isServed()) return { cache, result: 'moved' }
    if (equals(held.value, loaded, cache)) return { cache, result: 'right' }
    const evidence: Evidence = {
      cache,
      params: held.params,
      held: hashValue(held.value),
      loaded: hashValue(loaded),
      entry: held.inspection,
      changes: this.#log.last(cache),
      at: clock.now(),
    }
    return { cache, result: 'wrong', evidence }
  }

  /** Each cache in its turn, each entry of a cache before one comes again. */
  #choose(): { readonly subject: SampleSubject; readonly held: Held<unknown> } | undefined {
    const { subjects } = this.#settings
    for (let tries = 0; tries < subjects.length; tries += 1) {
      const subject = subjects[this.#turn++ % subjects.length] as SampleSubject
      const held = this.#walks.get(subject)?.next().value ?? this.#restart(subject)
      if (held !== undefined) return { subject, held }
    }
    return undefined
  }

  #restart(subject: SampleSubject): Held<unknown> | undefined {
    const walk = subject.held()
    this.#walks.set(subject, walk)
    const skip = Math.floor(this.#settings.random() * Math.min(subject.size, LONGEST_SKIP))
    for (let skipped = 0; skipped < skip; skipped += 1) walk.next()
    return walk.next().value as Held<unknown> | undefined
  }
}
