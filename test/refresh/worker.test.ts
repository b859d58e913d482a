import test from 'ava'
import { retryDelay } from '../../src/refresh/retry-delay.ts'
import { createBench, paramsOf } from './bench.ts'

const many = (count: number): readonly string[] => Array.from({ length: count }, (_, number) => `a${number}`)

test('no more loads are under way than the budget allows, and all that is due is reloaded once', async (t) => {
  const bench = createBench(t, {}, { concurrency: 3 })
  const ids = many(50)
  for (const id of ids) await bench.hold(id)
  await bench.pass(8_000)
  for (const id of ids) bench.read(id)
  await bench.pass(0)
  t.is(bench.open().length, 3)
  while (bench.open().length > 0) {
    t.true(bench.open().length <= 3)
    await bench.finish()
  }
  t.is(bench.loads.length, 100)
  t.is(new Set(bench.loads.slice(50).map(({ id }) => id)).size, 50)
})

test('the background gives way to the loads that readers wait for', async (t) => {
  const { cache, hold, read, pass, open, loads, finish } = createBench(
    t,
    {},
    { concurrency: 2, patience: 5_000 },
  )
  await hold('a1')
  await pass(8_000)
  const readings = ['b1', 'b2', 'b3'].map((id) => cache.get(paramsOf(id)))
  read('a1')
  await pass(0)
  t.deepEqual(open().map(({ id }) => id), ['b1', 'b2', 'b3']) // prettier-ignore
  open()[0]?.resolve('b')
  await pass(0)
  t.is(loads.length, 4, 'two are still under way')
  open()[0]?.resolve('b')
  await pass(0)
  t.is(loads.at(-1)?.id, 'a1')
  await finish()
  await Promise.all(readings)
})

test('readers that keep the loaders busy for ever do not keep all work from its turn', async (t) => {
  const { cache, hold, read, pass, loads } = createBench(
    t,
    { ttl: 100_000 },
    { concurrency: 1, patience: 5_000 },
  )
  await hold('a1')
  await pass(80_000)
  void cache.get(paramsOf('b1'))
  read('a1')
  await pass(4_999)
  t.is(loads.length, 2)
  await pass(1)
  t.is(loads.at(-1)?.id, 'a1')
})

test('what is read more often has its turn first', async (t) => {
  const { hold, read, pass, open, finish, cache, loads } = createBench(t, {}, { concurrency: 1 })
  for (const id of ['a1', 'a2', 'a3']) await hold(id)
  for (let turn = 0; turn < 10; turn += 1) read('a2')
  for (let turn = 0; turn < 5; turn += 1) read('a3')
  await pass(7_900)
  const blocking = cache.get(paramsOf('z1'))
  await pass(100)
  for (const id of ['a1', 'a2', 'a3']) read(id)
  await pass(0)
  open()[0]?.resolve('z')
  await blocking
  for (let turn = 0; turn < 3; turn += 1) {
    await pass(0)
    await finish()
  }
  t.deepEqual(loads.slice(4).map(({ id }) => id), ['a2', 'a3', 'a1']) // prettier-ignore
})

test('past its length the queue sheds what is read least, and its next read asks anew', async (t) => {
  const { refresher, hold, read, pass, loads, finish, steps, cache } = createBench(
    t,
    {},
    { concurrency: 1, queue: 1 },
  )
  await pass(500)
  for (const id of ['a1', 'a2']) await hold(id)
  for (let turn = 0; turn < 10; turn += 1) read('a2')
  await pass(7_900)
  const blocking = cache.get(paramsOf('z1'))
  await pass(100)
  read('a1')
  read('a2')
  t.deepEqual(
    steps.filter(({ state }) => state === 'shed').map(({ params }) => params),
    [{ group: 'a', id: '1' }],
  )
  await finish()
  await blocking
  t.is(loads.at(-1)?.id, 'a2')
  await finish()
  read('a1')
  await pass(0)
  t.is(loads.at(-1)?.id, 'a1')
  t.is(refresher.worker.waiting, 0)
})

test('closing cancels what waits and what will be tried again, and stops the sweeps', async (t) => {
  const { refresher, hold, read, pass, open, loads, clock } = createBench(t, {}, { concurrency: 1 })
  for (const id of ['a1', 'a2']) await hold(id)
  await pass(8_000)
  for (const id of ['a1', 'a2']) read(id)
  await pass(0)
  open()[0]?.reject(new Error('down'))
  await pass(0)
  t.deepEqual(refresher.operations.list().map(({ state }) => state).sort(), ['retrying', 'running']) // prettier-ignore
  refresher.close()
  open()[0]?.reject(new Error('closed'))
  await pass(0)
  t.deepEqual(refresher.operations.list().map(({ state }) => state), ['cancelled', 'cancelled']) // prettier-ignore
  t.is(clock.pending(), 0)
  await pass(100_000)
  t.is(loads.length, 4)
})

test('operations list what is under way, then the last thousand that are over, the latest first', async (t) => {
  const { refresher, clock } = createBench(t)
  const { operations } = refresher
  const begin = () => operations.begin({ kind: 'refresh', cause: 'read', cache: 'item', priority: 'normal' })
  for (let number = 0; number < 1_200; number += 1) begin().update({ state: 'done' })
  const current = begin()
  const list = operations.list()
  t.is(list.length, 1_001)
  t.like(list[0], { id: 1_201, state: 'queued', queuedAt: clock.now() })
  t.deepEqual([list[1]?.id, list[1_000]?.id], [1_200, 201])
  current.update({ state: 'failed', error: 'x' })
  current.update({ state: 'running' })
  t.like(operations.list()[0], { id: 1_201, state: 'failed', error: 'x', endedAt: clock.now() })
})

test('unless said otherwise three loads are under way at once', async (t) => {
  const bench = createBench(t)
  for (const id of many(10)) await bench.hold(id)
  await bench.pass(8_000)
  for (const id of many(10)) bench.read(id)
  await bench.pass(0)
  t.is(bench.open().length, 3)
})

test('an operation tells what it is about, why, how it stands, how often it was tried, when, and what failed', async (t) => {
  const { refresher, hold, read, pass, open, finish, steps } = createBench(t, { priority: 'high' })
  await pass(500)
  await hold('a1')
  await pass(8_000)
  read('a1')
  await pass(0)
  const of = { id: 1, kind: 'refresh', cause: 'read', cache: 'item', params: { group: 'a', id: '1' }, priority: 'high' } as const // prettier-ignore
  const begun = { ...of, state: 'running', attempts: 1, queuedAt: 9_500, startedAt: 9_500 } as const
  t.deepEqual(refresher.operations.list(), [begun])
  const error = new Error('down')
  for (const load of open()) load.reject(error)
  await pass(0)
  t.deepEqual(refresher.operations.list(), [{ ...begun, state: 'retrying', error }])
  await pass(100)
  await pass(5)
  await finish()
  const ended = { ...begun, state: 'done', attempts: 2, startedAt: 9_600, endedAt: 9_605, error } as const
  t.deepEqual(refresher.operations.list(), [ended])
  t.deepEqual(steps.map(({ state }) => state), ['queued', 'running', 'retrying', 'queued', 'running', 'done']) // prettier-ignore
  t.deepEqual(steps.at(-1), ended, 'each step is told with all of it')
})

test('the longest pause before a retry is bounded, and drawn between nothing and that', (t) => {
  const settings = { attempts: 20, retryBase: 200, retryMax: 10_000 }
  const longest = Array.from({ length: 8 }, (_, place) => retryDelay(settings, place + 1, () => 1))
  t.deepEqual(longest, [200, 400, 800, 1_600, 3_200, 6_400, 10_000, 10_000])
  t.deepEqual([0, 0.5].map((random) => retryDelay(settings, 3, () => random)), [0, 400]) // prettier-ignore
})
