import type { ParamValue } from '../key/param.ts'
import type { Entry } from './entry.ts'
import type { Flight } from './flight.ts'
import type { CacheSettings } from './settings.ts'
import type { Reloaded, Sight, Sighted } from './sight.ts'
import type { Timekeeper } from './timekeeper.ts'
import { Upkeep } from './upkeep.ts'
import { CALL, type Why } from './why.ts'

/** What the cache does for work in the background. Values are canonical, in the order of the declaration. */
export type BackgroundHost<V> = {
  readonly held: (values: readonly ParamValue[]) => Entry<V> | undefined
  readonly isServable: (entry: Entry<V>, now: number) => boolean
  /** The load under way, or a new one that is added to `begun`. */
  readonly join: (
    values: readonly ParamValue[],
    now: number,
    begun: Flight<V>[],
    mayPromote: boolean,
  ) => Flight<V>
  /** Calls the loader, once for all where it can do that. */
  readonly begin: (flights: readonly Flight<V>[]) => void
  /** Covers the load under way, and leaves the entry. */
  readonly fence: (values: readonly ParamValue[], why: Why) => void
  /** Covers the loads under way of all that has such values. */
  readonly fenceAll: (isNamed: (values: readonly ParamValue[]) => boolean) => void
  /** The held entries, from the one that was used last. */
  readonly latest: () => Iterable<Entry<V>>
}

const ABSENT: Sight = { state: 'absent', isRead: false, rate: 0 }

/**
 * Loads of one cache that no reader waits for. They go through the same flights and fences as all others: an invalidation that
 * comes meanwhile wins, and readers are served what is held until they end.
 */
export class Background<V> {
  readonly #settings: CacheSettings<V>
  readonly #clock: Timekeeper
  readonly #host: BackgroundHost<V>
  readonly #upkeep: Upkeep<V>
  readonly #wrong = new Set<Entry<V>>()
  /** Reads that were told of, by entry; of what no reader has asked for, 0. Only where someone is told. */
  readonly #told = new WeakMap<Entry<V>, number>()

  constructor(settings: CacheSettings<V>, clock: Timekeeper, host: BackgroundHost<V>) {
    this.#settings = settings
    this.#clock = clock
    this.#host = host
    this.#upkeep = new Upkeep(settings)
  }

  /** An entry is held from now on. */
  added(entry: Entry<V>): void {
    this.#upkeep.add(entry)
  }

  /** An entry has left. */
  left(entry: Entry<V>): void {
    if (this.#settings.asked !== undefined) this.#tell(entry)
    this.#upkeep.remove(entry)
    this.#wrong.delete(entry)
  }

  /** No entry is held any more. */
  cleared(): void {
    this.#upkeep.clear()
    this.#wrong.clear()
  }

  /** A read found the entry due, which is told once. */
  found(entry: Entry<V>, now: number): void {
    entry.due = entry.until
    this.#settings.due?.({ ...this.#look(entry, now), state: 'due', values: entry.values() })
  }

  /** Entries that are kept to be found, each as often as it is. */
  get kept(): number {
    return this.#upkeep.kept + this.#wrong.size
  }

  /** Whether a change has made the entry wrong that is still served. */
  isWrong(entry: Entry<V>): boolean {
    return this.#wrong.has(entry)
  }

  look(values: readonly ParamValue[]): Sight {
    const entry = this.#host.held(values)
    if (entry === undefined) return ABSENT
    const now = this.#settings.now()
    return this.#host.isServable(entry, now) ? this.#look(entry, now) : ABSENT
  }

  isFresh(values: readonly ParamValue[]): boolean {
    return this.#host.held(values) !== undefined && this.look(values).state === 'fresh'
  }

  /**
   * Loads anew what is held, and what is not. Resolves when all have ended, in the order of the list; never rejects.
   *
   * @param mayPromote what is held elsewhere, and would be fresh here, is as good as newly loaded
   */
  async reload(list: readonly (readonly ParamValue[])[], mayPromote = false): Promise<readonly Reloaded[]> {
    return await new Promise((resolve) => this.load(list, mayPromote, resolve))
  }

  /** As `reload`, for those who would have no other use for a promise. @param ended called once, at the end of the last load */
  load(
    list: readonly (readonly ParamValue[])[],
    mayPromote: boolean,
    ended: (ends: readonly Reloaded[]) => void,
  ): void {
    const begun: Flight<V>[] = []
    const now = this.#settings.now()
    const flights = list.map((values) => this.#host.join(values, now, begun, mayPromote))
    if (mayPromote) for (const flight of begun) flight.leastLeft = 1 - (this.#settings.refresh ?? 1)
    if (this.#settings.asked !== undefined) for (const { entry } of begun) this.#told.set(entry, 0)
    this.#host.begin(begun)
    let open = flights.length
    if (open === 0) ended([])
    const oneEnded = (): void => {
      open -= 1
      if (open === 0) ended(flights.map(endOf))
    }
    for (const flight of flights) flight.whenEnded(oneEnded)
  }

  /** Tells of those of the entries that were used last, up to `limit`, which were asked for since they were last told of. */
  tell(limit: number): void {
    if (this.#settings.asked === undefined) return
    let left = limit
    for (const entry of this.#host.latest()) {
      if (left-- <= 0) return
      this.#tell(entry)
    }
  }

  /** Takes out what is due and no read has told of, each entry once for a load. */
  *sweep(): Generator<Sighted> {
    const now = this.#settings.now()
    for (const entry of this.#upkeep.sweep(this.#clock.count(now))) {
      // A read has told of it already, or it has expired unnoticed.
      if (entry.due === entry.until || !this.#host.isServable(entry, now)) continue
      yield { ...this.#look(entry, now), state: 'due', values: entry.values() }
    }
  }

  /** The next read of the entry tells anew that it is due. */
  renew(values: readonly ParamValue[]): void {
    const entry = this.#host.held(values)
    if (entry !== undefined) entry.due = Math.min(entry.until, this.#clock.count(this.#settings.now()))
  }

  /**
   * A change has made the entry wrong, and it is served until it is reloaded or dropped: an opt-out that rules name.
   * Loads under way are covered. False when there is nothing to serve.
   */
  mark(values: readonly ParamValue[], why: Why = CALL): boolean {
    this.#host.fence(values, why)
    const entry = this.#host.held(values)
    if (entry === undefined || !this.#host.isServable(entry, this.#settings.now())) return false
    this.#wrong.add(entry)
    return true
  }

  /** A change has made wrong what has such values: covers the loads under way, and leaves what is held, to be marked. */
  fenceMembers(isNamed: (values: readonly ParamValue[]) => boolean): void {
    this.#host.fenceAll(isNamed)
  }

  /** Up to `limit` servable entries of a tracked partial set, or of the whole cache, those that were used last. */
  members(
    limit: number,
    set?: { readonly index: number; readonly values: readonly ParamValue[] },
  ): Sighted[] {
    const now = this.#settings.now()
    const found: Sighted[] = []
    for (const entry of set === undefined ? this.#host.latest() : this.#upkeep.find(set.index, set.values)) {
      if (found.length === limit) break
      if (this.#host.isServable(entry, now)) found.push({ ...this.#look(entry, now), values: entry.values() })
    }
    return found
  }

  #tell(entry: Entry<V>): void {
    const told = this.#told.get(entry)
    const reads = entry.reads >>> 0
    // One that a reader loaded was asked for by then.
    if (told === undefined || reads > told)
      this.#settings.asked?.({ values: entry.values(), took: entry.took })
    this.#told.set(entry, reads)
  }

  #look(entry: Entry<V>, now: number): Sight {
    const time = this.#clock.count(now)
    const state = this.#wrong.has(entry) ? 'wrong' : time >= this.#upkeep.dueAt(entry) ? 'due' : 'fresh'
    const { reads } = entry
    return { state, isRead: reads > 0, rate: (reads * 1000) / Math.max(1, time - entry.loadedAt) }
  }
}

const STORED: Reloaded = { kind: 'stored' }
const UNSTORED: Reloaded = { kind: 'unstored' }

function endOf<V>({ failed, stored }: Flight<V>): Reloaded {
  if (failed !== undefined) return { kind: 'failed', error: failed.error }
  return stored ? STORED : UNSTORED
}
