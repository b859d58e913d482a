import test, { type ExecutionContext } from 'ava'
import { Cache } from '../../src/cache/cache.ts'
import type { CacheSettings } from '../../src/cache/settings.ts'
import { createClock } from '../helpers/clock.ts'
import { createDeferred, type Deferred, settle } from '../helpers/deferred.ts'

type Params = { readonly user_id: string; readonly month: string }
const MAY: Params = { user_id: 'u1', month: '05' }

/** A cache whose loads end when the test says so. */
function createBench(settings: Partial<CacheSettings<string>> = {}) {
  const clock = createClock()
  const loads: Deferred<string>[] = []
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
    load: async () => {
      const load = createDeferred<string>()
      loads.push(load)
      return await load.promise
    },
    now: clock.now,
    random: () => 0,
    ...settings,
  })
  cache.trustedUntil = clock.now() + 10_000
  const load = (number: number): Deferred<string> => {
    const found = loads[number]
    if (found === undefined) throw new Error(`load ${number} has not begun`)
    return found
  }
  return { cache, clock, loads, load }
}

async function fill(bench: ReturnType<typeof createBench>, params: Params, value: string): Promise<void> {
  const reading = bench.cache.get(params)
  await settle()
  bench.loads.at(-1)?.resolve(value)
  await reading
}

const INVALIDATIONS: readonly (readonly [string, (cache: Cache<string>) => unknown])[] = [
  ['its key', (cache) => cache.invalidateEntry(['u1', '05'])],
  ['a partial binding', (cache) => cache.invalidateGroup(0, ['u1'])],
  ['everything', (cache) => cache.invalidateAll()],
]

for (const [what, invalidate] of INVALIDATIONS) {
  test(`a load that began before an invalidation by ${what} is not stored, and its caller gets the value`, async (t) => {
    const { cache, load, loads } = createBench()
    const reading = cache.get(MAY)
    await settle()
    invalidate(cache)
    load(0).resolve('old')
    t.is(await reading, 'old')
    t.is(cache.peek(MAY), undefined)
    t.is(cache.counters.fenced, 1)
    t.is(loads.length, 1)
  })

  test(`a read after an invalidation by ${what} does not join the older load`, async (t) => {
    const { cache, load, loads } = createBench()
    const before = cache.get(MAY)
    await settle()
    invalidate(cache)
    const after = cache.get(MAY)
    await settle()
    t.is(loads.length, 2)
    load(1).resolve('new')
    t.is(await after, 'new')
    load(0).resolve('old')
    t.is(await before, 'old')
    t.is(cache.peek(MAY), 'new')
  })

  test(`a held entry is gone after an invalidation by ${what}`, async (t) => {
    const bench = createBench()
    await fill(bench, MAY, 'v')
    t.is(bench.cache.peek(MAY), 'v')
    invalidate(bench.cache)
    t.is(bench.cache.peek(MAY), undefined)
    t.is(bench.cache.counters.invalidated, 1)
  })
}

test('a partial binding leaves entries of others, and whoever comes back is held again', async (t) => {
  const bench = createBench()
  await fill(bench, MAY, 'a')
  await fill(bench, { user_id: 'u2', month: '05' }, 'b')
  t.is(bench.cache.invalidateGroup(0, ['u1']), 1)
  t.is(bench.cache.peek({ user_id: 'u2', month: '05' }), 'b')
  await fill(bench, MAY, 'c')
  t.is(bench.cache.peek(MAY), 'c')
  t.is(bench.cache.invalidateGroup(0, ['u1']), 1)
})

test('a hundred readers of one key share one load', async (t) => {
  const { cache, load, loads } = createBench()
  const readings = Array.from({ length: 100 }, async () => await cache.get(MAY))
  await settle()
  t.is(loads.length, 1)
  load(0).resolve('v')
  t.deepEqual(new Set(await Promise.all(readings)), new Set(['v']))
})

test('a hundred readers share one error, and the next read tries again', async (t) => {
  const { cache, load, loads } = createBench()
  const readings = Array.from(
    { length: 100 },
    async () => await cache.get(MAY).catch((error: unknown) => error),
  )
  await settle()
  const failure = new Error('the database is down')
  load(0).reject(failure)
  t.deepEqual(new Set(await Promise.all(readings)), new Set([failure]))
  t.is(cache.counters.errors, 1)
  void cache.get(MAY)
  await settle()
  t.is(loads.length, 2)
})

test('a loader that throws at once is an error of the read and not of the next one', async (t) => {
  let fail = true
  const { cache } = createBench({
    load: () => {
      if (fail) throw new Error('at once')
      return Promise.resolve('v')
    },
  })
  await t.throwsAsync(cache.get(MAY), { message: 'at once' })
  fail = false
  t.is(await cache.get(MAY), 'v')
})

test('an entry is not served once its time is spent', async (t) => {
  const bench = createBench()
  await fill(bench, MAY, 'v')
  bench.clock.advance(999)
  t.is(bench.cache.peek(MAY), 'v')
  bench.clock.advance(1)
  t.is(bench.cache.peek(MAY), undefined)
})

test('jitter shortens the time to live, so that entries filled together do not expire together', async (t) => {
  const bench = createBench({ jitter: 0.1, random: () => 0.5 })
  await fill(bench, MAY, 'v')
  bench.clock.advance(949)
  t.is(bench.cache.peek(MAY), 'v')
  bench.clock.advance(1)
  t.is(bench.cache.peek(MAY), undefined)
})

test('past the deadline of trust reads share the loader and store nothing', async (t) => {
  const bench = createBench({ ttl: 1_000_000 })
  await fill(bench, MAY, 'v')
  bench.clock.advance(10_000)
  t.is(bench.cache.peek(MAY), undefined)
  const readings = [bench.cache.get(MAY), bench.cache.get(MAY)]
  await settle()
  t.is(bench.loads.length, 2)
  bench.load(1).resolve('w')
  t.deepEqual(await Promise.all(readings), ['w', 'w'])
  bench.cache.trustedUntil = bench.clock.now() + 1
  t.is(bench.cache.peek(MAY), 'v', 'what was held before is as good as it was')
  t.is(bench.cache.counters.untrusted, 3)
})

test('entries beyond the limit leave, and their groups with them', async (t) => {
  const bench = createBench({ max: 2 })
  for (const user of ['u1', 'u2', 'u3']) await fill(bench, { user_id: user, month: '05' }, user)
  t.is(bench.cache.size, 2)
  t.is(bench.cache.invalidateGroup(0, ['u1']), 0)
  t.is(bench.cache.invalidateGroup(0, ['u3']), 1)
})

test('two spellings of one value are one entry', async (t) => {
  const upper = '4F3C2A1E-8F6D-4A57-9B0A-1D2E3F405162'
  const bench = createBench({ params: [{ name: 'id', type: 'uuid' }], partial: [] })
  const reading = bench.cache.get({ id: upper })
  await settle()
  bench.load(0).resolve('v')
  await reading
  t.is(bench.cache.peek({ id: upper.toLowerCase() }), 'v')
  bench.cache.invalidateEntry([upper.toLowerCase()])
  t.is(bench.cache.peek({ id: upper }), undefined)
})

const refuses = test.macro(async (t: ExecutionContext, params: object, message: RegExp) => {
  const { cache, loads } = createBench()
  await t.throwsAsync(cache.get(params as never), { code: 'param-invalid', message })
  t.is(loads.length, 0)
})
test(
  'a missing param is refused',
  refuses,
  { user_id: 'u1' },
  /Expected a string .* for month, got undefined/,
)
test(
  'an unknown param is refused',
  refuses,
  { ...MAY, year: '2026' },
  /There is no param "year"; there is: user_id, month/,
)
test('a param of another type is refused', refuses, { ...MAY, month: 5 }, /got number 5/)
