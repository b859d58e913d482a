import { serialize } from 'node:v8'
import test from 'ava'
import fc from 'fast-check'
import { Cache } from '../../src/cache/cache.ts'
import { Ceiling } from '../../src/cache/ceiling.ts'
import { estimateSize } from '../../src/cache/estimate-size.ts'
import type { CacheSettings } from '../../src/cache/settings.ts'

/** A cache whose loader gives a text as long as its param says. */
function createCache(settings: Partial<CacheSettings<string>> = {}): Cache<string> {
  const cache = new Cache<string>({
    name: 'text',
    params: [
      { name: 'id', type: 'text' },
      { name: 'length', type: 'int' },
    ],
    ttl: 1_000,
    jitter: 0,
    max: 100,
    partial: [['length']],
    load: ({ length }) => 'x'.repeat(Number(length)),
    now: () => 1_000,
    random: () => 0,
    ...settings,
  })
  cache.trustedUntil = Infinity
  return cache
}

const held = (cache: Cache<string>): readonly unknown[] => [...cache.held()].map(({ params }) => params['id'])

test('a size function bounds what the values take, and a value beyond the bound is not held', async (t) => {
  const cache = createCache({ maxSize: 10, size: (value) => value.length })
  for (const id of ['a', 'b', 'c']) await cache.get({ id, length: 4 })
  t.deepEqual(held(cache), ['b', 'c'])
  t.is(cache.bytes, 8)
  t.is((await cache.get({ id: 'd', length: 11 })).length, 11)
  t.is(cache.peek({ id: 'd', length: 11 }), undefined)
  t.true(cache.bytes <= 10)
})

test('without a size function values are estimated where a bound needs it, and nowhere else', async (t) => {
  const bounded = createCache({ maxSize: 2_500 })
  for (const id of ['a', 'b', 'c']) await bounded.get({ id, length: 1_000 })
  t.deepEqual(held(bounded), ['b', 'c'])
  const free = createCache()
  await free.get({ id: 'a', length: 1_000 })
  t.true(free.bytes > 1_000 && free.bytes < 2_000, 'by a look at some')
})

test('under one ceiling the cache of the lowest priority gives way first, then the one that takes most', async (t) => {
  const ceiling = new Ceiling(6_000)
  const low = createCache({ ceiling, rank: 0 })
  const small = createCache({ ceiling, rank: 1 })
  const large = createCache({ ceiling, rank: 1 })
  await low.get({ id: 'a', length: 1_000 })
  await small.get({ id: 'b', length: 1_000 })
  await large.get({ id: 'c', length: 1_000 })
  await large.get({ id: 'd', length: 1_000 })
  t.is(low.size, 1)
  await large.get({ id: 'e', length: 1_000 })
  t.is(low.size, 0)
  t.is(low.counters.left.memory, 1)
  await small.get({ id: 'f', length: 1_000 })
  t.deepEqual(held(large), ['d', 'e'])
  t.deepEqual(held(small), ['b', 'f'])
  t.is(large.counters.left.memory, 1)
  t.true(ceiling.used <= 6_000)
})

test('an entry that no ceiling has room for is not held, and the read gets its value', async (t) => {
  const ceiling = new Ceiling(2_000)
  const cache = createCache({ ceiling })
  t.is((await cache.get({ id: 'a', length: 5_000 })).length, 5_000)
  t.is(cache.size, 0)
  t.is(ceiling.used, 0)
})

test('whatever happens to entries, the ceiling knows what is held', async (t) => {
  const seed = Number(process.env['STALEMATE_SEED'] ?? Date.now() % 2 ** 31)
  t.log(`seed ${seed}`)
  const step = fc.record({
    cache: fc.nat(1),
    act: fc.constantFrom('get', 'get', 'get', 'entry', 'group', 'all'),
    id: fc.constantFrom('a', 'b', 'c', 'd'),
    length: fc.constantFrom(10, 200, 1_500),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const ceiling = new Ceiling(4_000)
      const caches = [createCache({ ceiling, max: 3 }), createCache({ ceiling, maxSize: 2_000 })] as const
      for (const { cache: number, act, id, length } of steps) {
        const cache = caches[number as 0 | 1]
        if (act === 'get') await cache.get({ id, length })
        else if (act === 'entry') cache.invalidateEntry([id, length])
        else if (act === 'group') cache.invalidateGroup(0, [length])
        else cache.invalidateAll()
        t.true(ceiling.used <= 4_000)
        t.is(
          ceiling.used,
          caches.reduce((sum, one) => sum + one.size * 300 + one.bytes, 0),
        )
      }
      for (const cache of caches) cache.invalidateAll()
      t.is(ceiling.used, 0)
    }),
    { seed, numRuns: 200 },
  )
})

test('an estimate is near to what a value takes, also for long lists and what is met twice', (t) => {
  const row = { id: 12_345, name: 'Ada Lovelace', tags: ['a', 'b'], at: new Date(0), note: null }
  const rows = Array.from({ length: 5_000 }, () => structuredClone(row))
  const one = estimateSize(row)
  t.true(one > 100 && one < 500, String(one))
  const many = estimateSize(rows)
  t.true(Math.abs(many / (one * 5_000) - 1) < 0.2, `${many}`)
  const shared = estimateSize(Array.from({ length: 50 }, () => row))
  t.true(shared < one + 50 * 16, `${shared}`)
  t.true(estimateSize(Buffer.alloc(10_000)) >= 10_000)
  t.true(estimateSize(new Map([['key', 'x'.repeat(1_000)]])) > 1_000)
  t.true(estimateSize(new Set([1, 2, 3])) < 400)
  const ring: { self?: unknown } = {}
  ring.self = ring
  t.true(estimateSize(ring) < 100)
  for (const value of [undefined, null, 1, true, 'text', 10n, Symbol('s')]) t.true(estimateSize(value) > 0)
  t.true(estimateSize('ж'.repeat(1_000)) >= serialize('ж'.repeat(1_000)).length * 0.9)
})
