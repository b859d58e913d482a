import type { App, CacheTypes } from '../app.ts'
import { type WallClock, wallTime } from './wall-clock.ts'

/** What a cache did in one interval. */
export type CachePoint = {
  readonly hits: number
  readonly misses: number
  readonly loads: number
  /** Mean milliseconds of a load, 0 without one. */
  readonly loadTime: number
}

/** One interval of all caches. */
export type Point = {
  readonly at: number
  readonly caches: Readonly<Record<string, CachePoint>>
  /** Changes by the table that they were made to. */
  readonly tables: Readonly<Record<string, number>>
}

type Totals = {
  readonly hits: number
  readonly misses: number
  readonly loads: number
  readonly loadTime: number
}

/** Milliseconds of an interval, and how many are remembered: an hour. */
export const INTERVAL = 5_000
const POINTS = 720

/** Remembers what the caches did over the last hour, as differences of what they count. */
export class History {
  readonly #app: App<CacheTypes>
  readonly #clock: WallClock
  readonly #points: Point[] = []
  readonly #pointed: (point: Point) => void
  #tables: Record<string, number> = {}
  #last: ReadonlyMap<string, Totals>
  #stopTimer: () => void = () => {}

  /** @param pointed told of each point that has come */
  constructor(app: App<CacheTypes>, clock: WallClock, pointed: (point: Point) => void) {
    this.#app = app
    this.#clock = clock
    this.#pointed = pointed
    this.#last = this.#read()
    this.#schedule()
  }

  get points(): readonly Point[] {
    return this.#points
  }

  note(table: string): void {
    this.#tables[table] = (this.#tables[table] ?? 0) + 1
  }

  close(): void {
    this.#stopTimer()
  }

  #schedule(): void {
    this.#stopTimer = this.#clock.after(INTERVAL, () => {
      this.#take()
      this.#schedule()
    })
  }

  #take(): void {
    const totals = this.#read()
    const caches: Record<string, CachePoint> = {}
    for (const [name, now] of totals) {
      const before = this.#last.get(name) ?? { hits: 0, misses: 0, loads: 0, loadTime: 0 }
      const loads = now.loads - before.loads
      const took = now.loadTime - before.loadTime
      caches[name] = {
        hits: now.hits - before.hits,
        misses: now.misses - before.misses,
        loads,
        loadTime: loads > 0 ? took / loads : 0,
      }
    }
    this.#last = totals
    const point = { at: wallTime(this.#clock), caches, tables: this.#tables }
    this.#tables = {}
    this.#points.push(point)
    if (this.#points.length > POINTS) this.#points.shift()
    this.#pointed(point)
  }

  #read(): ReadonlyMap<string, Totals> {
    const { caches } = this.#app.stats()
    return new Map(
      Object.entries(caches).map(([name, { hits, misses, loads, loadTime }]) => [
        name,
        { hits, misses, loads, loadTime },
      ]),
    )
  }
}
