import test from 'ava'
import { Cache } from '../../src/cache/cache.ts'
import type { CacheSettings } from '../../src/cache/settings.ts'
import { CLEAR, GAP, type Why } from '../../src/cache/why.ts'
import { createClock } from '../helpers/clock.ts'

const TTL = 3_200

function createBench(settings: Partial<CacheSettings<string>> = {}) {
  const clock = createClock()
  const cache = new Cache<string>({
    name: 'report',
    params: [
      { name: 'user', type: 'text' },
      { name: 'month', type: 'text' },
    ],
    ttl: TTL,
    jitter: 0,
    max: 100,
    partial: [['user']],
    load: ({ user }) => `of ${String(user)}`,
    now: clock.now,
    random: () => 0,
    ...settings,
  })
  cache.trustedUntil = Infinity
  return { cache, clock }
}

const BY_KEY: Why = { cause: 'change', table: 'calls', operation: 'update', rule: 'report:{user}:{month}' }
const BY_USER: Why = { cause: 'change', table: 'users', operation: 'delete', rule: 'report:{user}:*' }

test('invalidations are counted by what made them, with the entries that are gone', async (t) => {
  const { cache } = createBench()
  for (const month of ['1', '2', '3']) await cache.get({ user: 'a', month })
  cache.invalidateEntry(['a', '1'], BY_KEY)
  cache.invalidateEntry(['a', '1'], BY_KEY)
  cache.invalidateGroup(0, ['a'], BY_USER)
  cache.invalidateAll(GAP)
  t.deepEqual(cache.wrongs, [
    { ...BY_KEY, count: 2, entries: 1 },
    { ...BY_USER, count: 1, entries: 2 },
    // What is marked is held until its place is needed.
    { ...GAP, count: 1, entries: 2 },
  ])
})

test('an entry tells what made the value before it wrong, and how long ago', async (t) => {
  const { cache, clock } = createBench()
  const [first, second] = [
    { user: 'a', month: '1' },
    { user: 'a', month: '2' },
  ]
  await cache.getMany([first, second])
  cache.invalidateEntry(['a', '1'], BY_KEY)
  clock.advance(5)
  t.deepEqual(cache.inspect(first).previous, { cause: 'invalidated', ago: 5, by: BY_KEY })
  cache.invalidateGroup(0, ['a'], BY_USER)
  clock.advance(5)
  t.deepEqual(cache.inspect(second), {
    state: 'absent',
    previous: { cause: 'invalidated', ago: 5, by: BY_USER },
    loading: false,
  })
  await cache.get(second)
  t.like(cache.inspect(second), { state: 'held', previous: { cause: 'invalidated', by: BY_USER } })
  cache.invalidateAll(CLEAR)
  clock.advance(7)
  t.deepEqual(cache.inspect(second).previous, { cause: 'invalidated', ago: 7, by: CLEAR })
})

test('why values left is remembered of the last thousand params', async (t) => {
  const { cache } = createBench({ max: 1 })
  for (let number = 0; number < 1_500; number += 1) await cache.get({ user: 'a', month: String(number) })
  t.is(cache.inspect({ user: 'a', month: '400' }).previous, undefined)
  t.like(cache.inspect({ user: 'a', month: '600' }).previous, { cause: 'capacity' })
})

test('ages are known to a thirty-second of the time to live, whatever leaves', async (t) => {
  const { cache, clock } = createBench()
  t.is(cache.ages, undefined)
  for (let number = 0; number < 20; number += 1) {
    await cache.get({ user: 'a', month: String(number) })
    clock.advance(100)
  }
  const close = (measured: number | undefined, exact: number): void => {
    t.true(measured !== undefined && measured >= exact && measured <= exact + 100, `${measured} for ${exact}`)
  }
  close(cache.ages?.oldest, 2_000)
  close(cache.ages?.median, 1_000)
  close(cache.ages?.p95, 1_900)
  cache.invalidateEntry(['a', '0'])
  close(cache.ages?.oldest, 1_900)
  clock.advance(TTL)
  await cache.get({ user: 'a', month: '1' })
  close(cache.ages?.oldest, 1_800 + TTL)
  cache.invalidateAll()
  t.is(cache.ages, undefined)
})

test('bytes are measured where a bound needs them, and estimated elsewhere', async (t) => {
  const size = (value: string): number => value.length
  for (const [settings, least, most] of [
    [{ maxSize: 1_000, size }, 120, 120],
    [{}, 120, 1_200],
  ] as const) {
    const { cache } = createBench(settings)
    t.is(cache.bytes, 0)
    for (let number = 0; number < 30; number += 1) await cache.get({ user: 'a', month: String(number) })
    t.true(cache.bytes >= least && cache.bytes <= most, String(cache.bytes))
  }
})

test('an empty cache keeps its store when everything is made wrong, and the fence holds', async (t) => {
  let end: (value: string) => void = () => {}
  const { cache } = createBench({ load: () => new Promise<string>((resolve) => (end = resolve)) })
  const reading = cache.get({ user: 'a', month: '1' })
  t.is(cache.invalidateAll(), 0)
  end('old')
  t.is(await reading, 'old')
  t.is(cache.peek({ user: 'a', month: '1' }), undefined)
  t.deepEqual(cache.internals, { loads: 0, groups: 0, kept: 0 })
})
