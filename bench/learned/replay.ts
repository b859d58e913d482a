import { Habits } from '../../src/warm/habits.ts'
import { type Hour, HOURS_OF_WEEK } from '../../src/warm/hour.ts'
import { DAY, HOUR, MINUTE, type Read, START, type Trace, WEEK } from './trace.ts'

export const POLICIES = ['none', 'static', 'learned'] as const
export type Policy = (typeof POLICIES)[number]

/** Entries of one warming run. */
export const LIMIT = 100
/** Milliseconds. */
export const TTL = 30 * MINUTE
/** Loads side by side in the background. */
const CONCURRENCY = 3
/** Minutes of each hour at which sets are run. */
const SCHEDULE = [15, 45]
/** After which a set is not run any more. */
const REFRESH = 0.8
const LEAST = 0.05

/** Reads of a stretch of time. */
export class Tally {
  reads = 0
  hits = 0
  /** Milliseconds that readers waited for loads. */
  waited = 0
}

export type Outcome = {
  /** The first ten minutes after a restart. */
  readonly restart: Tally
  /** 7:30 to 9:30 on working days. */
  readonly morning: Tally
  readonly all: Tally
  /** Loads that no reader waited for, and how many of them nobody has used. */
  readonly warmed: number
  readonly unused: number
  readonly loads: number
}

/** Hours of the week at which the process is started anew, with nothing in memory. */
const RESTARTS = [24 + 8.75, 48 + 10.5, 72 + 14, 96 + 20, 120 + 9.25, 144 + 11]

type Held = { until: number; due: number; from: number; isWarm: boolean; isUsed: boolean }

/** Replays a trace with an empty cache: learns in all weeks but the last, and counts in that. */
export function replay({ reads, took }: Trace, policy: Policy, weeks: number): Outcome {
  const last = START + (weeks - 1) * WEEK
  const habits = new Habits(4 * LIMIT)
  const seen = new Map<number, number>()
  let cache = new Map<number, Held>()
  let hour = hourOf(reads[0]?.time ?? START)
  let ends = START + HOUR * (hour.number + 1)
  let asked = new Map<number, { values: readonly [number]; took: number }>()
  const restart = new Tally()
  const morning = new Tally()
  const all = new Tally()
  let loads = 0
  let warmed = 0
  let unused = 0

  const leave = (held: Held | undefined): void => {
    if (held?.isWarm === true && !held.isUsed) unused += 1
  }
  const choose = (now: number): readonly number[] => {
    if (policy === 'learned') {
      const ahead = hourOf(now + 20 * MINUTE)
      return habits.rank(ahead, LEAST).slice(0, LIMIT).map(({ values }) => Number(values[0])) // prettier-ignore
    }
    // As in ORDER BY last_seen_at DESC.
    return [...seen].sort((a, b) => b[1] - a[1]).slice(0, LIMIT).map(([user]) => user) // prettier-ignore
  }
  const warm = (now: number): void => {
    if (policy === 'none') return
    const free = Array.from({ length: CONCURRENCY }, () => now)
    for (const user of choose(now)) {
      const held = cache.get(user)
      if (held !== undefined && held.due > now) continue
      leave(held)
      const lane = free.indexOf(Math.min(...free))
      const from = (free[lane] ?? now) + (took[user] ?? 0)
      free[lane] = from
      cache.set(user, { from, until: from + TTL, due: from + TTL * REFRESH, isWarm: true, isUsed: false })
      warmed += 1
      loads += 1
    }
  }
  const learn = (now: number): void => {
    habits.learn(hour, asked.values())
    asked = new Map()
    hour = hourOf(now)
    ends = START + HOUR * (hour.number + 1)
  }
  const events = listEvents(last)
  let nextEvent = 0

  const step = ({ time, user }: Read): void => {
    while (nextEvent < events.length && (events[nextEvent]?.time ?? Infinity) <= time) {
      const event = events[nextEvent]
      nextEvent += 1
      if (event === undefined) continue
      if (event.time >= ends) learn(event.time)
      if (event.kind === 'restart') {
        // What was learned of this hour is written when the process ends.
        habits.learn(hour, asked.values())
        for (const held of cache.values()) leave(held)
        cache = new Map()
      }
      warm(event.time)
    }
    if (time >= ends) learn(time)
    asked.set(user, { values: [user], took: took[user] ?? 0 })
    seen.set(user, time)
    if (time < last) return
    const held = cache.get(user)
    const isHit = held !== undefined && held.from <= time && time < held.until
    const tallies = [all, ...(isMorning(time) ? [morning] : []), ...(isAfterRestart(time, last) ? [restart] : [])] // prettier-ignore
    for (const tally of tallies) {
      tally.reads += 1
      if (isHit) tally.hits += 1
      else tally.waited += took[user] ?? 0
    }
    if (isHit) {
      held.isUsed = true
      if (time < held.due) return
    } else leave(held)
    // A miss, or a reload ahead of the expiry.
    loads += 1
    cache.set(user, { from: time, until: time + TTL, due: time + TTL * REFRESH, isWarm: false, isUsed: true })
  }
  for (const read of reads) step(read)
  for (const held of cache.values()) leave(held)
  return { restart, morning, all, warmed, unused, loads }
}

/** Restarts and scheduled runs of the week that begins at `last`, in their order. */
function listEvents(last: number): readonly { readonly time: number; readonly kind: 'restart' | 'run' }[] {
  const restarts = RESTARTS.map((hours) => ({ time: last + hours * HOUR, kind: 'restart' as const }))
  const runs = Array.from({ length: 168 }, (_, hours) =>
    SCHEDULE.map((minute) => ({ time: last + hours * HOUR + minute * MINUTE, kind: 'run' as const })),
  )
  return [...restarts, ...runs.flat()].sort((a, b) => a.time - b.time)
}

/** Counted from the beginning of the trace, so that the zone of the process plays no part. */
function hourOf(time: number): Hour {
  const number = Math.floor((time - START) / HOUR)
  return { number, week: Math.floor(number / HOURS_OF_WEEK), slot: number % HOURS_OF_WEEK }
}

function isMorning(time: number): boolean {
  const day = Math.floor((time - START) / DAY) % 7
  const minutes = ((time - START) % DAY) / MINUTE
  return day >= 1 && day <= 5 && minutes >= 450 && minutes < 570
}

function isAfterRestart(time: number, last: number): boolean {
  return RESTARTS.some((hours) => time >= last + hours * HOUR && time < last + hours * HOUR + 10 * MINUTE)
}
