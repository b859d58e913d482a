import test from 'ava'
import { Cache } from '../../src/cache/cache.ts'
import type { CacheSettings } from '../../src/cache/settings.ts'
import { createMemoryTier } from '../../src/testing/index.ts'
import type { ReadableTier, TierAnswer } from '../../src/invalidate/tier.ts'
import { loadThrough } from '../../src/tiers/load-through.ts'
import { createClock, type ManualClock } from '../helpers/clock.ts'
import { createDeferred, settle } from '../helpers/deferred.ts'

const TTL = 100

function createProcess(
  clock: ManualClock,
  tier: ReadableTier,
  settings: Partial<CacheSettings<unknown>> = {},
  trustedUntil = Infinity,
) {
  let loads = 0
  const errors: unknown[] = []
  const loader = loadThrough(
    { load: () => `load ${(loads += 1)}` },
    {
      cache: 'board',
      tiers: [tier],
      ttl: TTL,
      isTrusted: () => clock.now() < cache.trustedUntil,
      isClean: () => true,
      clock,
      failed: (error) => errors.push(error),
    },
  )
  const cache: Cache<unknown> = new Cache<unknown>({
    name: 'board',
    params: [{ name: 'id', type: 'text' }],
    ttl: TTL,
    jitter: 0,
    max: 10,
    partial: [],
    load: loader.load,
    now: clock.now,
    random: () => 0,
    promotes: true,
    ...settings,
  })
  cache.trustedUntil = trustedUntil
  return { cache, errors, loads: () => loads }
}

test('what a loader is given beyond a tier is that of the load, and no signal is made that nobody looks at', async (t) => {
  const given: string[] = []
  const context = {
    get signal() {
      given.push('signal')
      return new AbortController().signal
    },
    stale: 'old',
    isAnew: true,
    limitLife: (ms: number, place?: number) => void given.push(`${ms} ${place}`),
  }
  const clock = createClock()
  const seen: unknown[] = []
  const loader = loadThrough(
    {
      load: (_, { stale, isAnew, limitLife }) => {
        limitLife(7)
        seen.push(stale, isAnew)
      },
      loadMany: (list, { isAnew, limitLife }) => {
        limitLife(5, 1)
        seen.push(isAnew)
        return list.map(() => 'many')
      },
    },
    {
      cache: 'board',
      tiers: [],
      ttl: TTL,
      isTrusted: () => true,
      isClean: () => true,
      clock,
      failed: (error) => t.fail(String(error)),
    },
  )
  await loader.load({ id: 'a' }, context)
  t.deepEqual(await loader.loadMany?.([{ id: 'a' }, { id: 'b' }], context), ['many', 'many'])
  t.deepEqual(seen, ['old', true, true])
  t.deepEqual(given, ['7 undefined', '5 undefined', '5 1'])
})

test('a promoted value lives no longer than the tier says', async (t) => {
  const clock = createClock()
  const tier = createMemoryTier(clock.now)
  const [first, second] = [createProcess(clock, tier), createProcess(clock, tier)]
  t.is(await first.cache.get({ id: 'a' }), 'load 1')
  await settle()
  clock.advance(80)
  t.is(await second.cache.get({ id: 'a' }), 'load 1')
  t.is(second.loads(), 0)
  clock.advance(19)
  t.is(second.cache.peek({ id: 'a' }), 'load 1')
  clock.advance(1)
  t.is(second.cache.peek({ id: 'a' }), undefined)
})

test('a reload asks the loader, and fills the tier anew', async (t) => {
  const clock = createClock()
  const tier = createMemoryTier(clock.now)
  const [first, second] = [createProcess(clock, tier), createProcess(clock, tier)]
  await first.cache.get({ id: 'a' })
  t.is(await first.cache.refresh({ id: 'a' }), 'load 2')
  await settle()
  t.is(await second.cache.get({ id: 'a' }), 'load 2')
})

test('warming takes from a tier what would be fresh here, and loads what is due there, once for all', async (t) => {
  const clock = createClock()
  const tier = createMemoryTier(clock.now)
  const [first, second, third] = [createProcess(clock, tier), createProcess(clock, tier, { refresh: 0.8 }), createProcess(clock, tier)] // prettier-ignore
  await first.cache.get({ id: 'a' })
  await settle()
  clock.advance(79)
  await first.cache.get({ id: 'b' })
  await settle()
  clock.advance(1)
  t.deepEqual(await second.cache.background.reload([['b']], true), [{ kind: 'stored' }])
  t.is(second.cache.peek({ id: 'b' }), 'load 2')
  t.is(second.loads(), 0, 'fresh there')
  clock.advance(1)
  await second.cache.background.reload([['a']], true)
  await settle()
  t.is(second.loads(), 1, 'due there')
  clock.advance(50)
  t.is(await third.cache.get({ id: 'a' }), 'load 1')
  t.is(third.loads(), 0, 'the tier has what was loaded in its place')
  await second.cache.background.reload([['b']], true)
  t.is(second.loads(), 2, 'what is held here is not taken again')
  await second.cache.background.reload([['a']])
  t.is(second.loads(), 3, 'a reload takes nothing')
})

test('warming many takes each from a tier that is fresh there, and nothings by their own time', async (t) => {
  const clock = createClock()
  const tier = createMemoryTier(clock.now)
  const fill = (id: string, value: unknown, life: number): void => {
    const entry = { cache: 'board', params: { id } }
    const answer = tier.read(entry)
    tier.fill(entry, value, { lease: answer.kind === 'missing' ? answer.lease : {}, life })
  }
  fill('fresh', 'held', 21)
  fill('due', 'held', 19)
  fill('none', null, 9)
  fill('old none', null, 7)
  const asked: unknown[] = []
  const { loadMany, load } = loadThrough(
    {
      load: () => 'one',
      loadMany: (list, { isAnew, leastLeft }) => {
        asked.push(isAnew, leastLeft)
        return list.map(({ id }) => `load ${String(id)}`)
      },
    },
    {
      cache: 'board',
      tiers: [tier],
      ttl: TTL,
      negativeTtl: 40,
      isTrusted: () => true,
      isClean: () => true,
      clock,
      failed: (error) => t.fail(String(error)),
    },
  )
  const cache = new Cache<unknown>({
    name: 'board',
    params: [{ name: 'id', type: 'text' }],
    ttl: TTL,
    negativeTtl: 40,
    refresh: 0.8,
    jitter: 0,
    max: 10,
    partial: [],
    load,
    ...(loadMany && { loadMany }),
    now: clock.now,
    random: () => 0,
    promotes: true,
  })
  cache.trustedUntil = Infinity
  const ids = ['fresh', 'due', 'none', 'old none', 'missing']
  await cache.background.reload(ids.map((id) => [id]), true) // prettier-ignore
  t.deepEqual(ids.map((id) => cache.peek({ id })), ['held', 'load due', null, 'load old none', 'load missing']) // prettier-ignore
  t.deepEqual(asked.map((value) => typeof value === 'number' ? Math.round(value * 10) / 10 : value), [false, 0.2]) // prettier-ignore
})

for (const untrustedFor of [0, 20]) {
  test(`who reads past the deadline of trust joins no load that a tier may answer, where ${untrustedFor} ms more are served`, async (t) => {
    const clock = createClock()
    const asked = createDeferred<TierAnswer>()
    const { cache, loads } = createProcess(
      clock,
      { ...createMemoryTier(clock.now), read: () => asked.promise },
      { joinFor: 1_000, untrustedFor },
      clock.now() + 10,
    )
    const early = cache.get({ id: 'a' })
    clock.advance(10 + untrustedFor - 1)
    const joined = cache.get({ id: 'a' })
    clock.advance(1)
    const late = cache.get({ id: 'a' })
    asked.resolve({ kind: 'held', value: 'from before the proof', life: 50 })
    t.deepEqual(await Promise.all([early, joined, late]), [
      'from before the proof',
      'from before the proof',
      'load 1',
    ])
    t.is(loads(), 1)
  })
}

test('a load that began without trust asks no tier, and is joined as any', async (t) => {
  const clock = createClock()
  const tier = createMemoryTier(clock.now)
  const { cache, loads } = createProcess(clock, tier, { joinFor: 1_000 }, Number.NEGATIVE_INFINITY)
  t.deepEqual(await Promise.all([cache.get({ id: 'a' }), cache.get({ id: 'a' })]), ['load 1', 'load 1'])
  t.is(loads(), 1)
})

test('a tier that fails, or does not answer, holds nothing', async (t) => {
  const clock = createClock()
  const answers: ReadableTier['read'][] = [
    () => Promise.reject(new Error('down')),
    () => {
      throw new Error('broken')
    },
    () => new Promise(() => {}),
  ]
  for (const [number, read] of answers.entries()) {
    const { cache, errors } = createProcess(clock, { ...createMemoryTier(clock.now), read })
    const reading = cache.get({ id: 'a' })
    await settle()
    clock.advance(500)
    t.is(await reading, 'load 1')
    t.is(errors.length, number < 2 ? 1 : 0)
  }
})
