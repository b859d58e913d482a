import test from 'ava'
import { Cache } from '../../src/cache/cache.ts'
import type { CacheSettings } from '../../src/cache/settings.ts'
import { Trust } from '../../src/cache/trust.ts'
import { createClock } from '../helpers/clock.ts'

const SILENCE = 100

/** A cache over one table, its trust, and a count of its loads: `value N` is what load number N gives. */
function createBench(settings: Partial<CacheSettings<string>> = {}) {
  const clock = createClock()
  let loads = 0
  const cache = new Cache<string>({
    name: 'item',
    params: [
      { name: 'id', type: 'text' },
      { name: 'part', type: 'text' },
    ],
    ttl: 100_000,
    jitter: 0,
    max: 100,
    partial: [['id']],
    load: () => `value ${(loads += 1)}`,
    now: clock.now,
    random: () => 0,
    ...settings,
  })
  const trust = new Trust([{ cache: cache as Cache<unknown>, tables: ['items'] }], SILENCE)
  const begin = (): void => {
    trust.renew(clock.now(), new Set())
  }
  const params = { id: 'a', part: '1' }
  const read = (): Promise<string> => cache.get(params)
  return { cache, clock, trust, begin, read, peek: () => cache.peek(params) }
}

test('before the first proof each read asks the loader, and nothing is stored', async (t) => {
  for (const untrustedFor of [0, 1_000]) {
    const { cache, read, peek } = createBench({ untrustedFor })
    t.is(await read(), 'value 1')
    t.is(await read(), 'value 2')
    t.is(peek(), undefined)
    t.like(cache.counters, { untrusted: 3, unproven: 0 })
  }
})

test('when the proof has run out, reads ask the loader unless the cache may serve', async (t) => {
  const { cache, clock, begin, read, peek } = createBench()
  begin()
  await read()
  clock.advance(SILENCE - 1)
  t.is(await read(), 'value 1')
  clock.advance(1)
  t.is(peek(), undefined)
  t.is(await read(), 'value 2')
  t.is(await read(), 'value 3')
  t.is(cache.counters.untrusted, 3)
})

test('a cache that may serve untrusted does so for its bound, counted from the end of the proof', async (t) => {
  const { cache, clock, begin, read, peek, trust } = createBench({ untrustedFor: 1_000 })
  begin()
  await read()
  clock.advance(SILENCE)
  trust.suspend()
  t.is(await read(), 'value 1')
  t.is(peek(), 'value 1')
  clock.advance(999)
  t.is(await read(), 'value 1')
  t.like(cache.counters, { unproven: 3, untrusted: 0, hits: 3 })
  clock.advance(1)
  t.is(peek(), undefined)
  t.is(await read(), 'value 2')
  t.is(await read(), 'value 3')
})

test('the look that finds a trigger missing proves nothing for its cache', async (t) => {
  const { clock, begin, read, peek, trust } = createBench({ untrustedFor: 1_000 })
  begin()
  await read()
  // The trigger is dropped, and a change goes unnoticed, before the next look.
  clock.advance(50)
  trust.renew(clock.now(), new Set(['items']))
  clock.advance(SILENCE + 1_000 - 51)
  t.is(peek(), 'value 1')
  clock.advance(1)
  t.is(peek(), undefined)
})

test('the bound is not begun anew by losing trust again', async (t) => {
  const { clock, begin, read, peek, trust } = createBench({ untrustedFor: 1_000 })
  begin()
  await read()
  clock.advance(SILENCE)
  trust.suspend()
  clock.advance(900)
  trust.distrust()
  t.is(peek(), 'value 1')
  clock.advance(99)
  t.is(peek(), 'value 1')
  clock.advance(1)
  t.is(peek(), undefined)
})

test('what is loaded while untrusted is not stored, and what an invalidation names is not served', async (t) => {
  const { cache, clock, begin, read, peek, trust } = createBench({ untrustedFor: 1_000 })
  begin()
  await read()
  await cache.get({ id: 'b', part: '1' })
  trust.suspend()
  clock.advance(10)
  cache.invalidateGroup(0, ['a'])
  t.is(peek(), undefined)
  t.is(await read(), 'value 3')
  t.is(await read(), 'value 4')
  t.is(cache.peek({ id: 'b', part: '1' }), 'value 2')
  trust.invalidate()
  t.is(cache.peek({ id: 'b', part: '1' }), undefined)
  cache.invalidateEntry(['a', '1'])
  t.is(await read(), 'value 5')
})

test('trust that comes back makes what is held trusted, and serving counts from the new proof', async (t) => {
  const { cache, clock, begin, read, peek, trust } = createBench({ untrustedFor: 1_000 })
  begin()
  await read()
  trust.suspend()
  clock.advance(500)
  trust.prove(clock.now())
  t.is(await read(), 'value 1')
  t.is(cache.counters.unproven, 0)
  clock.advance(SILENCE + 999)
  t.is(peek(), 'value 1')
  t.is(cache.counters.unproven, 1)
  clock.advance(1)
  t.is(peek(), undefined)
})

test('a cache whose trigger is missing serves no longer than its bound, however often life is proven', async (t) => {
  const { clock, begin, read, peek, trust } = createBench({ untrustedFor: 1_000 })
  begin()
  await read()
  trust.cover(new Set(['items']))
  for (let step = 0; step < 10; step += 1) {
    trust.prove(clock.now())
    t.is(peek(), 'value 1')
    clock.advance((SILENCE + 1_000) / 10)
  }
  t.is(peek(), undefined)
  trust.cover(new Set())
  trust.prove(clock.now())
  t.is(peek(), undefined)
  t.is(await read(), 'value 2')
  t.is(await read(), 'value 2')
})

test('a process that was stopped past all deadlines serves nothing that it held', async (t) => {
  const { clock, begin, read, peek } = createBench({ untrustedFor: 1_000 })
  begin()
  await read()
  clock.advance(3_600_000)
  t.is(peek(), undefined)
  t.is(await read(), 'value 2')
})

test('an expired value stands in for a failing loader also while untrusted, within the bound', async (t) => {
  let down = false
  const { clock, begin, read, trust } = createBench({
    untrustedFor: 1_000,
    staleIfError: 5_000,
    ttl: 200,
    load: () => {
      if (down) throw new Error('down')
      return 'first'
    },
  })
  begin()
  await read()
  down = true
  trust.suspend()
  clock.advance(300)
  t.is(await read(), 'first')
  clock.advance(800)
  await t.throwsAsync(read(), { message: 'down' })
})

test('a cache that is closed serves nothing', async (t) => {
  const { cache, begin, read, peek } = createBench({ untrustedFor: 1_000 })
  begin()
  await read()
  cache.close(new Error('closed'))
  t.is(peek(), undefined)
})

test('while nothing is trusted, nobody joins a load that began longer ago than the proof may be old', async (t) => {
  const ends: ((value: string) => void)[] = []
  for (const untrustedFor of [0, 50]) {
    ends.length = 0
    const { clock, begin, read, trust, cache, peek } = createBench({
      joinFor: SILENCE,
      untrustedFor,
      load: () => new Promise<string>((resolve) => ends.push(resolve)),
    })
    begin()
    const first = read()
    clock.advance(SILENCE + untrustedFor - 1)
    trust.suspend()
    const joined = read()
    t.is(ends.length, 1)
    clock.advance(1)
    const late = read()
    t.is(ends.length, 2, 'a load of its own')
    begin()
    const trusted = read()
    t.is(ends.length, 2, 'the younger load is joined')
    ends[0]?.('before')
    t.deepEqual(await Promise.all([first, joined]), ['before', 'before'])
    t.is(peek(), undefined, 'the older load gives way')
    ends[1]?.('after')
    t.deepEqual(await Promise.all([late, trusted]), ['after', 'after'])
    t.is(cache.internals.loads, 0)
  }
})
