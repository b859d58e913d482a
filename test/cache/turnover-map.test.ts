import test from 'ava'
import fc from 'fast-check'
import { TurnoverMap } from '../../src/cache/turnover-map.ts'

test('it is a map, however much comes and goes', (t) => {
  const step = fc.record({ key: fc.nat(40), isAdded: fc.boolean() })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 500, size: 'max' }), (steps) => {
      const map = new TurnoverMap<number, number>()
      const model = new Map<number, number>()
      for (const [value, { key, isAdded }] of steps.entries()) {
        if (isAdded) {
          map.set(key, value)
          model.set(key, value)
        } else if (map.delete(key) !== model.delete(key)) return false
        if (map.get(key) !== model.get(key) || map.has(key) !== model.has(key)) return false
      }
      t.deepEqual([...map.values()], [...model.values()])
      return map.size === model.size
    }),
  )
})
