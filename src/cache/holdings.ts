import type { ParamValue } from '../key/param.ts'
import type { Background } from './background.ts'
import { Ages } from './ages.ts'
import type { CacheCounters } from './counters.ts'
import { createStore } from './create-store.ts'
import { Departures } from './departures.ts'
import { findDeath } from './group.ts'
import { Entry, isCovered } from './entry.ts'
import { estimateSize } from './estimate-size.ts'
import { fillEntry } from './fill-entry.ts'
import type { Flight } from './flight.ts'
import type { Lookup } from './lookup.ts'
import { Memberships } from './memberships.ts'
import type { CacheSettings } from './settings.ts'
import type { Store } from './store.ts'
import type { Timekeeper } from './timekeeper.ts'
import type { Why } from './why.ts'

/** How many values are looked at where none was measured. */
const SAMPLE = 16

/** What a cache holds: the entries, the groups by which invalidations reach them and their loads, and its bounds. */
export class Holdings<V> {
  readonly departures = new Departures()
  readonly ages: Ages
  readonly #settings: CacheSettings<V>
  readonly #clock: Timekeeper
  readonly #counters: CacheCounters
  readonly #background: Background<V>
  readonly #memberships: Memberships
  readonly #store: Store<V>
  /** Rises when everything is made wrong, so that loads of before are known. */
  #generation = 0
  /** Why an entry is being removed that an invalidation names. */
  #why: Why | undefined

  constructor(
    settings: CacheSettings<V>,
    clock: Timekeeper,
    counters: CacheCounters,
    background: Background<V>,
  ) {
    this.#settings = settings
    this.#clock = clock
    this.#counters = counters
    this.#background = background
    this.#memberships = new Memberships(settings.params, settings.partial)
    this.ages = new Ages(settings.ttl)
    this.#store = createStore(this.#settings, this.#clock, (entry, cause, now) => {
      this.#counters.left[cause] += 1
      const why = cause === 'invalidated' ? (findDeath(entry.groups)?.why ?? this.#why) : undefined
      this.departures.note(entry.id, cause, this.#clock.count(now), why)
      this.ages.remove(entry)
      this.#memberships.leave(entry)
      this.#background.left(entry)
    })
    settings.ceiling?.join(this)
  }

  /** How late entries give way to those of other caches. */
  get rank(): number {
    return this.#settings.rank ?? 0
  }

  get lookup(): Lookup<V> {
    return this.#store.lookup
  }

  get generation(): number {
    return this.#generation
  }

  get count(): number {
    return this.#store.count
  }

  /** Sum of the sizes of the values. */
  get size(): number {
    return this.#store.size
  }

  /** The sum as it would be if all values were like those that were used last. */
  estimateSize(): number {
    let [bytes, looked] = [0, 0]
    for (const { value } of this.#store.latest()) {
      bytes += estimateSize(value)
      looked += 1
      if (looked === SAMPLE) break
    }
    return looked === 0 ? 0 : Math.round((bytes / looked) * this.count)
  }

  /** Living groups. */
  get groups(): number {
    return this.#memberships.size
  }

  /** An entry whose load begins, and which is reached by invalidations from now on. */
  createEntry(values: readonly ParamValue[]): Entry<V> {
    return new Entry<V>(values, this.#memberships.join(values))
  }

  /** Takes note of a load that gave nothing to hold. */
  leave({ entry }: Flight<V>): void {
    this.#memberships.leave(entry)
  }

  /** Nothing has covered the load since it began. */
  isCurrent({ covered, generation, entry }: Flight<V>): boolean {
    return !covered && generation === this.#generation && !isCovered(entry)
  }

  isServable(entry: Entry<V>, now: number): boolean {
    return now < this.#clock.servedUntil && this.#clock.count(now) < entry.until && !isCovered(entry)
  }

  /** Stores the value of a load that is current; whether it did. */
  fill(flight: Flight<V>, value: V, now: number): boolean {
    if (now >= this.#clock.trustedUntil) return false
    const { entry } = flight
    if (!fillEntry(flight, value, now, this.#settings, this.#clock)) return false
    // First, since an entry that finds no room leaves at once.
    this.#background.added(entry)
    this.ages.add(entry)
    this.#store.add(entry, entry.values(), now)
    this.#settings.ceiling?.keep(now)
    return true
  }

  /** The expired entry that may stand in for a failed load. */
  substitute({ replaces, entry }: Flight<V>, now: number): Entry<V> | undefined {
    const { staleIfError = 0 } = this.#settings
    if (replaces === undefined || this.#background.isWrong(replaces)) return undefined
    if (now >= this.#clock.servedUntil || isCovered(replaces)) return undefined
    if (this.lookup.get(entry.values()) !== replaces) return undefined
    const time = this.#clock.count(now)
    return time >= replaces.until && time < replaces.until + staleIfError ? replaces : undefined
  }

  /** Lets go of the entry of these values; how many were there that nothing had covered. */
  removeEntry(values: readonly ParamValue[], why: Why): number {
    const entry = this.lookup.get(values)
    if (entry === undefined) return 0
    const count = !isCovered(entry) ? 1 : 0
    this.#why = why
    this.#store.remove(entry, 'invalidated', this.#settings.now())
    this.#why = undefined
    return count
  }

  /** Makes the members of a group wrong; how many there were. */
  killGroup(index: number, values: readonly ParamValue[], why: Why): number {
    return this.#memberships.kill(index, values, { why, at: this.#clock.count(this.#settings.now()) })
  }

  /** Lets go of everything; how many entries there were. */
  clear(why: Why): number {
    const { count } = this.#store
    this.#generation += 1
    if (this.#memberships.size > 0) this.#memberships.clear()
    if (count === 0) return 0
    this.#store.clear()
    this.#background.cleared()
    this.ages.clear()
    this.departures.noteAll({ cause: 'invalidated', at: this.#clock.count(this.#settings.now()), why })
    this.#counters.left.invalidated += count
    return count
  }

  /** From the entry that was used last. */
  latest(): Iterable<Entry<V>> {
    return this.#store.latest()
  }

  /** Lets the entry go that should leave next, for want of memory. */
  evict(now: number): void {
    this.#store.evict(now)
  }

  /** From the entry that was used longest ago. */
  [Symbol.iterator](): Iterator<Entry<V>> {
    return this.#store[Symbol.iterator]()
  }
}
