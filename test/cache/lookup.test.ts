import test, { type ExecutionContext } from 'ava'
import fc from 'fast-check'
import { Entry } from '../../src/cache/entry.ts'
import { createLookup } from '../../src/cache/lookup.ts'
import { Order } from '../../src/cache/order.ts'

const NAMES = ['a', 'b', 'c'] as const

/** Many entries share the first param, so that chains become maps and maps become empty. */
const agrees = test.macro({
  title: (_, count: number) => `entries of ${count} params are found by their params and by no others`,
  exec(t: ExecutionContext, count: number) {
    const names = NAMES.slice(0, count)
    const values = fc.tuple(...names.map((_, place) => fc.nat(place === 0 ? 2 : 20).map(String)))
    const commands = fc.array(fc.tuple(fc.boolean(), values), { maxLength: 200 })
    fc.assert(
      fc.property(commands, (list) => {
        const lookup = createLookup<number>(names.map((name) => ({ name, type: 'text' })))
        const model = new Map<string, Entry<number>>()
        for (const [adds, given] of list) {
          const id = given.join(',')
          const held = model.get(id)
          const params = Object.fromEntries(names.map((name, place) => [name, given[place]]))
          if (lookup.find(params) !== held || lookup.get(given) !== held) return false
          if (adds && held === undefined) {
            const entry = new Entry<number>(given, undefined)
            lookup.add(entry)
            model.set(id, entry)
          } else if (!adds && held !== undefined) {
            lookup.remove(held)
            model.delete(id)
          }
        }
        return [...model.values()].every((entry) => lookup.get(entry.values()) === entry)
      }),
    )
    t.pass()
  },
})
for (const count of [1, 2, 3]) test(agrees, count)

test('a value of another type is not found', (t) => {
  const lookup = createLookup<number>(NAMES.map((name) => ({ name, type: 'int' })))
  for (let c = 0; c < 20; c += 1) lookup.add(new Entry([1, 2, c], undefined))
  t.truthy(lookup.find({ a: 1, b: 2, c: 3 }))
  t.is(lookup.find({ a: 1, b: 2, c: '3' }), undefined)
  t.is(lookup.find({ a: 1, b: '2\0number:3', c: undefined }), undefined)
  t.is(lookup.find({}), undefined)
})

test('what leaves was not read since it was last looked at, and a bounded number is spared', (t) => {
  const order = new Order<number>()
  const entries = Array.from({ length: 200 }, (_, number) => new Entry<number>([number], undefined))
  for (const entry of entries) {
    entry.uses = 3
    order.add(entry)
  }
  const kept = entries.at(-1) as Entry<number>
  const isUseless = (): boolean => false
  t.is(order.choose(isUseless, kept), entries[64])
  t.is(entries.filter(({ wasRead }) => !wasRead).length, 64)
  const next = entries[65] as Entry<number>
  next.forgetRead()
  t.is(order.choose(isUseless, kept), next)
  order.remove(next)
  t.is(order.count, 199)
})
