import type { Cache } from '../cache/cache.ts'
import type { CacheSettings } from '../cache/settings.ts'
import type { Asked } from '../cache/sight.ts'
import { joinValues, type ParamDeclaration } from '../cache/identity.ts'
import type { ParamValue } from '../key/param.ts'
import type { Clock } from '../options.ts'
import type { HabitStore } from './habit-store.ts'
import { Habits } from './habits.ts'
import { readHabits, writeHabits } from './habits-text.ts'
import { type Hour, hourOf } from './hour.ts'

/** A cache of whose reads is learned. */
export type LearnedCache = {
  readonly name: string
  readonly params: readonly ParamDeclaration[]
  /** Entries that a run loads at most. */
  readonly limit: number
}

export type LearnerSettings = {
  readonly caches: readonly LearnedCache[]
  readonly store: HabitStore
  readonly clock: Clock
  /** Milliseconds since 1970. */
  readonly time: () => number
  readonly failed: (error: unknown) => void
}

/** Learns what is asked for at which hour of the week. */
export type Learner = {
  /** What a cache must be made with to be added. */
  readonly hooks: (name: string) => Pick<CacheSettings<unknown>, 'asked'>
  readonly add: (cache: Cache<unknown>) => void
  readonly start: () => void
  /** What will be asked for in the next hour, what saves most first. */
  readonly expect: (cache: string, signal: AbortSignal) => Promise<readonly (readonly ParamValue[])[]>
  /** Writes what was learned; for a second or two at most. */
  readonly close: () => Promise<void>
}

/** Milliseconds between two looks at which held entries were read. */
const LOOK = 60_000
/** A run in the last third of an hour is for the next one. */
const AHEAD = 20 * 60_000
/** Chances below it are not worth a load. */
const LEAST = 0.05
/** Entries that are remembered, for each that a run loads. */
const SPARE = 4
const MOST_REMEMBERED = 5_000
/** Characters of the params of an entry. */
const LONGEST = 200
/** Milliseconds for the last writing. */
const FAREWELL = 2_000

type Learned = LearnedCache & {
  readonly capacity: number
  cache: Cache<unknown> | undefined
  /** What was asked for in this hour. */
  asked: Map<string, Asked>
}

export function createLearner({ caches, store, clock, time, failed }: LearnerSettings): Learner {
  const learned = new Map<string, Learned>()
  for (const one of caches) {
    const capacity = Math.min(MOST_REMEMBERED, SPARE * one.limit)
    learned.set(one.name, { ...one, capacity, cache: undefined, asked: new Map() })
  }
  const ended = new AbortController()
  let hour = hourOf(time())
  let stopTimer = (): void => {}
  let writing: Promise<unknown> = Promise.resolve()

  const restore = ({ capacity, params }: Learned, text: string | undefined): Habits =>
    new Habits(capacity, text === undefined ? undefined : readHabits(text, params))

  /** Tells the store of an hour in which at least so many entries were asked for; what is asked for is noted anew. */
  const write = async (of: Hour, least = 0): Promise<void> => {
    for (const [name, own] of learned) {
      const asked = [...own.asked.values()]
      if (asked.length < least) continue
      own.asked = new Map()
      const change = (text: string | undefined): string => {
        const habits = restore(own, text)
        habits.learn(of, asked)
        return writeHabits(habits.data())
      }
      await store.update(name, change, ended.signal).catch((error: unknown) => {
        if (!ended.signal.aborted) failed(error)
      })
    }
  }

  const look = (): void => {
    for (const { cache, capacity } of learned.values()) cache?.background.tell(capacity)
    const now = hourOf(time())
    if (now.number === hour.number) return
    const before = hour
    hour = now
    writing = write(before)
  }

  const keepLooking = (): void => {
    stopTimer = clock.after(LOOK, () => {
      keepLooking()
      look()
    })
  }

  return {
    hooks(name) {
      const own = learned.get(name)
      if (own === undefined) return {}
      const asked = (entry: Asked): void => {
        const id = joinValues(entry.values)
        // Bounded; what is asked for most comes early in an hour.
        if (own.asked.size < own.capacity && id.length <= LONGEST) own.asked.set(id, entry)
      }
      return { asked }
    },
    add(cache) {
      const own = learned.get(cache.name)
      if (own !== undefined) own.cache = cache
    },
    start: keepLooking,
    async expect(name, signal) {
      const own = learned.get(name)
      if (own === undefined) return []
      const habits = restore(own, await store.read(name, signal))
      const ahead = hourOf(time() + AHEAD)
      if (own.asked.size > 0 && ahead.number > hour.number) habits.learn(hour, own.asked.values())
      return habits.rank(ahead, LEAST).map(({ values }) => values)
    },
    async close() {
      stopTimer()
      for (const { cache, capacity } of learned.values()) cache?.background.tell(capacity)
      const late = new Promise<void>((resolve) => {
        stopTimer = clock.after(FAREWELL, resolve)
      })
      await Promise.race([writing.then(() => write(hour, 1)), late])
      stopTimer()
      ended.abort()
    },
  }
}
