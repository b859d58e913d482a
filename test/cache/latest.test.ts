import test from 'ava'
import fc from 'fast-check'
import type { Flight } from '../../src/cache/flight.ts'
import { Latest } from '../../src/cache/latest.ts'

test('the latest loads are found as in a map, whether they are few or many', (t) => {
  const step = fc.record({ id: fc.nat(14).map((number) => `id${number}`), isAdded: fc.boolean() })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200, size: 'max' }), (steps) => {
      const latest = new Latest<number>()
      const model = new Map<string, Flight<number>>()
      for (const { id, isAdded } of steps) {
        // Only what a load is known by matters here.
        const flight = { id } as Flight<number>
        if (isAdded) {
          latest.set(id, flight)
          model.set(id, flight)
        } else {
          latest.delete(id)
          model.delete(id)
        }
        for (let number = 0; number <= 14; number += 1) {
          if (latest.get(`id${number}`) !== model.get(`id${number}`)) return false
        }
      }
      return true
    }),
  )
  t.pass()
})
