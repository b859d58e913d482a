import test from 'ava'
import { createBench, paramsOf, valuesOf } from './bench.ts'

test('a read that finds an entry due is answered at once, and starts one reload that gets the held value', async (t) => {
  const { hold, read, pass, finish, loads } = createBench(t)
  // Between two sweeps, so that the read comes first.
  await pass(500)
  await hold('a1')
  await pass(7_999)
  t.is(read('a1'), 'old')
  await pass(0)
  t.is(loads.length, 1)
  await pass(1)
  t.is(read('a1'), 'old')
  t.is(read('a1'), 'old')
  t.is(loads.length, 1, 'the loader is not called inside a read')
  await pass(0)
  t.is(loads.length, 2)
  t.is(loads[1]?.stale, 'old')
  t.is(read('a1'), 'old')
  await finish()
  t.is(read('a1'), 'new')
  await pass(2_500)
  t.is(read('a1'), 'new', 'the first would have expired by now')
})

test('the sweep reloads what was read, before it expires', async (t) => {
  const { hold, read, pass, finish, loads } = createBench(t)
  await hold('a1')
  await hold('a2')
  read('a1')
  await pass(7_999)
  t.is(loads.length, 2)
  await pass(1)
  t.deepEqual(loads.slice(2).map(({ id }) => id), ['a1']) // prettier-ignore
  t.like(loads[2], { at: 1_000 + 8_000 })
  await finish()
  await pass(2_000)
  t.is(read('a1'), 'new')
  t.is(read('a2'), undefined, 'what nobody read is left to expire')
})

test('an entry that is read stays warm over many lives, and expires once nobody reads it', async (t) => {
  const { hold, read, pass, finish, loads } = createBench(t)
  await hold('a1')
  for (let second = 0; second < 60; second += 1) {
    t.not(read('a1'), undefined, `second ${second}`)
    await pass(1_000)
    await finish()
  }
  t.true(loads.length >= 7 && loads.length <= 9, `${loads.length} loads`)
  await pass(20_000)
  await finish()
  await pass(20_000)
  t.is(read('a1'), undefined)
})

test('of thousands that are due at once a sweep takes some in a turn, and all in the end', async (t) => {
  const { hold, read, refresher, clock, pass, steps } = createBench(t, {}, { queue: 2_000 })
  for (let id = 0; id < 400; id += 1) await hold(`a${id}`)
  for (let id = 0; id < 400; id += 1) read(`a${id}`)
  const turns: number[] = []
  const { after } = clock
  Object.assign(clock, {
    after: (ms: number, callback: () => void) =>
      after(ms, () => {
        const before = steps.length
        callback()
        turns.push(steps.length - before)
      }),
  })
  await pass(8_000)
  t.is(refresher.operations.list().length, 400)
  t.true(turns.length >= 400 / 50)
  t.true(Math.max(...turns) <= 50, `${Math.max(...turns)} in one turn`)
})

test('a critical cache reloads also what nobody reads', async (t) => {
  const { hold, read, pass, finish, loads } = createBench(t, { priority: 'critical' })
  await hold('a1')
  for (let turn = 0; turn < 5; turn += 1) {
    await pass(9_000)
    await finish()
  }
  t.true(loads.length >= 5)
  t.is(read('a1'), 'new')
})

test('a cache that says off is not reloaded', async (t) => {
  const { hold, read, pass, loads } = createBench(t, { refresh: 'off' })
  await hold('a1')
  await pass(9_999)
  t.is(read('a1'), 'old')
  await pass(1)
  t.is(loads.length, 1)
  t.is(read('a1'), undefined)
})

test('a sweep comes at every interval at the latest', async (t) => {
  const { hold, read, pass, loads } = createBench(t, { ttl: 10_000_000 }, { interval: 300_000 })
  await pass(50_000)
  await hold('a1')
  read('a1')
  await pass(8_000_000 - 1)
  t.is(loads.length, 1)
  await pass(300_000)
  t.is(loads.length, 2)
})

test('unless said otherwise a sweep comes every five minutes, and no sooner where entries live long', async (t) => {
  const { hold, read, pass, loads } = createBench(t, { ttl: 10_000_000 })
  await pass(50_000)
  await hold('a1')
  read('a1')
  await pass(27 * 300_000 - 50_001)
  t.is(loads.length, 1, 'due for 49 s')
  await pass(1)
  t.is(loads.length, 2)
})

test('who asks for an entry that is due waits for no reload, however long that takes', async (t) => {
  const { cache, hold, pass, open, finish } = createBench(t)
  await hold('a1')
  await pass(8_000)
  t.is(await cache.get(paramsOf('a1')), 'old')
  await pass(0)
  t.is(open().length, 1)
  t.is(await cache.get(paramsOf('a1')), 'old')
  t.deepEqual(await cache.getMany([paramsOf('a1')]), ['old'])
  await finish()
  t.is(await cache.get(paramsOf('a1')), 'new')
})

test('an invalidation that comes during a reload wins, and one that comes before cancels it', async (t) => {
  const { refresher, hold, read, pass, finish, loads, cache } = createBench(t)
  await pass(500)
  await hold('a1')
  await pass(8_000)
  read('a1')
  await pass(0)
  t.is(loads.length, 2)
  cache.invalidateEntry(valuesOf('a1'))
  await finish('read before the change')
  t.is(read('a1'), undefined)
  t.like(refresher.operations.list()[0], { state: 'cancelled', cause: 'read' })

  await hold('a2')
  await pass(8_000)
  read('a2')
  cache.invalidateEntry(valuesOf('a2'))
  await pass(0)
  t.is(loads.filter(({ id }) => id === 'a2').length, 1)
})

test('an entry that is reloaded at a read is not reloaded by the sweep as well', async (t) => {
  const { hold, read, pass, loads } = createBench(t)
  await pass(500)
  await hold('a1')
  await pass(8_000)
  read('a1')
  await pass(1_900)
  t.is(loads.length, 2)
})

test('an entry that the sweep has found is one operation, also when reads find it due while it waits', async (t) => {
  const { refresher, cache, hold, read, pass, finish, loads } = createBench(t, {}, { concurrency: 1 })
  await hold('a1')
  read('a1')
  await pass(7_900)
  const blocking = cache.get(paramsOf('z1'))
  await pass(100)
  for (let turn = 0; turn < 5; turn += 1) t.is(read('a1'), 'old')
  t.is(refresher.operations.list().length, 1)
  await finish()
  await blocking
  await finish()
  t.deepEqual(loads.slice(2).map(({ id }) => id), ['a1']) // prettier-ignore
})

test('what the sweep has found and could not reload is left to its TTL', async (t) => {
  const { hold, read, pass, open, loads } = createBench(t, {}, { attempts: 1 })
  await hold('a1')
  read('a1')
  await pass(8_000)
  t.is(loads.length, 2)
  for (const load of open()) load.reject(new Error('down'))
  await pass(0)
  await pass(1_999)
  t.is(loads.length, 2, 'a later sweep does not find it again')
  t.is(read('a1'), 'old')
  await pass(1)
  t.is(read('a1'), undefined)
})

test('a reload that fails is tried again with growing pauses, then the TTL decides', async (t) => {
  const { refresher, hold, read, pass, open, loads, steps } = createBench(t)
  await pass(500)
  await hold('a1')
  await pass(8_000)
  read('a1')
  await pass(0)
  const fail = async (): Promise<void> => {
    for (const load of open()) load.reject(new Error(`failed ${loads.length - 1}`))
    await pass(0)
  }
  await fail()
  t.like(refresher.operations.list()[0], { state: 'retrying', attempts: 1 })
  t.is(read('a1'), 'old')
  await pass(99)
  t.is(loads.length, 2)
  await pass(1)
  t.is(loads.length, 3, 'half of 200 ms, by the random number that was given')
  await fail()
  await pass(199)
  t.is(loads.length, 3)
  await pass(1)
  t.is(loads.length, 4)
  await fail()
  t.like(refresher.operations.list()[0], { state: 'failed', attempts: 3 })
  t.like(refresher.operations.list()[0]?.error, { message: 'failed 3' })
  t.deepEqual(
    steps.map(({ state }) => state),
    ['queued', 'running', 'retrying', 'queued', 'running', 'retrying', 'queued', 'running', 'failed'],
  )
  t.is(read('a1'), 'old')
  await pass(2_000)
  t.is(read('a1'), undefined)
})
