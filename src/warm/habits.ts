import { joinValues } from '../cache/identity.ts'
import type { ParamValue } from '../key/param.ts'
import { Calibration } from './calibration.ts'
import type { Hour } from './hour.ts'

/** What is left of a count after a week: what people did a month ago still counts a third. */
const DECAY = 0.75

/** Weight of what is known by day, and in all, while little is known of the hour itself. */
const TRUST = 1

/** Below it a count is forgotten. */
const NEGLIGIBLE = 0.05

/** Share of a new load time in what is remembered. */
const NEW_TIME = 0.3

/** An entry that is asked for, again and again at some hours. */
export type Habit = {
  readonly values: readonly ParamValue[]
  /** Milliseconds that a load takes. */
  took: number
  /** The last hour in which it was asked for. */
  last: number
  /** By hour of week: in how many weeks it was asked for then, older ones counting less. */
  readonly weeks: Map<number, number>
}

/** An entry that will be asked for, with what it saves to have it by then. */
export type Expected = {
  readonly values: readonly ParamValue[]
  /** From 0 to 1. */
  readonly probability: number
  /** Milliseconds that a load takes. */
  readonly took: number
}

/** What a sketch knows, as plain data. */
export type HabitsData = {
  readonly week: number
  readonly hour: number
  readonly observed: readonly (readonly [number, number])[]
  readonly calibration: readonly number[]
  readonly habits: readonly Habit[]
}

/**
 * What entries of one cache are asked for at which hour of the week: a sketch of at most `capacity` entries, those that are
 * asked for in the most hours. An entry counts once an hour, since to have it loaded saves one load.
 *
 * The chance that an entry is asked for in an hour is how often it was in this hour of former weeks, backed by this hour of
 * other days, and by all hours, while there are few; corrected by how often such a chance has come true, which depends on how
 * long ago the entry was last asked for.
 */
export class Habits {
  readonly #capacity: number
  readonly #habits = new Map<string, Habit>()
  readonly #observed = new Map<number, number>()
  readonly #calibration: Calibration
  #week: number
  /** The last hour that was learned from. */
  #hour: number

  constructor(capacity: number, data?: HabitsData) {
    this.#capacity = capacity
    this.#week = data?.week ?? -1
    this.#hour = data?.hour ?? -1
    this.#calibration = new Calibration(data?.calibration)
    for (const [slot, weeks] of data?.observed ?? []) this.#observed.set(slot, weeks)
    for (const habit of data?.habits ?? []) this.#habits.set(joinValues(habit.values), habit)
  }

  get size(): number {
    return this.#habits.size
  }

  /** Learns what was asked for in an hour; what another instance has told of it already counts once. */
  learn(
    hour: Hour,
    asked: Iterable<{ readonly values: readonly ParamValue[]; readonly took: number }>,
  ): void {
    this.#advance(hour.week)
    const isNew = hour.number > this.#hour
    const chanceOf = this.#chances(hour)
    if (isNew) {
      this.#calibration.fade()
      for (const habit of this.#habits.values()) this.#calibration.expect(chanceOf(habit), hour.number - habit.last) // prettier-ignore
    }
    for (const { values, took } of asked) {
      const id = joinValues(values)
      const habit = this.#habits.get(id)
      if (habit === undefined) {
        this.#habits.set(id, { values, took, last: hour.number, weeks: new Map([[hour.slot, 1]]) })
        continue
      }
      habit.took += NEW_TIME * (took - habit.took)
      if (habit.last >= hour.number) continue
      if (hour.number >= this.#hour) this.#calibration.meet(chanceOf(habit), hour.number - habit.last) // prettier-ignore
      habit.weeks.set(hour.slot, (habit.weeks.get(hour.slot) ?? 0) + 1)
      habit.last = hour.number
    }
    if (isNew) {
      this.#observed.set(hour.slot, (this.#observed.get(hour.slot) ?? 0) + 1)
      this.#hour = hour.number
    }
    this.#bound()
  }

  /** Most is saved by the first. @param least chances below it are left out */
  rank(hour: Hour, least: number): readonly Expected[] {
    this.#advance(hour.week)
    const found: Expected[] = []
    const chanceOf = this.#chances(hour)
    for (const habit of this.#habits.values()) {
      const { values, took } = habit
      const chance = chanceOf(habit)
      const probability = this.#calibration.correct(chance, hour.number - habit.last)
      if (probability >= least) found.push({ values, took, probability })
    }
    const saves = ({ probability, took }: Expected): number => probability * Math.max(1, took)
    return found.sort((a, b) => saves(b) - saves(a))
  }

  data(): HabitsData {
    return {
      week: this.#week,
      hour: this.#hour,
      observed: [...this.#observed],
      calibration: this.#calibration.data(),
      habits: [...this.#habits.values()],
    }
  }

  /** How likely entries are asked for in an hour: by hour of week, backed by hour of day, backed by all hours. */
  #chances({ slot }: Hour): (habit: Habit) => number {
    const observed = count(this.#observed, slot)
    return ({ weeks }) => {
      const asked = count(weeks, slot)
      const all = ratio(asked.all, observed.all, 0, 0)
      const day = ratio(asked.day, observed.day, all, TRUST)
      return ratio(asked.hour, observed.hour, day, TRUST)
    }
  }

  /** Counts of former weeks fade. */
  #advance(week: number): void {
    const factor = this.#week < 0 ? 1 : DECAY ** Math.max(0, week - this.#week)
    this.#week = Math.max(this.#week, week)
    if (factor === 1) return
    fade(this.#observed, factor)
    for (const [id, { weeks }] of this.#habits) {
      fade(weeks, factor)
      if (weeks.size === 0) this.#habits.delete(id)
    }
  }

  #bound(): void {
    if (this.#habits.size <= this.#capacity) return
    const strengths = [...this.#habits].map(([id, { weeks, last }]) => ({ id, strength: sum(weeks), last }))
    strengths.sort((a, b) => b.strength - a.strength || b.last - a.last)
    for (const { id } of strengths.slice(this.#capacity)) this.#habits.delete(id)
  }
}

function fade(counts: Map<number, number>, factor: number): void {
  for (const [slot, count] of counts) {
    if (count * factor < NEGLIGIBLE) counts.delete(slot)
    else counts.set(slot, count * factor)
  }
}

function ratio(part: number, of: number, fallback: number, trust: number): number {
  return of + trust === 0 ? 0 : Math.min(1, (part + trust * fallback) / (of + trust))
}

/** In this hour of the week, in this hour of any day, and in all hours. */
function count(counts: ReadonlyMap<number, number>, slot: number) {
  let day = 0
  let all = 0
  for (const [other, value] of counts) {
    all += value
    if (other % 24 === slot % 24) day += value
  }
  return { hour: counts.get(slot) ?? 0, day, all }
}

function sum(counts: ReadonlyMap<number, number>): number {
  let total = 0
  for (const value of counts.values()) total += value
  return total
}
