/** One read: when, in milliseconds since 1970, and by whom. */
export type Read = { readonly time: number; readonly user: number }

export type Trace = {
  readonly reads: readonly Read[]
  /** Milliseconds that a load of a user's entry takes. */
  readonly took: readonly number[]
}

export const MINUTE = 60_000
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR
export const WEEK = 7 * DAY

/** A Sunday, 0:00. */
export const START = Date.UTC(2026, 0, 4)

/** Numbers from 0 to 1 that are the same in every run: mulberry32. */
export function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** When someone works, as hours of the week, and how long a load of what they see takes. */
type Person = { readonly shifts: readonly (readonly [from: number, to: number])[]; readonly took: number; readonly pause: number } // prettier-ignore

/** Share of the people, and what they are like. */
const KINDS: readonly (readonly [number, (random: () => number) => Person])[] = [
  // Office hours, each with a beginning of their own.
  [0.5, (random) => week([1, 2, 3, 4, 5], 7 + 3 * random(), 7 + 2 * random(), 40 + 80 * random(), 12)],
  // Two or three days a week.
  [0.18, (random) => week(pick([1, 2, 3, 4, 5], 2 + (random() < 0.5 ? 1 : 0), random), 8 + 2 * random(), 5, 40 + 80 * random(), 12)], // prettier-ignore
  // Nights.
  [0.1, (random) => week([0, 1, 2, 3, 4], 22, 8, 40 + 80 * random(), 15)],
  // A heavy report, once a week at a fixed hour.
  [0.1, (random) => week(pick([1, 2, 3, 4, 5], 1, random), 8 + Math.floor(10 * random()), 0.5, 600 + 800 * random(), 5)], // prettier-ignore
  // Weekends.
  [0.05, (random) => week([0, 6], 9 + 5 * random(), 4, 40 + 80 * random(), 12)],
]

/** The others come when they like. */
const casual = (random: () => number): Person => {
  const shifts = Array.from({ length: 3 }, () => {
    const from = 168 * random()
    return [from, from + 0.7] as const
  })
  return { shifts, took: 40 + 80 * random(), pause: 8 }
}

function week(days: readonly number[], from: number, hours: number, took: number, pause: number): Person {
  return { shifts: days.map((day) => [day * 24 + from, day * 24 + from + hours] as const), took, pause }
}

function pick(days: readonly number[], count: number, random: () => number): readonly number[] {
  return [...days].map((day) => ({ day, key: random() })).sort((a, b) => a.key - b.key).slice(0, count).map(({ day }) => day) // prettier-ignore
}

function createPerson(random: () => number): Person {
  let left = random()
  for (const [share, create] of KINDS) {
    if (left < share) return create(random)
    left -= share
  }
  return casual(random)
}

/**
 * What people of several kinds read in some weeks: each shift begins up to a quarter of an hour sooner or later, one of twelve
 * is missed, one of fifteen people is away for a whole week, and each week some leave and others take their place.
 */
export function createTrace(people: number, weeks: number, seed: number): Trace {
  const random = createRandom(seed)
  const reads: Read[] = []
  const took: number[] = []
  const current = Array.from({ length: people }, () => ({ user: -1, person: createPerson(random) }))
  for (let number = 0; number < weeks; number += 1) {
    const begin = START + number * WEEK
    for (const place of current) {
      if (place.user < 0 || random() < 0.02) {
        if (place.user >= 0) place.person = createPerson(random)
        place.user = took.push(place.person.took) - 1
      }
      if (random() < 1 / 15) continue
      const { user, person } = place
      for (const [from, to] of person.shifts) {
        if (random() < 1 / 12) continue
        const end = begin + to * HOUR
        const first = begin + from * HOUR + (random() - 0.5) * 30 * MINUTE
        for (let time = first; time < end; time += (0.2 + 1.6 * random()) * person.pause * MINUTE) reads.push({ time, user }) // prettier-ignore
      }
    }
  }
  return { reads: reads.sort((a, b) => a.time - b.time), took }
}
