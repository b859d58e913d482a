import type { ParamValue } from '../key/param.ts'
import type { Entry } from './entry.ts'
import { joinValues, type ParamDeclaration } from './identity.ts'
import { Queue } from './queue.ts'

/** What is kept about held entries. */
export type UpkeepSettings = {
  readonly params: readonly ParamDeclaration[]
  readonly partial: readonly (readonly string[])[]
  /** Milliseconds. */
  readonly ttl: number
  /** Share of its life after which an entry is due, 0 to 1; none ever is without it. */
  readonly refresh?: number
  /** Numbers of the partial sets whose members must be found. */
  readonly tracked?: readonly number[]
}

/** Buckets of the time between the moment an entry is due and its end. */
const BUCKETS = 8

/**
 * Finds the held entries that are due, and those that share the values of some params, at a cost that does not depend on
 * the others: by buckets of the time at which they are due, and by the sets that they are members of.
 */
export class Upkeep<V> {
  readonly #share: number | undefined
  readonly #width: number
  readonly #sets: readonly { readonly number: number; readonly places: readonly number[] }[]
  readonly #buckets = new Map<number, Queue<Entry<V>>>()
  readonly #members = new Map<string, Set<Entry<V>>>()
  /** A sweep from before the last time gives nothing more. */
  #cleared = 0

  constructor({ params, partial, ttl, refresh, tracked = [] }: UpkeepSettings) {
    const names = params.map(({ name }) => name)
    this.#share = refresh
    this.#width = Math.max(1, (ttl * (1 - (refresh ?? 0))) / BUCKETS)
    this.#sets = tracked.map((number) => ({
      number,
      places: (partial[number] ?? []).map((name) => names.indexOf(name)),
    }))
  }

  /** Takes note of an entry whose times are set. */
  add(entry: Entry<V>): void {
    entry.due = entry.until
    for (const id of this.#memberIds(entry)) {
      const members = this.#members.get(id)
      if (members === undefined) this.#members.set(id, new Set([entry]))
      else members.add(entry)
    }
    if (this.#share === undefined) return
    entry.due = dueTime(entry, this.#share)
    const number = this.#bucketOf(entry.due)
    const bucket = this.#buckets.get(number) ?? new Queue()
    this.#buckets.set(number, bucket)
    bucket.add(entry)
  }

  remove(entry: Entry<V>): void {
    for (const id of this.#memberIds(entry)) {
      const members = this.#members.get(id)
      members?.delete(entry)
      if (members?.size === 0) this.#members.delete(id)
    }
    if (this.#share === undefined) return
    const number = this.#bucketOf(dueTime(entry, this.#share))
    const bucket = this.#buckets.get(number)
    // One that was swept is in no bucket any more.
    if (bucket === undefined || !isIn(bucket, entry)) return
    bucket.remove(entry)
    if (bucket.count === 0) this.#buckets.delete(number)
  }

  clear(): void {
    this.#cleared += 1
    this.#buckets.clear()
    this.#members.clear()
  }

  /** Entries in buckets and sets. */
  get kept(): number {
    const sizes = [...this.#buckets.values()].map(({ count }) => count)
    return (
      [...this.#members.values()].reduce((sum, { size }) => sum + size, 0) + sizes.reduce((a, b) => a + b, 0)
    )
  }

  /** When the entry is due, in the entries' count. */
  dueAt(entry: Entry<V>): number {
    return this.#share === undefined ? entry.until : dueTime(entry, this.#share)
  }

  /**
   * Takes out the entries that are due at `time` (in the entries' count), each once. It may be gone on with later, whatever has
   * come and gone meanwhile.
   */
  *sweep(time: number): Generator<Entry<V>> {
    const share = this.#share
    if (share === undefined) return
    const last = this.#bucketOf(time)
    const cleared = this.#cleared
    for (const [number, bucket] of this.#buckets) {
      if (number > last) continue
      for (let left = bucket.count; left > 0; left -= 1) {
        if (cleared !== this.#cleared) return
        const entry = bucket.oldest
        if (entry === undefined) break
        bucket.remove(entry)
        // One that is not due yet goes to the end, and is left for a later sweep.
        if (number === last && dueTime(entry, share) > time) bucket.add(entry)
        else yield entry
      }
      if (bucket.count === 0 && this.#buckets.get(number) === bucket) this.#buckets.delete(number)
    }
  }

  /** The members of the partial set `number` that have these values. */
  find(number: number, values: readonly ParamValue[]): Iterable<Entry<V>> {
    return this.#members.get(memberId(number, values)) ?? []
  }

  #bucketOf(time: number): number {
    return Math.floor(time / this.#width)
  }

  #memberIds(entry: Entry<V>): readonly string[] {
    if (this.#sets.length === 0) return []
    const values = entry.values()
    return this.#sets.map(({ number, places }) =>
      memberId(
        number,
        places.map((place) => values[place] as ParamValue),
      ),
    )
  }
}

function dueTime<V>({ loadedAt, until }: Entry<V>, share: number): number {
  return loadedAt + Math.floor((until - loadedAt) * share)
}

function memberId(number: number, values: readonly ParamValue[]): string {
  return `${number}\0${joinValues(values)}`
}

/** An entry is in one bucket at most, and never again once it was taken out. */
function isIn<V>(bucket: Queue<Entry<V>>, entry: Entry<V>): boolean {
  return bucket.oldest === entry || entry.older !== undefined
}
