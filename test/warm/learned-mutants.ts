import type { Mutant } from '../refresh/mutants.ts'

const HABITS = ['warm/habits']
const LEARNER = ['warm/learner']

/** Faults of warming by what was learned. */
export const LEARNED_MUTANTS: readonly Mutant[] = [
  { name: 'an hour counts as often as it is told of', file: 'warm/habits', find: 'if (habit.last >= hour.number) continue', replace: '', judges: HABITS }, // prettier-ignore
  { name: 'former weeks count as much as the last one', file: 'warm/habits', find: 'DECAY ** Math.max(0, week - this.#week)', replace: '1 ** (DECAY * (week - this.#week))', judges: HABITS }, // prettier-ignore
  { name: 'a sketch has no bound', file: 'warm/habits', find: 'if (this.#habits.size <= this.#capacity) return', replace: 'if (this.#habits.size >= 0) return', judges: HABITS }, // prettier-ignore
  { name: 'what is asked for in fewer hours stays', file: 'warm/habits', find: 'b.strength - a.strength', replace: 'a.strength - b.strength', judges: HABITS }, // prettier-ignore
  { name: 'the time of a load does not count', file: 'warm/habits', find: 'probability * Math.max(1, took)', replace: 'probability + 0 * took', judges: HABITS }, // prettier-ignore
  { name: 'the hour of the week does not count', file: 'warm/habits', find: 'return ratio(asked.hour, observed.hour, day, TRUST)', replace: 'return day', judges: HABITS }, // prettier-ignore
  { name: 'this hour of other days does not count', file: 'warm/habits', find: 'const day = ratio(asked.day, observed.day, all, TRUST)', replace: 'const day = 0 * all', judges: HABITS }, // prettier-ignore
  { name: 'chances are not corrected', file: 'warm/habits', find: 'this.#calibration.correct(chance, hour.number - habit.last)', replace: 'chance', judges: HABITS }, // prettier-ignore
  { name: 'params of other types are kept', file: 'warm/habits-text', find: 'values.push(canonicalParam(type, given[place], name))', replace: 'values.push(given[place] as never)', judges: HABITS }, // prettier-ignore
  { name: 'what is unlikely is loaded', file: 'warm/learner', find: 'rank(ahead, LEAST)', replace: 'rank(ahead, -1)', judges: LEARNER }, // prettier-ignore
  { name: 'the end of an hour is not for the next one', file: 'warm/learner', find: 'hourOf(time() + AHEAD)', replace: 'hourOf(time() + 0 * AHEAD)', judges: LEARNER }, // prettier-ignore
  { name: 'what this hour asked for is not known to the next', file: 'warm/learner', find: 'if (own.asked.size > 0 && ahead.number > hour.number) habits.learn(hour, own.asked.values())', replace: '', judges: LEARNER }, // prettier-ignore
  { name: 'closing writes nothing', file: 'warm/learner', find: 'writing.then(() => write(hour, 1))', replace: 'writing', judges: LEARNER }, // prettier-ignore
  { name: 'closing waits for the store for ever', file: 'warm/learner', find: 'await Promise.race([writing.then(() => write(hour, 1)), late])', replace: 'await Promise.all([writing.then(() => write(hour, 1)), late])', judges: LEARNER }, // prettier-ignore
  { name: 'it writes once a minute', file: 'warm/learner', find: 'if (now.number === hour.number) return\n', replace: '\n', judges: LEARNER }, // prettier-ignore
  { name: 'what an hour asks for has no bound', file: 'warm/learner', find: 'own.asked.size < own.capacity && ', replace: '', judges: LEARNER }, // prettier-ignore
  { name: 'params of any length are kept', file: 'warm/learner', find: ' && id.length <= LONGEST', replace: '', judges: LEARNER }, // prettier-ignore
  { name: 'a load of the background is a reader', file: 'cache/background', find: 'for (const { entry } of begun) this.#told.set(entry, 0)', replace: 'void begun', judges: LEARNER }, // prettier-ignore
  { name: 'what has left is forgotten', file: 'cache/background', find: 'left(entry: Entry<V>): void {\n    if (this.#settings.asked !== undefined) this.#tell(entry)', replace: 'left(entry: Entry<V>): void {', judges: LEARNER }, // prettier-ignore
  { name: 'a learned set ignores the given params', file: 'warm/param-source', find: 'all.filter((values) => places.every(([place, value]) => values[place] === value))', replace: 'all.slice(0 * places.length)', judges: ['warm/warmer'] }, // prettier-ignore
]
