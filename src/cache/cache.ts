import type { ParamValue } from '../key/param.ts'
import { Background } from './background.ts'
import { type CacheCounters, createCounters } from './counters.ts'
import { type Entry, isCovered } from './entry.ts'
import type { Flight } from './flight.ts'
import type { AgeSummary } from './ages.ts'
import { isAlive } from './group.ts'
import { Holdings } from './holdings.ts'
import { canonicalValues, entryId, nameValues, type Params } from './identity.ts'
import { type Held, type Inspection, inspectEntry } from './inspection.ts'
import { Loading } from './loading.ts'
import type { Lookup } from './lookup.ts'
import type { CacheSettings, Load } from './settings.ts'
import { measuresValues } from './value.ts'
import { Timekeeper } from './timekeeper.ts'
import { CALL, Tally, type Why, type Wrongs } from './why.ts'

/**
 * The values of one cache, and the loads that are under way for it.
 *
 * An invalidation COVERS what it names: held entries, and loads that have begun. It is one step: nothing else
 * runs before it is complete. Invariants, whatever the order of reads, loads, invalidations and proofs of life:
 * 1. A load that can be joined is not covered. A read that begins after an invalidation asks a load that
 *    began after it.
 * 2. A value is stored only if its load was not covered, has not timed out, and the cache is trusted then.
 * 3. A value is served only while its entry is not covered, not expired, and the deadline of trust is ahead, or
 *    `untrustedFor` after the last one that was ahead.
 *    In place of a failing load an expired one is, for a bounded time; all else holds for it, too.
 * 4. For the same params there is at most one held entry and one load whose value may be stored.
 * 5. Whoever waits for a load gets its value or its error, whatever was invalidated meanwhile.
 * 6. An entry or load is a member of its groups from its beginning until it leaves, and a group without members
 *    is in no index.
 */
export class Cache<V> {
  readonly name: string
  /** For loads that no reader waits for. */
  readonly background: Background<V>

  readonly #settings: CacheSettings<V>
  readonly #counters = createCounters()
  readonly #tally = new Tally()
  readonly #holdings: Holdings<V>
  readonly #loading: Loading<V>

  // What a hit reads is declared, and written once: a field that is defined first and written in the constructor is
  // one that changes for the engine, which then cannot compile a handle's reads for the cache that they are of.
  /** That of the holdings, one step nearer for reads. */
  declare private readonly lookup: Lookup<V>
  declare private readonly clock: Timekeeper
  declare private readonly isCloned: boolean

  constructor(settings: CacheSettings<V>) {
    this.name = settings.name
    this.#settings = settings
    this.isCloned = settings.values === 'cloned'
    this.clock = new Timekeeper(settings)
    this.background = new Background(settings, this.clock, {
      held: (values) => this.lookup.get(values),
      isServable: (entry, now) => this.#holdings.isServable(entry, now),
      join: (values, now, begun, mayPromote) => {
        const held = this.lookup.get(values)
        // What others hold is as old as what is held here.
        return this.#join(values, held, now, begun, !mayPromote || held !== undefined)
      },
      begin: (flights) => this.#loading.begin(flights),
      fence: (values, why) => {
        this.#loading.cover(entryId(values))
        this.#count(why, 0)
      },
      fenceAll: (isNamed) => this.#loading.coverAll(isNamed),
      latest: () => this.#holdings.latest(),
    })
    this.#holdings = new Holdings(settings, this.clock, this.#counters, this.background)
    this.lookup = this.#holdings.lookup
    this.#loading = new Loading(settings, this.#counters, this.#holdings)
  }

  /**
   * Until when the cache is trusted, in milliseconds of the clock. Moved on by each proof of life and back to the past
   * when changes may be missed; a deadline and no flag, so that a process that was paused does not serve what it held
   * before. Values are served until then, and `untrustedFor` longer after the last proof.
   */
  get trustedUntil(): number {
    return this.clock.trustedUntil
  }

  set trustedUntil(time: number) {
    this.clock.trustedUntil = time
  }

  get counters(): Readonly<CacheCounters> {
    this.#counters.hits = this.clock.hits
    return this.#counters
  }

  /** Entries held, those covered by an invalidation of a group and not yet replaced included. */
  get size(): number {
    return this.#holdings.count
  }

  /** Sum of the sizes of the held values; where no bound needs to know them, by some of those that were used last. */
  get bytes(): number {
    return measuresValues(this.#settings) ? this.#holdings.size : this.#holdings.estimateSize()
  }

  get ages(): AgeSummary | undefined {
    return this.#holdings.ages.summarize(this.clock.count(this.#settings.now()))
  }

  /** What made entries wrong, and how often. */
  get wrongs(): readonly Wrongs[] {
    return this.#tally.list()
  }

  /** Loads under way, living groups, and entries that are kept to be found in the background: for tests of what is left behind. */
  get internals(): { readonly loads: number; readonly groups: number; readonly kept: number } {
    return { loads: this.#loading.running, groups: this.#holdings.groups, kept: this.background.kept }
  }

  /** The held value, or `undefined`; never loads. */
  peek(params: Params): V | undefined {
    const entry = this.#find(params)
    return entry === undefined ? this.#peekSlowly(params) : this.#serve(entry)
  }

  /** The held value, or else the value of one load that is shared by all who ask meanwhile. */
  get(params: Params): Promise<V> {
    const entry = this.#find(params)
    return entry === undefined ? this.#getSlowly(params) : Promise.resolve(this.#serve(entry))
  }

  /**
   * The values for each of `list`, in its order. What is missing is loaded by one call where the loader can do
   * that. Rejects with the first error; the other loads go on.
   */
  async getMany(list: readonly Params[]): Promise<V[]> {
    const canonical = list.map((params) => canonicalValues(this.#settings.params, params))
    const begun: Flight<V>[] = []
    const answers = canonical.map((values) => this.#answer(values, begun))
    this.#loading.begin(begun)
    return await Promise.all(answers)
  }

  /** Loads anew also what is held; the held value is served until the new one is there. */
  async refresh(params: Params): Promise<V> {
    const values = canonicalValues(this.#settings.params, params)
    const held = this.lookup.get(values)
    return await this.#share(this.#join(values, held, this.#settings.now(), undefined, true))
  }

  /** Makes the entry of these canonical values (in the order of the declaration) wrong. */
  invalidateEntry(values: readonly ParamValue[], why: Why = CALL): number {
    this.#loading.cover(entryId(values))
    return this.#count(why, this.#holdings.removeEntry(values, why))
  }

  /** Makes every entry wrong that has these values for the params of the partial set number `index`. */
  invalidateGroup(index: number, values: readonly ParamValue[], why: Why = CALL): number {
    return this.#count(why, this.#holdings.killGroup(index, values, why))
  }

  /** Makes every entry wrong. */
  invalidateAll(why: Why = CALL): number {
    return this.#count(why, this.#holdings.clear(why))
  }

  /** What reads would be served from now, longest unused first; not counted as reads. What comes meanwhile may be missed. */
  *held(): Generator<Held<V>> {
    for (const entry of this.#holdings) {
      const now = this.#settings.now()
      if (!this.#holdings.isServable(entry, now)) continue
      const params = nameValues(this.#settings.params, entry.values())
      const inspection = inspectEntry(entry, this.clock.count(now), this.#holdings.departures.find(entry.id))
      yield { params, value: entry.value as V, inspection, isServed: () => this.#find(params) === entry }
    }
  }

  get loader(): Load<V> {
    return this.#settings.load
  }

  /** What is known of an entry; not counted as a read. */
  inspect(params: Params): Inspection {
    const values = canonicalValues(this.#settings.params, params)
    const id = entryId(values)
    const entry = this.lookup.get(values)
    return {
      ...inspectEntry(entry, this.clock.count(this.#settings.now()), this.#holdings.departures.find(id)),
      loading: this.#loading.find(id) !== undefined,
    }
  }

  /** Aborts the signals of all loads under way. */
  close(reason: unknown): void {
    this.clock.end()
    this.#loading.close(reason)
  }

  #count(why: Why, entries: number): number {
    this.#counters.invalidated += entries
    this.#tally.note(why, entries)
    this.#settings.invalidated?.()
    return entries
  }

  #find(params: Params): Entry<V> | undefined {
    const entry = this.lookup.find(params)
    const clock = this.clock
    if (entry === undefined || (clock.hits >= clock.lookAt && !clock.look())) return undefined
    if (clock.time >= entry.due || (entry.groups !== undefined && !isAlive(entry.groups))) return undefined
    return entry
  }

  #serve(entry: Entry<V>): V {
    this.clock.hits += 1
    entry.uses = (entry.uses + 2) | 1
    return this.isCloned ? structuredClone(entry.value as V) : (entry.value as V)
  }

  #peekSlowly(params: Params): V | undefined {
    const held = this.lookup.get(canonicalValues(this.#settings.params, params))
    return this.#mayServe(held, this.#settings.now()) ? this.#serve(held) : undefined
  }

  #getSlowly(params: Params): Promise<V> {
    try {
      return this.#answer(canonicalValues(this.#settings.params, params))
    } catch (error) {
      return Promise.reject(error as Error)
    }
  }

  /** From memory, or by joining a load; one that must begin is begun, or added to `begun`. */
  #answer(values: readonly ParamValue[], begun?: Flight<V>[]): Promise<V> {
    const held = this.lookup.get(values)
    const now = this.#settings.now()
    return this.#mayServe(held, now)
      ? Promise.resolve(this.#serve(held))
      : this.#share(this.#join(values, held, now, begun))
  }

  /** Whether a read is served from what is held; counts a miss where it is not. */
  #mayServe(held: Entry<V> | undefined, now: number): held is Entry<V> {
    const servable = held !== undefined && this.#holdings.isServable(held, now)
    if (!servable) this.#counters.misses += 1
    if (now >= this.clock.trustedUntil) this.#counters[servable ? 'unproven' : 'untrusted'] += 1
    else if (servable && this.clock.count(now) >= held.due) this.background.found(held, now)
    return servable
  }

  #join(
    values: readonly ParamValue[],
    held: Entry<V> | undefined,
    now: number,
    begun?: Flight<V>[],
    isAnew = false,
  ): Flight<V> {
    const id = entryId(values)
    const running = this.#loading.find(id)
    if (running !== undefined && this.#mayJoin(running, now)) return running
    // One that is too old to join gives way to the new one, which is younger in any case.
    this.#loading.cover(id)
    const replaces = held !== undefined && !isCovered(held) ? held : undefined
    const entry = this.#holdings.createEntry(values)
    const params = nameValues(this.#settings.params, values)
    const { generation } = this.#holdings
    const flight = this.#loading.add({ id, entry, params, generation, since: now, replaces, isAnew })
    flight.isPromoting = this.#settings.promotes === true && now < this.clock.trustedUntil
    if (begun === undefined) this.#loading.beginOne(flight)
    else begun.push(flight)
    return flight
  }

  /**
   * While nothing is trusted, what a load has read may be as wrong as what is held: it is believed for as long from then on; but
   * what was held elsewhere no longer than what is held here.
   */
  #mayJoin({ since, isPromoting }: Flight<V>, now: number): boolean {
    if (now < this.clock.trustedUntil) return true
    const { joinFor = Infinity, untrustedFor = 0 } = this.#settings
    return now < (isPromoting ? this.clock.servedUntil : since + joinFor + untrustedFor)
  }

  #share({ promise }: Flight<V>): Promise<V> {
    return this.isCloned ? promise.then((value) => structuredClone(value)) : promise
  }
}
