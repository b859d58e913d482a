import test from 'ava'
import { Cache } from '../../src/cache/cache.ts'
import type { CacheSettings } from '../../src/cache/settings.ts'
import type { Sighted } from '../../src/cache/sight.ts'
import { createClock } from '../helpers/clock.ts'
import { createDeferred, type Deferred, settle } from '../helpers/deferred.ts'

/** A cache of two params whose loads end when the test says so; `due` has what reads found. */
function createBench(settings: Partial<CacheSettings<string>> = {}) {
  const clock = createClock()
  const loads: (Deferred<string> & { readonly stale: string | undefined })[] = []
  const due: Sighted[] = []
  let calls = 0
  let most = 0
  const cache = new Cache<string>({
    name: 'report',
    params: [
      { name: 'user_id', type: 'text' },
      { name: 'month', type: 'text' },
    ],
    ttl: 1_000,
    jitter: 0,
    max: 100,
    partial: [['user_id']],
    tracked: [0],
    refresh: 0.8,
    load: async (_, { stale }) => {
      const load = createDeferred<string>()
      loads.push({ ...load, stale })
      return await load.promise
    },
    due: (entry) => due.push(entry),
    calls: (change) => {
      calls += change
      most = Math.max(most, calls)
    },
    now: clock.now,
    random: () => 0,
    ...settings,
  })
  cache.trustedUntil = clock.now() + 1_000_000
  const fill = async (values: readonly string[], value: string): Promise<void> => {
    const load = cache.background.reload([values])
    await settle()
    loads.at(-1)?.resolve(value)
    await load
  }
  const get = (user_id: string, month: string): string | undefined => cache.peek({ user_id, month })
  return { cache, clock, loads, due, fill, get, calls: () => ({ calls, most }) }
}

type Bench = ReturnType<typeof createBench>

test('a read tells of an entry once its share of the TTL is spent, once for each load', async (t) => {
  const { clock, due, fill, get } = createBench()
  await fill(['u1', '05'], 'a')
  clock.advance(799)
  t.is(get('u1', '05'), 'a')
  t.is(due.length, 0)
  clock.advance(1)
  t.is(get('u1', '05'), 'a')
  t.is(get('u1', '05'), 'a')
  t.is(due.length, 1)
  t.like(due[0], { values: ['u1', '05'], state: 'due', isRead: true })
  clock.advance(199)
  t.is(get('u1', '05'), 'a')
  clock.advance(1)
  t.is(get('u1', '05'), undefined, 'it expires all the same')
})

test('a sweep gives what is due, each once, and looks at nothing else', async (t) => {
  const { cache, clock, fill, get } = createBench()
  await fill(['u1', '05'], 'a')
  clock.advance(300)
  await fill(['u2', '05'], 'b')
  get('u2', '05')
  const sweep = (): string[] => [...cache.background.sweep()].map(({ values }) => values.join())
  clock.advance(499)
  t.deepEqual(sweep(), [])
  clock.advance(1)
  t.deepEqual(sweep(), ['u1,05'])
  t.deepEqual(sweep(), [])
  clock.advance(300)
  t.like([...cache.background.sweep()], [{ values: ['u2', '05'], isRead: true }])
  t.is(get('u1', '05'), undefined)
})

test('an entry that left, by whatever way, is not due', async (t) => {
  const { cache, clock, fill } = createBench({ max: 3 })
  for (const user of ['u1', 'u2', 'u3', 'u4']) await fill([user, '05'], user)
  cache.invalidateEntry(['u2', '05'])
  cache.invalidateGroup(0, ['u3'])
  clock.advance(900)
  t.deepEqual(
    [...cache.background.sweep()].map(({ values }) => values[0]),
    ['u4'],
  )
  await fill(['u5', '05'], 'e')
  cache.invalidateAll()
  clock.advance(900)
  t.deepEqual([...cache.background.sweep()], [])
})

for (const [what, change, expected] of [
  ['one is invalidated', (cache: Bench['cache']) => cache.invalidateEntry(['u2', '05']), ['u1', 'u3']],
  ['all are', (cache: Bench['cache']) => cache.invalidateAll(), ['u1']],
] as const) {
  test(`a sweep that is gone on with after ${what} gives no entry that left, and leaves new ones in their place`, async (t) => {
    const { cache, clock, fill } = createBench()
    for (const user of ['u1', 'u2', 'u3']) await fill([user, '05'], user)
    clock.advance(900)
    const due = cache.background.sweep()
    const seen = [due.next().value?.values[0]]
    change(cache)
    for (const user of ['u2', 'u4']) await fill([user, '05'], 'again')
    seen.push(...[...due].map(({ values }) => values[0]))
    t.deepEqual(seen, expected)
    clock.advance(900)
    const next = [...cache.background.sweep()].map(({ values }) => values[0])
    t.deepEqual(new Set(next), new Set(['u2', 'u4']))
  })
}

test('an entry that was reloaded is due at its new time only', async (t) => {
  const { cache, clock, fill } = createBench()
  await fill(['u1', '05'], 'a')
  clock.advance(500)
  await fill(['u1', '05'], 'b')
  clock.advance(400)
  t.deepEqual([...cache.background.sweep()], [])
  clock.advance(400)
  t.is([...cache.background.sweep()].length, 1)
})

test('reads are served while an entry is reloaded, and its loader gets what is held', async (t) => {
  const { cache, loads, fill, get } = createBench()
  await fill(['u1', '05'], 'old')
  const reload = cache.background.reload([['u1', '05']])
  await settle()
  t.is(loads.at(-1)?.stale, 'old')
  t.is(get('u1', '05'), 'old')
  t.is(await cache.get({ user_id: 'u1', month: '05' }), 'old')
  loads.at(-1)?.resolve('new')
  t.deepEqual(await reload, [{ kind: 'stored' }])
  t.is(get('u1', '05'), 'new')
})

const INVALIDATIONS: readonly (readonly [string, (cache: Cache<string>) => unknown])[] = [
  ['its key', (cache) => cache.invalidateEntry(['u1', '05'])],
  ['a partial binding', (cache) => cache.invalidateGroup(0, ['u1'])],
  ['everything', (cache) => cache.invalidateAll()],
]
for (const [what, invalidate] of INVALIDATIONS) {
  test(`an invalidation by ${what} wins over a reload under way`, async (t) => {
    const { cache, loads, fill, get } = createBench()
    await fill(['u1', '05'], 'old')
    const reload = cache.background.reload([['u1', '05']])
    await settle()
    invalidate(cache)
    loads.at(-1)?.resolve('read before the change')
    t.deepEqual(await reload, [{ kind: 'unstored' }])
    t.is(get('u1', '05'), undefined)
  })
}

test('a reload joins the load that a reader waits for', async (t) => {
  const { cache, loads, calls } = createBench()
  const reading = cache.get({ user_id: 'u1', month: '05' })
  const reload = cache.background.reload([['u1', '05']])
  await settle()
  t.is(loads.length, 1)
  loads[0]?.resolve('one')
  t.is(await reading, 'one')
  t.deepEqual(await reload, [{ kind: 'stored' }])
  t.deepEqual(calls(), { calls: 0, most: 1 })
})

test('a failed reload says so, also where an expired value stands in', async (t) => {
  const { cache, clock, loads, fill } = createBench({ staleIfError: 1_000 })
  await fill(['u1', '05'], 'old')
  clock.advance(1_100)
  const error = new Error('down')
  const reload = cache.background.reload([['u1', '05']])
  await settle()
  loads.at(-1)?.reject(error)
  t.deepEqual(await reload, [{ kind: 'failed', error }])
})

test('a marked entry is served, its load under way is fenced, and it never stands in for a failing load', async (t) => {
  const { cache, clock, loads, fill, get } = createBench({ staleIfError: 1_000 })
  await fill(['u1', '05'], 'old')
  const early = cache.background.reload([['u1', '05']])
  await settle()
  t.true(cache.background.mark(['u1', '05']))
  t.is(get('u1', '05'), 'old')
  t.is(cache.background.look(['u1', '05']).state, 'wrong')
  loads.at(-1)?.resolve('read before the change')
  t.deepEqual(await early, [{ kind: 'unstored' }])
  t.is(get('u1', '05'), 'old')
  clock.advance(1_100)
  t.is(get('u1', '05'), undefined)
  const reading = cache.get({ user_id: 'u1', month: '05' })
  await settle()
  loads.at(-1)?.reject(new Error('down'))
  await t.throwsAsync(reading, { message: 'down' })
  t.false(cache.background.mark(['u9', '05']))
})

test('a reload ends what was marked', async (t) => {
  const { cache, fill } = createBench()
  await fill(['u1', '05'], 'old')
  cache.background.mark(['u1', '05'])
  await fill(['u1', '05'], 'new')
  t.is(cache.background.look(['u1', '05']).state, 'fresh')
})

test('members of a tracked binding are found, and of the whole cache, up to a limit', async (t) => {
  const { cache, fill } = createBench()
  for (const values of [['u1', '05'], ['u1', '06'], ['u2', '05']] as const) await fill(values, values.join()) // prettier-ignore
  const months = (limit: number): unknown[] =>
    cache.background.members(limit, { index: 0, values: ['u1'] }).map(({ values }) => values[1])
  t.deepEqual(months(10), ['05', '06'])
  t.deepEqual(months(1), ['05'])
  t.is(cache.background.members(10).length, 3)
  t.is(cache.background.members(2).length, 2)
  cache.invalidateEntry(['u1', '05'])
  t.deepEqual(months(10), ['06'])
  cache.invalidateGroup(0, ['u1'])
  t.deepEqual(months(10), [])
})

test('a call for several is counted once, until the last of them has ended', async (t) => {
  const many = createDeferred<readonly string[]>()
  const { cache, calls } = createBench({ loadMany: async () => await many.promise })
  const reloads = cache.background.reload([['u1', '05'], ['u2', '05'], ['u3', '05']]) // prettier-ignore
  await settle()
  t.deepEqual(calls(), { calls: 1, most: 1 })
  many.resolve(['a', 'b', 'c'])
  await reloads
  t.deepEqual(calls(), { calls: 0, most: 1 })
})
