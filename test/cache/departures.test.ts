import test from 'ava'
import { Departures } from '../../src/cache/departures.ts'
import { CALL } from '../../src/cache/why.ts'

test('the last thousand departures are remembered, asked for or not', (t) => {
  const departures = new Departures()
  for (let number = 0; number < 1_500; number += 1) departures.note(number, 'capacity', number, undefined)
  t.is(departures.find(499), undefined)
  t.like(departures.find(500), { cause: 'capacity', at: 500 })
  t.like(departures.find(1_499), { cause: 'capacity', at: 1_499 })
  for (let number = 1_500; number < 2_000; number += 1) departures.note(number, 'expired', number, undefined)
  t.is(departures.find(999), undefined)
  t.like(departures.find(1_000), { cause: 'capacity' })
  t.like(departures.find(1_999), { cause: 'expired' })
})

test('of several departures of the same params the last is told', (t) => {
  const departures = new Departures()
  for (let number = 0; number < 999; number += 1) departures.note(number, 'capacity', number, undefined)
  departures.note('a', 'expired', 1_000, undefined)
  departures.note('b', 'capacity', 1_001, undefined)
  departures.note('a', 'invalidated', 1_002, CALL)
  t.like(departures.find('a'), { cause: 'invalidated', at: 1_002, why: CALL })
  departures.note('a', 'replaced', 1_003, undefined)
  t.like(departures.find('a'), { cause: 'replaced', at: 1_003 })
})

test('after everything left at once, that is told of all params until they leave by themselves', (t) => {
  const departures = new Departures()
  departures.note('a', 'expired', 1, undefined)
  departures.note('b', 'expired', 1, undefined)
  departures.find('b')
  departures.noteAll({ cause: 'invalidated', at: 2, why: CALL })
  t.like(departures.find('a'), { cause: 'invalidated', at: 2 })
  t.like(departures.find('b'), { cause: 'invalidated', at: 2 })
  departures.note('a', 'capacity', 3, undefined)
  t.like(departures.find('a'), { cause: 'capacity', at: 3 })
})
