import test from 'ava'
import fc from 'fast-check'
import { Habits } from '../../src/warm/habits.ts'
import { readHabits, writeHabits } from '../../src/warm/habits-text.ts'
import { type Hour, hourOf, HOURS_OF_WEEK } from '../../src/warm/hour.ts'

const SEED = Number(process.env['STALEMATE_SEED'] ?? 1)
const PARAMS = [{ name: 'id', type: 'text' }] as const

const hourAt = (week: number, slot: number): Hour => ({ number: week * HOURS_OF_WEEK + slot, week, slot })
const asked = (...ids: readonly string[]) => ids.map((id) => ({ values: [id], took: 10 }))

/** Hours of some weeks, in each of which those are asked for that `who` names. */
function learnWeeks(
  habits: Habits,
  weeks: number,
  who: (slot: number, week: number) => readonly string[],
): void {
  for (let week = 0; week < weeks; week += 1) {
    for (let slot = 0; slot < HOURS_OF_WEEK; slot += 1) habits.learn(hourAt(week, slot), asked(...who(slot, week))) // prettier-ignore
  }
}

const ranked = (habits: Habits, hour: Hour, least = 0.05) =>
  habits.rank(hour, least).map(({ values }) => values[0])

test('what was asked for at this hour of former weeks is expected at this hour, and at no other', (t) => {
  const habits = new Habits(100)
  learnWeeks(habits, 3, (slot) => (slot === 33 ? ['monday at nine'] : slot % 24 === 22 ? ['each night'] : []))
  t.deepEqual(ranked(habits, hourAt(3, 33)), ['monday at nine'])
  t.deepEqual(ranked(habits, hourAt(3, 34)), [])
  t.deepEqual(ranked(habits, hourAt(3, 46)), ['each night'])
})

test('after one day, the same hour of the next day is expected', (t) => {
  const habits = new Habits(100)
  for (let slot = 24; slot < 48; slot += 1)
    habits.learn(hourAt(0, slot), asked(...(slot === 33 ? ['a'] : [])))
  for (let slot = 48; slot < 57; slot += 1) habits.learn(hourAt(0, slot), [])
  t.deepEqual(ranked(habits, hourAt(0, 57), 0.1), ['a'])
})

test('what saves most comes first: the chance, times the time of a load', (t) => {
  const habits = new Habits(100)
  for (let week = 0; week < 6; week += 1) {
    const often = [{ values: ['often'], took: 10 }, { values: ['often and slow'], took: 100 }] // prettier-ignore
    const seldom = week % 3 === 0 ? [{ values: ['seldom and very slow'], took: 5_000 }] : []
    for (let slot = 0; slot < HOURS_OF_WEEK; slot += 1) habits.learn(hourAt(week, slot), slot === 33 ? [...often, ...seldom] : []) // prettier-ignore
  }
  t.deepEqual(ranked(habits, hourAt(6, 33)), ['seldom and very slow', 'often and slow', 'often'])
})

test('an hour counts once for an entry, whoever tells of it, and however often', (t) => {
  const once = new Habits(100)
  const often = new Habits(100)
  learnWeeks(once, 2, (slot) => (slot === 33 ? ['a', 'b'] : []))
  for (let week = 0; week < 2; week += 1) {
    for (let slot = 0; slot < HOURS_OF_WEEK; slot += 1) {
      for (const ids of slot === 33 ? [['a'], ['a', 'b'], ['b']] : [[], []]) often.learn(hourAt(week, slot), asked(...ids)) // prettier-ignore
    }
  }
  t.deepEqual(often.data(), once.data())
})

test('what is asked for no more is forgotten, and no more is kept than there is room for', (t) => {
  const habits = new Habits(10)
  learnWeeks(habits, 2, (slot) => (slot === 33 ? ['old'] : []))
  learnWeeks(habits, 1, () => [])
  for (let week = 2; week < 20; week += 1) habits.learn(hourAt(week, 40), asked('new'))
  t.deepEqual(habits.data().habits.map(({ values }) => values[0]), ['new']) // prettier-ignore
  habits.learn(hourAt(20, 41), asked(...Array.from({ length: 1_000 }, (_, number) => `n${number}`)))
  t.is(habits.size, 10)
  t.true(
    habits.data().habits.some(({ values }) => values[0] === 'new'),
    'what is asked for in most hours stays',
  )
})

test('an hour of which nothing is known is backed by this hour of other days, more than by all hours', (t) => {
  const habits = new Habits(100)
  for (let slot = 24; slot < 72; slot += 1)
    habits.learn(
      hourAt(0, slot),
      asked(...(slot % 24 === 9 ? ['at nine'] : slot % 24 === 15 ? ['at three'] : [])),
    )
  const chances = new Map(
    habits.rank(hourAt(0, 72 + 9), 0).map(({ values, probability }) => [values[0], probability]),
  )
  t.true((chances.get('at nine') ?? 0) > 2 * (chances.get('at three') ?? 1))
})

test('a chance is worth what such chances were worth: who was there an hour ago comes before who was not', (t) => {
  const habits = new Habits(100)
  // Each has every hour the same chance, and stays for a day once there.
  for (let day = 0; day < 28; day += 1) {
    const here = `p${day % 4}`
    for (let hour = 0; hour < 24; hour += 1) habits.learn(hourAt(Math.floor(day / 7), (day % 7) * 24 + hour), asked(here)) // prettier-ignore
  }
  for (let hour = 0; hour < 5; hour += 1) habits.learn(hourAt(4, hour), asked('p0'))
  const [first, second] = habits.rank(hourAt(4, 5), 0)
  t.is(first?.values[0], 'p0')
  t.true((first?.probability ?? 0) > 0.5, `${first?.probability}`)
  t.true((second?.probability ?? 1) < 0.1, `${second?.probability}`)
})

test('an entry takes two kilobytes at most, though it is asked for in every hour', (t) => {
  const habits = new Habits(10)
  const long = 'x'.repeat(200)
  learnWeeks(habits, 12, () => [long])
  const [, line = ''] = writeHabits(habits.data()).split('\n')
  t.true(line.length > 1_000 && line.length <= 2_000, `${line.length}`)
})

test(`a sketch that was written is read as it was, whatever was learned (seed ${SEED})`, (t) => {
  const learned = fc.array(fc.tuple(fc.nat(400), fc.array(fc.string({ unit: 'binary', maxLength: 5 }), { maxLength: 5 })), { maxLength: 30 }) // prettier-ignore
  fc.assert(
    fc.property(learned, (hours) => {
      const habits = new Habits(20)
      for (const [number, ids] of hours) {
        const hour = { number, week: Math.floor(number / HOURS_OF_WEEK), slot: number % HOURS_OF_WEEK }
        habits.learn(hour, asked(...ids.filter((id) => !/\0|\p{Surrogate}/u.test(id))))
      }
      const text = writeHabits(habits.data())
      const read = readHabits(text, PARAMS)
      if (read === undefined) throw new Error(`not read: ${text}`)
      t.is(writeHabits(read), text)
      t.is(writeHabits(new Habits(20, read).data()), text)
    }),
    { seed: SEED, numRuns: 50 },
  )
})

test('what is no sketch, or is of other params, gives nothing', (t) => {
  for (const text of ['', 'x', '{}', '{"version":2}', '{"version":1,"week":1,"hour":1,"observed":[1,"x"],"calibration":[]}']) t.is(readHabits(text, PARAMS), undefined) // prettier-ignore
  const habits = new Habits(10)
  habits.learn(hourAt(0, 1), asked('a'))
  const text = writeHabits(habits.data())
  t.is(readHabits(text, PARAMS)?.habits.length, 1)
  t.is(readHabits(text, [{ name: 'id', type: 'int' }])?.habits.length, 0)
  t.is(readHabits(text, [...PARAMS, { name: 'day', type: 'date' }])?.habits.length, 0)
  t.is(readHabits(`${text}\nbroken\n[1]\n[["b"],1,2,["x"]]`, PARAMS)?.habits.length, 1)
})

test('an hour is that of the week in the zone of the process', (t) => {
  const time = new Date(2026, 2, 4, 15, 59).getTime()
  t.is(hourOf(time).slot, 3 * 24 + 15)
  t.is(hourOf(time + 60_000).number, hourOf(time).number + 1)
})
