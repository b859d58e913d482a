import type { Adapter } from './adapter.ts'
import { createRandom } from './random.ts'
import type { Fault, Limits, Schedule } from './run.ts'
import { runSchedule } from './simulation.ts'

export type Exploration = {
  /** Every schedule of this many steps is tried; 0 for none. */
  readonly depth?: number
  /** Random schedules. */
  readonly random?: number
  /** Longest random schedule, in steps; 24 unless said. */
  readonly length?: number
  /** Of the random schedules; report it to repeat them. */
  readonly seed?: number
  /** Stops early, without a fault, once this many milliseconds are over. */
  readonly duration?: number
}

export type Finding = {
  /** Schedules that were run. */
  readonly schedules: number
  readonly fault?: Fault
  /** The schedule that failed, made as short as it could be, and what it was run with. */
  readonly schedule?: Schedule
  readonly limits?: Limits
}

/**
 * Looks for a schedule under which the cache does what it must not: first all short ones, then random ones. Stops at
 * the first fault and shortens it.
 */
export async function explore(adapter: Adapter, exploration: Exploration = {}): Promise<Finding> {
  const { depth = 0, random = 1_000, length = 24, seed = 1, duration = Infinity } = exploration
  const end = performance.now() + duration
  let schedules = 0
  let widths: readonly number[] = []
  const attempt = async (schedule: Schedule, limits: Limits): Promise<Finding | undefined> => {
    schedules += 1
    const outcome = await runSchedule(adapter, schedule, limits)
    widths = outcome.widths
    if (outcome.fault === undefined) return undefined
    return { schedules, limits, ...(await shorten(adapter, schedule, limits, outcome.fault)) }
  }
  let schedule: Schedule | undefined = depth > 0 ? Array.from({ length: depth }, () => 0) : undefined
  while (schedule !== undefined) {
    const found = await attempt(schedule, { keys: 1 })
    if (found !== undefined) return found
    if (performance.now() > end) return { schedules }
    schedule = followSchedule(schedule, widths)
  }
  const next = createRandom(seed)
  for (let count = 0; count < random && performance.now() <= end; count += 1) {
    const steps = 1 + Math.floor(next() * length)
    const choices = Array.from({ length: steps }, () => Math.floor(next() * 64))
    const [keys, rough, isFilled] = [1 + Math.floor(next() * 3), next() < 0.6, next() < 0.5]
    const filled = isFilled && adapter.promotes === true && next() < 0.5 ? 'elsewhere' : isFilled
    const limits: Limits = { keys, rough, filled }
    const found = await attempt(choices, limits)
    if (found !== undefined) return found
  }
  return { schedules }
}

/** The next schedule of the same length in a walk through all, by what was possible at each place of this one. */
function followSchedule(schedule: Schedule, widths: readonly number[]): Schedule | undefined {
  for (let place = schedule.length - 1; place >= 0; place -= 1) {
    const choice = (schedule[place] as number) + 1
    if (choice < (widths[place] ?? 0)) {
      return [...schedule.slice(0, place), choice, ...schedule.slice(place + 1).map(() => 0)]
    }
  }
  return undefined
}

/** Leaves out steps as long as a fault of the same kind remains. */
async function shorten(
  adapter: Adapter,
  schedule: Schedule,
  limits: Limits,
  fault: Fault,
): Promise<{ readonly schedule: Schedule; readonly fault: Fault }> {
  let best = { schedule, fault }
  for (let place = schedule.length - 1; place >= 0; place -= 1) {
    const shorter = best.schedule.filter((_, index) => index !== place)
    const { fault: found } = await runSchedule(adapter, shorter, limits)
    if (found?.kind === fault.kind) best = { schedule: shorter, fault: found }
  }
  return best
}
