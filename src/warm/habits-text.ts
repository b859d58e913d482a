import { type ParamDeclaration } from '../cache/identity.ts'
import { canonicalParam, type ParamValue } from '../key/param.ts'
import type { Habit, HabitsData } from './habits.ts'
import { HOURS_OF_WEEK } from './hour.ts'

const VERSION = 1

/** Numbers of the text are hundredths. */
const SCALE = 100

type Pairs = readonly number[]

/** What a sketch knows as JSON, a line for each habit: counts as hour, hundredths, hour, hundredths, and so on. */
export function writeHabits({ week, hour, observed, calibration, habits }: HabitsData): string {
  const head = {
    version: VERSION,
    week,
    hour,
    observed: toPairs(observed),
    calibration: calibration.map(round),
  }
  const lines = habits.map(({ values, took, last, weeks }) => [values, round(took), last, toPairs(weeks)])
  return [head, ...lines].map((line) => JSON.stringify(line)).join('\n')
}

/** `undefined` for what is no sketch of this version. A habit whose params are not those of the cache any more is left out. */
export function readHabits(text: string, params: readonly ParamDeclaration[]): HabitsData | undefined {
  const [first = '', ...lines] = text.split('\n')
  const head = parse(first) as { [Name in keyof HabitsData]?: unknown } & { version?: unknown } | undefined // prettier-ignore
  if (head?.version !== VERSION) return undefined
  const { week, hour, observed, calibration } = head
  if (typeof week !== 'number' || typeof hour !== 'number' || !isNumbers(observed) || !isNumbers(calibration))
    return undefined
  const habits = lines.flatMap((line) => readHabit(parse(line), params) ?? [])
  return { week, hour, observed: fromPairs(observed), calibration, habits }
}

function readHabit(line: unknown, params: readonly ParamDeclaration[]): Habit | undefined {
  if (!Array.isArray(line)) return undefined
  const [given, took, last, weeks] = line as unknown[]
  if (!Array.isArray(given) || typeof took !== 'number' || typeof last !== 'number') return undefined
  if (!isNumbers(weeks) || given.length !== params.length) return undefined
  const values: ParamValue[] = []
  for (const [place, { name, type }] of params.entries()) {
    try {
      values.push(canonicalParam(type, given[place], name))
    } catch {
      return undefined
    }
  }
  return { values, took, last, weeks: new Map(fromPairs(weeks)) }
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

function isNumbers(value: unknown): value is Pairs {
  return Array.isArray(value) && value.every((one) => typeof one === 'number' && Number.isFinite(one))
}

function toPairs(counts: Iterable<readonly [number, number]>): Pairs {
  return [...counts].flatMap(([slot, count]) => [slot, Math.round(count * SCALE)])
}

function fromPairs(pairs: Pairs): readonly (readonly [number, number])[] {
  const counts: [number, number][] = []
  for (let place = 0; place + 1 < pairs.length; place += 2) {
    const slot = pairs[place] ?? 0
    if (slot >= 0 && slot < HOURS_OF_WEEK) counts.push([slot, (pairs[place + 1] ?? 0) / SCALE])
  }
  return counts
}

function round(value: number): number {
  return Math.round(value * SCALE) / SCALE
}
