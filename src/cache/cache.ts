import { LRUCache } from 'lru-cache'
import type { ParamValue } from '../key/param.ts'
import { type CacheCounters, createCounters } from './counters.ts'
import { type Entry, isCurrent } from './entry.ts'
import { type Group, GroupIndex } from './group.ts'
import {
  canonicalParams,
  type CanonicalParams,
  type EntryId,
  entryId,
  joinValues,
  type ParamDeclaration,
  type Params,
} from './identity.ts'

/** Computes the value for params. */
export type Load<V> = (params: CanonicalParams) => Promise<V>

export type CacheSettings<V> = {
  readonly name: string
  readonly params: readonly ParamDeclaration[]
  /** Milliseconds. */
  readonly ttl: number
  /** Share of the TTL taken off at random, 0 to 1. */
  readonly jitter: number
  /** Entries. */
  readonly max: number
  /** Sets of params that an invalidation may bind without binding all. */
  readonly partial: readonly (readonly string[])[]
  readonly load: Load<V>
  readonly now: () => number
  /** A number from 0 to 1, 1 excluded. */
  readonly random: () => number
}

type Flight<V> = { readonly entry: Entry<V>; readonly promise: Promise<V> }

/**
 * The values of one cache, and the loads that are under way for it.
 *
 * Invariants, for every entry and flight:
 * 1. A flight that can be joined has not been covered by an invalidation since it began.
 * 2. A value is stored only if its entry has not been covered since its load began.
 * 3. A value is served only while its entry is not covered, not expired, and the deadline of trust is ahead.
 * 4. Whoever waits for a load gets its value or its error, whatever was invalidated meanwhile.
 */
export class Cache<V> {
  readonly name: string
  readonly counters: CacheCounters = createCounters()
  /**
   * Until when values may be served, in milliseconds of the clock. Moved on by each proof of life and back
   * to the past by a gap; a deadline and no flag, so that a process that was paused does not serve what it
   * held before.
   */
  trustedUntil = Number.NEGATIVE_INFINITY

  readonly #settings: CacheSettings<V>
  readonly #store: LRUCache<EntryId, Entry<V>>
  readonly #flights = new Map<EntryId, Flight<V>>()
  readonly #indexes: readonly GroupIndex[]
  readonly #only: string | undefined
  #all: Group = { dead: false, members: 0 }

  constructor(settings: CacheSettings<V>) {
    this.name = settings.name
    this.#settings = settings
    this.#only = settings.params.length === 1 ? settings.params[0]?.name : undefined
    this.#indexes = settings.partial.map(() => new GroupIndex())
    this.#store = new LRUCache({ max: settings.max, dispose: (entry) => this.#leave(entry) })
  }

  /** Entries held, those covered by an invalidation of a group and not yet replaced included. */
  get size(): number {
    return this.#store.size
  }

  /** The held value, or `undefined`; never loads. */
  peek(params: Params): V | undefined {
    const entry = this.#find(params)
    if (entry === undefined) {
      this.counters.misses += 1
      return undefined
    }
    this.counters.hits += 1
    return entry.value
  }

  /** The held value, or else the value of one load that is shared by all who ask meanwhile. */
  get(params: Params): Promise<V> {
    let entry: Entry<V> | undefined
    try {
      entry = this.#find(params)
      if (entry === undefined) {
        this.counters.misses += 1
        return this.#join(canonicalParams(this.#settings.params, params))
      }
    } catch (error) {
      return Promise.reject(error as Error)
    }
    this.counters.hits += 1
    return Promise.resolve(entry.value as V)
  }

  /** Makes the entry of these canonical values (in the order of the declaration) wrong. */
  invalidateEntry(values: readonly ParamValue[]): number {
    const id = entryId(values)
    const flight = this.#flights.get(id)
    if (flight !== undefined) {
      flight.entry.dead = true
      this.#flights.delete(id)
    }
    const entry = this.#store.peek(id)
    if (entry === undefined) return 0
    const counts = isCurrent(entry) ? 1 : 0
    entry.dead = true
    this.#store.delete(id)
    this.counters.invalidated += counts
    return counts
  }

  /** Makes every entry wrong that has these values for the params of the partial set number `index`. */
  invalidateGroup(index: number, values: readonly ParamValue[]): number {
    const count = this.#indexes[index]?.kill(joinValues(values)) ?? 0
    this.counters.invalidated += count
    return count
  }

  /** Makes every entry wrong. */
  invalidateAll(): number {
    const count = this.#all.members
    this.#all.dead = true
    this.#all = { dead: false, members: 0 }
    this.counters.invalidated += count
    return count
  }

  /** Params and value of each entry that a read would be served from now, least recently used first. */
  *entries(): Generator<readonly [CanonicalParams, V]> {
    for (const entry of this.#store.rvalues()) {
      if (entry !== undefined && this.#isServable(entry)) yield [entry.params, entry.value as V]
    }
  }

  #find(params: Params): Entry<V> | undefined {
    const entry = this.#lookUp(params)
    if (entry !== undefined && this.#isServable(entry)) return entry
    if (this.#settings.now() >= this.trustedUntil) this.counters.untrusted += 1
    return undefined
  }

  #lookUp(params: Params): Entry<V> | undefined {
    if (this.#only !== undefined) {
      const given = params[this.#only]
      const entry = this.#store.get(given as EntryId)
      if (entry !== undefined) return entry
    }
    return this.#store.get(entryId(Object.values(canonicalParams(this.#settings.params, params))))
  }

  #isServable(entry: Entry<V>): boolean {
    const now = this.#settings.now()
    return now < this.trustedUntil && now < entry.expiresAt && isCurrent(entry)
  }

  #join(params: CanonicalParams): Promise<V> {
    const id = entryId(Object.values(params))
    const flight = this.#flights.get(id)
    if (flight !== undefined && isCurrent(flight.entry)) return flight.promise
    const entry = this.#createEntry(id, params)
    const started = { entry, promise: this.#load(entry) }
    this.#flights.set(id, started)
    return started.promise
  }

  async #load(entry: Entry<V>): Promise<V> {
    this.counters.loads += 1
    let stored = false
    try {
      const value = await callAsync(this.#settings.load, entry.params)
      stored = this.#fill(entry, value)
      return value
    } catch (error) {
      this.counters.errors += 1
      throw error
    } finally {
      if (this.#flights.get(entry.id)?.entry === entry) this.#flights.delete(entry.id)
      if (!stored) this.#leave(entry)
    }
  }

  #fill(entry: Entry<V>, value: V): boolean {
    if (!isCurrent(entry)) {
      this.counters.fenced += 1
      return false
    }
    const { now, ttl, jitter, random } = this.#settings
    const time = now()
    if (time >= this.trustedUntil) return false
    entry.value = value
    entry.expiresAt = time + ttl * (1 - jitter * random())
    this.#store.set(entry.id, entry)
    return true
  }

  #createEntry(id: EntryId, params: CanonicalParams): Entry<V> {
    this.#all.members += 1
    const groups = this.#indexes.map((index, number) => index.join(this.#groupId(number, params)))
    return { id, params, all: this.#all, groups, dead: false, value: undefined, expiresAt: 0 }
  }

  #leave(entry: Entry<V>): void {
    entry.all.members -= 1
    for (const [number, group] of entry.groups.entries()) {
      this.#indexes[number]?.leave(this.#groupId(number, entry.params), group)
    }
  }

  #groupId(number: number, params: CanonicalParams): string {
    const names = this.#settings.partial[number] ?? []
    return joinValues(names.map((name) => params[name] as ParamValue))
  }
}

/** Turns a throw into a rejection, so that a flight never ends before it is known to those who may join it. */
async function callAsync<V>(load: Load<V>, params: CanonicalParams): Promise<V> {
  return await load(params)
}
