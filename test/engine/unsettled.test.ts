import test from 'ava'
import { Unsettled } from '../../src/unsettled.ts'
import { settle } from '../helpers/deferred.ts'

test('with nothing under way there is nothing to wait for', (t) => {
  const unsettled = new Unsettled()
  t.is(unsettled.settled(), undefined)
  unsettled.add()()
  t.is(unsettled.settled(), undefined)
})

test('it waits for all that began before, in whichever order that ends, and for nothing later', async (t) => {
  const unsettled = new Unsettled()
  const told: string[] = []
  const [first, second] = [unsettled.add(), unsettled.add()]
  void unsettled.settled()?.then(() => told.push('two'))
  const third = unsettled.add()
  void unsettled.settled()?.then(() => told.push('three'))
  second()
  await settle()
  t.deepEqual(told, [])
  first()
  await settle()
  t.deepEqual(told, ['two'])
  third()
  await settle()
  t.deepEqual(told, ['two', 'three'])
})

test('who asks again meanwhile waits for the same', (t) => {
  const unsettled = new Unsettled()
  unsettled.add()
  t.is(unsettled.settled(), unsettled.settled())
})

test('a backlog does not make asking dear', (t) => {
  const unsettled = new Unsettled()
  const ends = Array.from({ length: 20_000 }, () => {
    const end = unsettled.add()
    void unsettled.settled()
    return end
  })
  const began = performance.now()
  for (const end of ends) end()
  t.is(unsettled.settled(), undefined)
  t.true(performance.now() - began < 10_000)
})
