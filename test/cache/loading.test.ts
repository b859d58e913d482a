import test from 'ava'
import { Cache } from '../../src/cache/cache.ts'
import type { CacheSettings } from '../../src/cache/settings.ts'
import { createClock } from '../helpers/clock.ts'
import { createDeferred, type Deferred, settle } from '../helpers/deferred.ts'

type Value = string | null | { list: number[] }

/** A cache of one param whose loads end when the test says so. */
function createBench(settings: Partial<CacheSettings<Value>> = {}) {
  const clock = createClock()
  const loads: (Deferred<Value> & {
    readonly id: unknown
    readonly signal: () => AbortSignal
    stale: unknown
  })[] = []
  const cache = new Cache<Value>({
    name: 'item',
    params: [{ name: 'id', type: 'text' }],
    ttl: 1_000,
    jitter: 0,
    max: 100,
    partial: [],
    load: async ({ id }, context) => {
      const load = { ...createDeferred<Value>(), id, signal: () => context.signal, stale: context.stale }
      loads.push(load)
      return await load.promise
    },
    now: clock.now,
    after: clock.after,
    random: () => 0.5,
    ...settings,
  })
  cache.trustedUntil = Infinity
  const fill = async (id: string, value: Value): Promise<void> => {
    const reading = cache.get({ id })
    await settle()
    loads.at(-1)?.resolve(value)
    await reading
  }
  const failOnce = async (id: string): Promise<unknown> => {
    const reading = cache.get({ id }).catch((error: unknown) => error)
    await settle()
    loads.at(-1)?.reject(new Error('down'))
    return await reading
  }
  return { cache, clock, loads, fill, failOnce }
}

test('getMany answers what is held, joins what is loaded, and loads the rest by one call', async (t) => {
  const calls: unknown[] = []
  const loadMany: CacheSettings<Value>['loadMany'] = async (list) => {
    calls.push(list.map(({ id }) => id))
    return await Promise.resolve(list.map(({ id }) => `many ${String(id)}`))
  }
  const { cache, loads, fill } = createBench({ loadMany })
  await fill('a', 'held')
  const joined = cache.get({ id: 'b' })
  const many = cache.getMany(['a', 'b', 'c', 'd', 'c'].map((id) => ({ id })))
  loads[1]?.resolve('one b')
  t.deepEqual(await many, ['held', 'one b', 'many c', 'many d', 'many c'])
  t.is(await joined, 'one b')
  t.deepEqual(calls, [['c', 'd']])
  t.is(cache.peek({ id: 'd' }), 'many d')
})

test('an error in place of a value fails that value alone', async (t) => {
  const { cache } = createBench({
    loadMany: (list) => list.map(({ id }) => (id === 'b' ? new Error('no b') : 'v')),
  })
  await t.throwsAsync(cache.getMany([{ id: 'a' }, { id: 'b' }]), { message: 'no b' })
  t.is(cache.peek({ id: 'a' }), 'v')
})

test('a loader that returns fewer values than it was asked for fails them all', async (t) => {
  const { cache } = createBench({ loadMany: () => ['only one'] })
  await t.throwsAsync(cache.getMany([{ id: 'a' }, { id: 'b' }]), {
    code: 'load-invalid',
    message: 'Expected loadMany of item to return 2 values, got 1.',
  })
})

test('an invalidation reaches one of several that are loaded by one call', async (t) => {
  const ended = createDeferred<readonly Value[]>()
  const { cache } = createBench({ loadMany: () => ended.promise })
  const many = cache.getMany([{ id: 'a' }, { id: 'b' }])
  cache.invalidateEntry(['a'])
  ended.resolve(['old', 'b'])
  t.deepEqual(await many, ['old', 'b'])
  t.is(cache.peek({ id: 'a' }), undefined)
  t.is(cache.peek({ id: 'b' }), 'b')
})

test('nothing found is not held unless it has a time to live of its own', async (t) => {
  const without = createBench()
  await without.fill('a', null)
  t.is(without.cache.inspect({ id: 'a' }).state, 'absent')
  const { cache, clock, fill } = createBench({ negativeTtl: 100 })
  await fill('a', null)
  t.is(cache.peek({ id: 'a' }), null)
  clock.advance(100)
  t.is(cache.inspect({ id: 'a' }).state, 'expired')
})

test('an expired value stands in for a failing load for a bounded time', async (t) => {
  const { cache, clock, loads, fill, failOnce } = createBench({ staleIfError: 500 })
  await fill('a', 'v')
  clock.advance(1_499)
  t.is(await failOnce('a'), 'v')
  t.is(loads[1]?.stale, 'v')
  t.is(cache.counters.stale, 1)
  clock.advance(1)
  t.like(await failOnce('a'), { message: 'down' })
})

test('an invalidated value never stands in for a failing load', async (t) => {
  const { cache, clock, loads, fill, failOnce } = createBench({ staleIfError: 500 })
  await fill('a', 'v')
  clock.advance(1_000)
  const reading = cache.get({ id: 'a' })
  await settle()
  cache.invalidateEntry(['a'])
  loads[1]?.reject(new Error('down'))
  await t.throwsAsync(reading, { message: 'down' })
  t.like(await failOnce('a'), { message: 'down' })
})

test('a load that takes too long fails, is aborted, and is not stored when it ends', async (t) => {
  const { cache, clock, loads } = createBench({ loadTimeout: 100 })
  const reading = cache.get({ id: 'a' })
  await settle()
  const signal = loads[0]?.signal()
  clock.advance(99)
  t.false(signal?.aborted)
  clock.advance(1)
  await t.throwsAsync(reading, { code: 'load-timeout' })
  t.true(signal?.aborted)
  loads[0]?.resolve('late')
  await settle()
  t.is(cache.peek({ id: 'a' }), undefined)
  t.is(cache.internals.loads, 0)
  t.like(cache.counters, { timeouts: 1, errors: 1 })
})

test('a load that begins while another is timed gets its own time', async (t) => {
  const { cache, clock } = createBench({ loadTimeout: 100 })
  const first = cache.get({ id: 'a' })
  clock.advance(60)
  const second = cache.get({ id: 'b' })
  clock.advance(40)
  await t.throwsAsync(first, { code: 'load-timeout' })
  t.is(cache.internals.loads, 1)
  clock.advance(60)
  await t.throwsAsync(second, { code: 'load-timeout' })
})

test('a loader that fails again and again is left in peace, and tried by one load at a time', async (t) => {
  const { cache, clock, loads, failOnce, fill } = createBench({
    backoff: { tolerated: 2, base: 100, max: 150 },
  })
  for (const id of ['a', 'b', 'c']) t.like(await failOnce(id), { message: 'down' })
  const refused = await t.throwsAsync(cache.get({ id: 'd' }), { code: 'load-refused' })
  t.like(refused?.cause, { message: 'down' })
  clock.advance(50)
  const trial = cache.get({ id: 'd' })
  await t.throwsAsync(cache.get({ id: 'e' }), { code: 'load-refused' })
  t.is(loads.length, 4)
  loads[3]?.reject(new Error('down'))
  await t.throwsAsync(trial, { message: 'down' })
  clock.advance(74)
  await t.throwsAsync(cache.get({ id: 'e' }), { code: 'load-refused' })
  clock.advance(1)
  await fill('e', 'v')
  const [one, other] = [cache.get({ id: 'f' }), cache.get({ id: 'g' })]
  for (const load of loads.slice(-2)) load.resolve('v')
  t.deepEqual(await Promise.all([one, other]), ['v', 'v'])
  t.is(cache.counters.refused, 3)
})

test('refreshing serves the held value until the new one is there', async (t) => {
  const { cache, loads, fill } = createBench()
  await fill('a', 'old')
  const refreshing = cache.refresh({ id: 'a' })
  t.is(await cache.get({ id: 'a' }), 'old')
  loads[1]?.resolve('new')
  t.is(await refreshing, 'new')
  t.is(cache.peek({ id: 'a' }), 'new')
  t.is(cache.size, 1)
  const failing = cache.refresh({ id: 'a' })
  loads[2]?.reject(new Error('down'))
  await t.throwsAsync(failing, { message: 'down' })
  t.is(cache.peek({ id: 'a' }), 'new')
})

test('values are handed out as they are, frozen to their depth, or cloned', async (t) => {
  const value = (): Value => ({ list: [1] })
  const shared = createBench()
  await shared.fill('a', value())
  t.is(shared.cache.peek({ id: 'a' }), await shared.cache.get({ id: 'a' }))

  const frozen = createBench({ values: 'frozen' })
  await frozen.fill('a', value())
  t.throws(() => (frozen.cache.peek({ id: 'a' }) as { list: number[] }).list.push(2), {
    instanceOf: TypeError,
  })

  const cloned = createBench({ values: 'cloned' })
  const readings = [cloned.cache.get({ id: 'a' }), cloned.cache.get({ id: 'a' })]
  await settle()
  cloned.loads[0]?.resolve(value())
  for (const given of [...(await Promise.all(readings)), cloned.cache.peek({ id: 'a' })]) {
    t.deepEqual(given, { list: [1] })
    ;(given as { list: number[] }).list.push(2)
  }
  t.deepEqual(cloned.cache.peek({ id: 'a' }), { list: [1] })
})

test('load times are counted by class, and departures by cause', async (t) => {
  const { cache, clock, loads, fill } = createBench({ max: 2 })
  const reading = cache.get({ id: 'a' })
  clock.advance(7)
  loads[0]?.resolve('v')
  await reading
  t.is(cache.counters.loadTimes[3], 1, 'over 5 and up to 10 ms')
  await fill('b', 'v')
  await fill('c', 'v')
  cache.invalidateEntry(['b'])
  clock.advance(1_000)
  await fill('c', 'w')
  t.deepEqual(cache.counters.left, { capacity: 1, memory: 0, invalidated: 1, expired: 1, replaced: 0 })
  t.like(cache.inspect({ id: 'a' }), { state: 'absent', previous: { cause: 'capacity' } })
  t.like(cache.inspect({ id: 'b' }), {
    state: 'absent',
    previous: { cause: 'invalidated', by: { cause: 'call' } },
  })
  cache.peek({ id: 'c' })
  clock.advance(10)
  t.deepEqual(cache.inspect({ id: 'c' }), {
    state: 'held',
    loading: false,
    age: 10,
    ttlLeft: 990,
    reads: 1,
    loadTime: 0,
    previous: { cause: 'expired', ago: 10 },
  })
})

test('the sizes of the values are bounded, and one beyond the bound is not held', async (t) => {
  const { cache, fill } = createBench({ maxSize: 10, size: (value) => (value as string).length })
  await fill('a', 'aaaaa')
  await fill('b', 'bbbbb')
  t.is(cache.bytes, 10)
  await fill('c', 'c')
  t.is(cache.peek({ id: 'a' }), undefined)
  t.is(cache.bytes, 6)
  await fill('d', 'd'.repeat(11))
  t.is(cache.peek({ id: 'd' }), undefined)
  t.true(cache.bytes <= 10)
  await t.throwsAsync(
    (async () => {
      const bad = createBench({ size: () => Number.NaN })
      await bad.fill('a', 'v')
    })(),
    { code: 'load-invalid' },
  )
})

test('an entry that was read stays when others must go', async (t) => {
  const { cache, fill } = createBench({ max: 2 })
  await fill('a', 'v')
  await fill('b', 'v')
  cache.peek({ id: 'a' })
  await fill('c', 'v')
  t.is(cache.peek({ id: 'a' }), 'v')
  t.is(cache.peek({ id: 'b' }), undefined)
})

test('hits of one turn share a look at the clock, a bounded number of them, and those of the next do not', async (t) => {
  let looks = 0
  let time = 1_000
  const turns: (() => void)[] = []
  const { cache, fill } = createBench({
    readsPerLook: 4,
    endOfTurn: (callback) => turns.push(callback),
    now: () => {
      looks += 1
      return time
    },
  })
  await fill('a', 'v')
  const read = (): number => {
    const before = looks
    cache.peek({ id: 'a' })
    return looks - before
  }
  t.deepEqual([read(), read(), read(), read(), read()], [1, 0, 0, 0, 1])
  time += 2_000
  t.is(cache.peek({ id: 'a' }), 'v')
  for (const end of turns.splice(0)) end()
  t.is(cache.peek({ id: 'a' }), undefined)
  time -= 2_000
  t.is(cache.peek({ id: 'a' }), 'v')
  cache.trustedUntil = time
  t.is(cache.peek({ id: 'a' }), undefined, 'a gap is seen at once')
})
