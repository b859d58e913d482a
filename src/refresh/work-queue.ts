import { type Priority, PRIORITIES } from '../manifest/manifest.ts'
import { findPlace } from './find-place.ts'

/** What decides when a piece of work has its turn. */
export type Ranked = {
  readonly priority: Priority
  /** Reads a second of what is worked on. */
  readonly rate: number
}

export type WorkQueueSettings = {
  /** Pieces of work that may wait. */
  readonly max: number
  /** Milliseconds of waiting after which work counts as of the next higher priority; above `critical`, by age alone. */
  readonly ageing: number
}

type Place<T> = {
  readonly work: T
  readonly since: number
  readonly number: number
  /** Its own class, the lowest number first. */
  readonly own: number
  /** The class that it has come to by waiting; that of what has waited longest is -1. */
  class: number
}

const OVERDUE = -1

/**
 * Work that waits for its turn: by priority, then by how often what it is about is read, then by age.
 *
 * Who waits rises: by one class after each `ageing`, and past the highest into one that has its turn first and goes by
 * age alone, so that everything has its turn some day. When there is no room, what would have its turn last is shed.
 */
export class WorkQueue<T extends Ranked> {
  readonly #settings: WorkQueueSettings
  /** By class, each in the order of the turns, the next one at the end. */
  readonly #classes = new Map<number, Place<T>[]>()
  /** By own class and class, in ascending order, each from the one that waits longest. */
  readonly #ages = new Map<string, Set<Place<T>>>()
  readonly #places = new Map<T, Place<T>>()
  #number = 0

  constructor(settings: WorkQueueSettings) {
    this.#settings = settings
    for (let index = OVERDUE; index < PRIORITIES.length; index += 1) this.#classes.set(index, [])
    for (const own of PRIORITIES.keys()) {
      for (let index = OVERDUE; index <= own; index += 1) this.#ages.set(lineId(own, index), new Set())
    }
  }

  get size(): number {
    return this.#places.size
  }

  /** Since when the oldest has waited. */
  get oldest(): number | undefined {
    const firsts = [...this.#ages.values()].flatMap((line) => first(line)?.since ?? [])
    return firsts.length === 0 ? undefined : Math.min(...firsts)
  }

  /** Lets work wait, and returns what has no room any more: maybe the same. `now` never goes back. */
  add(work: T, now: number): T | undefined {
    this.#promote(now)
    const own = PRIORITIES.indexOf(work.priority)
    const place: Place<T> = { work, since: now, number: this.#number++, own, class: own }
    this.#places.set(work, place)
    this.#insert(place)
    if (this.#places.size <= this.#settings.max) return undefined
    const last = this.#last()
    if (last !== undefined) this.remove(last.work)
    return last?.work
  }

  /** Takes out what has its turn. */
  take(now: number): T | undefined {
    this.#promote(now)
    for (const line of this.#classes.values()) {
      const place = line.at(-1)
      if (place === undefined) continue
      this.remove(place.work)
      return place.work
    }
    return undefined
  }

  /** Takes out work that is not wanted any more; whether it waited. */
  remove(work: T): boolean {
    const place = this.#places.get(work)
    if (place === undefined) return false
    this.#places.delete(work)
    this.#leave(place)
    return true
  }

  [Symbol.iterator](): Iterator<T> {
    return this.#places.keys()
  }

  #last(): Place<T> | undefined {
    return [...this.#classes.values()].findLast((line) => line.length > 0)?.[0]
  }

  #insert(place: Place<T>): void {
    const line = this.#classes.get(place.class) ?? []
    line.splice(findPlace(line, place, compare), 0, place)
    this.#ages.get(lineId(place.own, place.class))?.add(place)
  }

  #leave(place: Place<T>): void {
    const line = this.#classes.get(place.class) ?? []
    line.splice(findPlace(line, place, compare), 1)
    this.#ages.get(lineId(place.own, place.class))?.delete(place)
  }

  /**
   * What has waited long enough rises. Of one own class who came first rises first, so that in each line only as many are
   * looked at as rise, and the highest lines come first, so that who rises stands behind who rose before.
   */
  #promote(now: number): void {
    const { ageing } = this.#settings
    for (const line of this.#ages.values()) {
      for (const place of line) {
        const reached = Math.max(OVERDUE, place.own - Math.floor((now - place.since) / ageing))
        if (reached === place.class) break
        this.#leave(place)
        place.class = reached
        this.#insert(place)
      }
    }
  }
}

/** Below 0 when `a` has its turn after `b`. */
function compare<T extends Ranked>(a: Place<T>, b: Place<T>): number {
  const byRate = a.class === OVERDUE ? 0 : a.work.rate - b.work.rate
  return byRate || b.since - a.since || b.number - a.number
}

function lineId(own: number, reached: number): string {
  return `${own} ${reached}`
}

function first<T>(set: Set<T>): T | undefined {
  return set.values().next().value
}
