import { Queue } from '../cache/queue.ts'
import { type Priority, PRIORITIES } from '../manifest/manifest.ts'
import { findPlace } from './find-place.ts'

/** What decides when a piece of work has its turn. */
export type Ranked = {
  readonly priority: Priority
  /** Reads a second of what is worked on. */
  readonly rate: number
  /** Of the queue in which it waits. */
  place?: Place | undefined
}

export type WorkQueueSettings = {
  /** Pieces of work that may wait. */
  readonly max: number
  /** Milliseconds of waiting after which work counts as of the next higher priority; above `critical`, by age alone. */
  readonly ageing: number
}

type Place = {
  readonly work: Ranked
  readonly since: number
  readonly number: number
  /** Its own class, the lowest number first. */
  readonly own: number
  /** The class that it has come to by waiting; that of what has waited longest is -1. */
  class: number
  older: Place | undefined
  newer: Place | undefined
}

const OVERDUE = -1
/** Classes that work may come to: {@link OVERDUE}, and one for each priority. */
const CLASSES = PRIORITIES.length + 1

/**
 * Work that waits for its turn: by priority, then by how often what it is about is read, then by age.
 *
 * Who waits rises: by one class after each `ageing`, and past the highest into one that has its turn first and goes by
 * age alone, so that everything has its turn some day. When there is no room, what would have its turn last is shed.
 */
export class WorkQueue<T extends Ranked> {
  readonly #settings: WorkQueueSettings
  /** By class from {@link OVERDUE} on, each in the order of the turns, the next one at the end. */
  readonly #classes: readonly Place[][] = Array.from({ length: CLASSES }, () => [])
  /** By own class and class, in ascending order, each from the one that waits longest. */
  readonly #ages = Array.from({ length: PRIORITIES.length * CLASSES }, () => new Queue<Place>())
  #size = 0
  #number = 0
  /** Nothing rises before. */
  #nextRise = Infinity

  constructor(settings: WorkQueueSettings) {
    this.#settings = settings
  }

  get size(): number {
    return this.#size
  }

  /** Since when the oldest has waited. */
  get oldest(): number | undefined {
    let oldest: number | undefined
    for (const line of this.#ages) {
      const since = line.oldest?.since
      if (since !== undefined && (oldest === undefined || since < oldest)) oldest = since
    }
    return oldest
  }

  /** Lets work wait, and returns what has no room any more: maybe the same. `now` never goes back. */
  add(work: T, now: number): T | undefined {
    this.#promote(now)
    const own = PRIORITIES.indexOf(work.priority)
    const place: Place = { work, since: now, number: this.#number++, own, class: own, older: undefined, newer: undefined } // prettier-ignore
    work.place = place
    this.#size += 1
    this.#insert(place)
    this.#nextRise = Math.min(this.#nextRise, this.#riseOf(place))
    if (this.#size <= this.#settings.max) return undefined
    const last = this.#last()
    if (last !== undefined) this.remove(last)
    return last
  }

  /** Takes out what has its turn. */
  take(now: number): T | undefined {
    this.#promote(now)
    for (const line of this.#classes) {
      const work = line.at(-1)?.work as T | undefined
      if (work === undefined) continue
      this.remove(work)
      return work
    }
    return undefined
  }

  /** Takes out work that is not wanted any more; whether it waited. */
  remove(work: T): boolean {
    const { place } = work
    if (place === undefined) return false
    work.place = undefined
    this.#size -= 1
    this.#leave(place)
    return true
  }

  *[Symbol.iterator](): Generator<T> {
    for (const line of this.#classes) for (const { work } of line) yield work as T
  }

  #last(): T | undefined {
    return this.#classes.findLast((line) => line.length > 0)?.[0]?.work as T | undefined
  }

  #insert(place: Place): void {
    const line = this.#lineOf(place)
    line.splice(findPlace(line, place, compare), 0, place)
    this.#ages[ageId(place)]?.add(place)
  }

  #leave(place: Place): void {
    const line = this.#lineOf(place)
    line.splice(findPlace(line, place, compare), 1)
    this.#ages[ageId(place)]?.remove(place)
  }

  #lineOf(place: Place): Place[] {
    return this.#classes[place.class - OVERDUE] ?? []
  }

  /** When it reaches the next class; never from the last one. */
  #riseOf(place: Place): number {
    if (place.class === OVERDUE) return Infinity
    return place.since + (place.own - place.class + 1) * this.#settings.ageing
  }

  /**
   * What has waited long enough rises. Of one own class who came first rises first, so that in each line only as many are
   * looked at as rise, and the highest lines come first, so that who rises stands behind who rose before.
   */
  #promote(now: number): void {
    if (now < this.#nextRise) return
    const { ageing } = this.#settings
    let next = Infinity
    for (const line of this.#ages) {
      for (let place = line.oldest; place !== undefined;) {
        const { newer }: Place = place
        const reached = Math.max(OVERDUE, place.own - Math.floor((now - place.since) / ageing))
        const rises = reached !== place.class
        if (rises) {
          this.#leave(place)
          place.class = reached
          this.#insert(place)
        }
        next = Math.min(next, this.#riseOf(place))
        if (!rises) break
        place = newer
      }
    }
    this.#nextRise = next
  }
}

/** Below 0 when `a` has its turn after `b`. */
function compare(a: Place, b: Place): number {
  const byRate = a.class === OVERDUE ? 0 : a.work.rate - b.work.rate
  return byRate || b.since - a.since || b.number - a.number
}

function ageId(place: Place): number {
  return place.own * CLASSES + place.class - OVERDUE
}
