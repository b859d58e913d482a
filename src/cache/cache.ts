import type { ParamValue } from '../key/param.ts'
import { Background } from './background.ts'
import { type CacheCounters, createCounters } from './counters.ts'
import { createStore } from './create-store.ts'
import { Departures } from './departures.ts'
import { Entry, isCovered } from './entry.ts'
import { fillEntry } from './fill-entry.ts'
import type { Flight } from './flight.ts'
import { isAlive } from './group.ts'
import { canonicalParams, type CanonicalParams, entryId, nameValues, type Params } from './identity.ts'
import { type Inspection, inspectEntry } from './inspection.ts'
import { Loading } from './loading.ts'
import type { Lookup } from './lookup.ts'
import { Memberships } from './memberships.ts'
import type { CacheSettings } from './settings.ts'
import type { Store } from './store.ts'
import { Timekeeper } from './timekeeper.ts'

/**
 * The values of one cache, and the loads that are under way for it.
 *
 * An invalidation COVERS what it names: held entries, and loads that have begun. It is one step: nothing else
 * runs before it is complete. Invariants, whatever the order of reads, loads, invalidations and proofs of life:
 * 1. A load that can be joined is not covered. A read that begins after an invalidation asks a load that
 *    began after it.
 * 2. A value is stored only if its load was not covered, has not timed out, and the cache is trusted then.
 * 3. A value is served only while its entry is not covered, not expired, and the deadline of trust is ahead.
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
  readonly #memberships: Memberships
  readonly #departures = new Departures()
  readonly #counters = createCounters()
  readonly #clock: Timekeeper
  readonly #loading: Loading<V>
  #store: Store<V>
  #lookup: Lookup<V>
  /** Rises when everything is made wrong, so that loads of before are known. */
  #generation = 0
  constructor(settings: CacheSettings<V>) {
    this.name = settings.name
    this.#settings = settings
    this.#clock = new Timekeeper(settings)
    this.#memberships = new Memberships(settings.params, settings.partial)
    this.#loading = new Loading(settings, this.#counters, {
      isCurrent: (flight) => this.#isCurrent(flight),
      fill: (flight, value, now) => this.#fill(flight, value, now),
      leave: (flight) => this.#memberships.leave(flight.entry),
      substitute: (flight, now) => this.#substitute(flight, now),
    })
    this.background = new Background(settings, this.#clock, {
      held: (values) => this.#lookup.get(values),
      isServable: (entry, now) => this.#isServable(entry, now),
      join: (values, now, begun) => this.#join(nameValues(settings.params, values), values, now, begun),
      begin: (flights) => this.#loading.begin(flights),
      fence: (values) => this.#loading.cover(entryId(values)),
      latest: () => this.#store.latest(),
    })
    this.#store = this.#createStore()
    this.#lookup = this.#store.lookup
  }

  /**
   * Until when values may be served, in milliseconds of the clock. Moved on by each proof of life and back
   * to the past by a gap; a deadline and no flag, so that a process that was paused does not serve what it
   * held before.
   */
  get trustedUntil(): number {
    return this.#clock.trustedUntil
  }

  set trustedUntil(time: number) {
    this.#clock.trustedUntil = time
  }

  get counters(): Readonly<CacheCounters> {
    this.#counters.hits = this.#clock.hits
    return this.#counters
  }

  /** Entries held, those covered by an invalidation of a group and not yet replaced included. */
  get size(): number {
    return this.#store.count
  }

  /** Sum of the sizes of the held values; their number without a `size` function. */
  get bytes(): number {
    return this.#store.size
  }

  /** Loads under way, and living groups of partial bindings: for tests of what is left behind. */
  get internals(): { readonly loads: number; readonly groups: number } {
    return { loads: this.#loading.running, groups: this.#memberships.size }
  }

  /** The held value, or `undefined`; never loads. */
  peek(params: Params): V | undefined {
    const entry = this.#find(params) ?? this.#findSlowly(params)
    return entry && this.#serve(entry)
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
    const canonical = list.map((params) => canonicalParams(this.#settings.params, params))
    const begun: Flight<V>[] = []
    const values = canonical.map((params) => this.#answer(params, begun))
    this.#loading.begin(begun)
    return await Promise.all(values)
  }

  /** Loads anew also what is held; the held value is served until the new one is there. */
  async refresh(params: Params): Promise<V> {
    const canonical = canonicalParams(this.#settings.params, params)
    return await this.#share(this.#join(canonical, Object.values(canonical), this.#settings.now()))
  }

  /** Makes the entry of these canonical values (in the order of the declaration) wrong. */
  invalidateEntry(values: readonly ParamValue[]): number {
    this.#loading.cover(entryId(values))
    const entry = this.#lookup.get(values)
    if (entry === undefined) return 0
    const count = !isCovered(entry) ? 1 : 0
    this.#store.remove(entry, 'invalidated')
    this.#counters.invalidated += count
    return count
  }

  /** Makes every entry wrong that has these values for the params of the partial set number `index`. */
  invalidateGroup(index: number, values: readonly ParamValue[]): number {
    const count = this.#memberships.kill(index, values)
    this.#counters.invalidated += count
    return count
  }

  /** Makes every entry wrong. */
  invalidateAll(): number {
    const count = this.#store.count
    this.#generation += 1
    this.#memberships.clear()
    this.#store = this.#createStore()
    this.#lookup = this.#store.lookup
    this.background.cleared()
    this.#counters.invalidated += count
    this.#counters.left.invalidated += count
    return count
  }

  /** Params and value of each entry that a read would be served from now, the one that came first at first. */
  *entries(): Generator<readonly [CanonicalParams, V]> {
    for (const entry of this.#store) {
      if (this.#isServable(entry, this.#settings.now()))
        yield [nameValues(this.#settings.params, entry.values()), this.#serve(entry)]
    }
  }

  /** What is known of an entry; not counted as a read. */
  inspect(params: Params): Inspection {
    const values = Object.values(canonicalParams(this.#settings.params, params))
    const time = this.#clock.count(this.#settings.now())
    const loading = this.#loading.find(entryId(values)) !== undefined
    return {
      ...inspectEntry(this.#lookup.get(values), time, this.#departures.find(entryId(values))),
      loading,
    }
  }

  /** Aborts the signals of all loads under way. */
  close(reason: unknown): void {
    this.#loading.close(reason)
  }

  #find(params: Params): Entry<V> | undefined {
    const entry = this.#lookup.find(params)
    const clock = this.#clock
    if (entry === undefined || (clock.hits >= clock.lookAt && !clock.look())) return undefined
    if (clock.time >= entry.due || (entry.groups !== undefined && !isAlive(entry.groups))) return undefined
    return entry
  }

  #serve(entry: Entry<V>): V {
    this.#clock.hits += 1
    entry.reads = (entry.reads + 1) | 0
    return this.#settings.values === 'cloned' ? structuredClone(entry.value as V) : (entry.value as V)
  }

  #findSlowly(params: Params): Entry<V> | undefined {
    const values = Object.values(canonicalParams(this.#settings.params, params))
    return this.#findHeld(values, this.#settings.now())
  }

  #getSlowly(params: Params): Promise<V> {
    try {
      return this.#answer(canonicalParams(this.#settings.params, params))
    } catch (error) {
      return Promise.reject(error as Error)
    }
  }

  /** From memory, or by joining a load; one that must begin is begun, or added to `begun`. */
  #answer(params: CanonicalParams, begun?: Flight<V>[]): Promise<V> {
    const values = Object.values(params)
    const now = this.#settings.now()
    const entry = this.#findHeld(values, now)
    return entry === undefined
      ? this.#share(this.#join(params, values, now, begun))
      : Promise.resolve(this.#serve(entry))
  }

  /** Counts a miss where there is none. */
  #findHeld(values: readonly ParamValue[], now: number): Entry<V> | undefined {
    const entry = this.#lookup.get(values)
    if (entry !== undefined && this.#isServable(entry, now)) {
      if (this.#clock.count(now) >= entry.due) this.background.found(entry, now)
      return entry
    }
    this.#counters.misses += 1
    if (now >= this.#clock.trustedUntil) this.#counters.untrusted += 1
    return undefined
  }

  #join(params: CanonicalParams, values: readonly ParamValue[], now: number, begun?: Flight<V>[]): Flight<V> {
    const id = entryId(values)
    const running = this.#loading.find(id)
    if (running !== undefined) return running
    const held = this.#lookup.get(values)
    const replaces = held !== undefined && !isCovered(held) ? held : undefined
    const entry = new Entry<V>(values, this.#memberships.join(values))
    const generation = this.#generation
    const flight = this.#loading.add({ id, entry, params, generation, since: now, replaces })
    if (begun === undefined) this.#loading.beginOne(flight)
    else begun.push(flight)
    return flight
  }

  #share({ promise }: Flight<V>): Promise<V> {
    return this.#settings.values === 'cloned' ? promise.then((value) => structuredClone(value)) : promise
  }

  #fill({ entry, since }: Flight<V>, value: V, now: number): boolean {
    if (now >= this.#clock.trustedUntil) return false
    if (!fillEntry(entry, value, since, now, this.#settings, this.#clock)) return false
    // First, since an entry that finds no room leaves at once.
    this.background.added(entry)
    this.#store.add(entry, entry.values(), now)
    return true
  }

  /** The expired entry that may stand in for a failed load. */
  #substitute({ replaces, entry }: Flight<V>, now: number): Entry<V> | undefined {
    const { staleIfError = 0 } = this.#settings
    if (replaces === undefined || this.background.isWrong(replaces)) return undefined
    if (now >= this.#clock.trustedUntil || isCovered(replaces)) return undefined
    if (this.#lookup.get(entry.values()) !== replaces) return undefined
    const time = this.#clock.count(now)
    return time >= replaces.until && time < replaces.until + staleIfError ? replaces : undefined
  }

  /** Nothing has covered the load since it began. */
  #isCurrent({ covered, generation, entry }: Flight<V>): boolean {
    return !covered && generation === this.#generation && !isCovered(entry)
  }

  #isServable(entry: Entry<V>, now: number): boolean {
    return now < this.#clock.trustedUntil && this.#clock.count(now) < entry.until && !isCovered(entry)
  }

  #createStore(): Store<V> {
    return createStore(this.#settings, this.#clock, (entry, cause) => {
      this.#counters.left[cause] += 1
      this.#departures.note(entry.id, cause)
      this.#memberships.leave(entry)
      this.background.left(entry)
    })
  }
}
