import test, { type ExecutionContext } from 'ava'
import type { ManifestRefresh } from '../../src/manifest/manifest.ts'
import type { Invalidation } from '../../src/route/route-target.ts'
import { type Bench, createBench, paramsOf, SERVE, valuesOf, WAIT } from './bench.ts'

const entry = (...ids: readonly string[]): Invalidation => ({
  kind: 'entries',
  cache: 'item',
  width: 2,
  values: ids.flatMap(valuesOf),
})
const GROUP: Invalidation = { kind: 'groups', cache: 'item', index: 0, width: 1, values: ['a'] }
const ALL: Invalidation = { kind: 'all', cache: 'item', reason: 'truncate' }

/** A bench that holds an entry which has been read. */
async function holding(t: ExecutionContext, ...ids: readonly string[]): Promise<Bench> {
  const bench = createBench(t, {}, { debounce: 100 })
  for (const id of ids) {
    await bench.hold(id)
    bench.read(id)
  }
  return bench
}

test('with wait, what a change made wrong is gone at once, and back before anyone asks', async (t) => {
  const { refresher, read, pass, finish, loads } = await holding(t, 'a1')
  t.is(refresher.reload(entry('a1'), WAIT), 1)
  t.is(read('a1'), undefined)
  await pass(99)
  t.is(loads.length, 1)
  await pass(1)
  t.is(loads.length, 2)
  t.is(loads[1]?.stale, undefined)
  await finish()
  t.is(read('a1'), 'new')
  t.like(refresher.operations.list()[0], { cause: 'change', state: 'done', params: { group: 'a', id: '1' } })
})

test('with serve, the old value is served until the reload has ended', async (t) => {
  const { refresher, read, pass, finish, loads } = await holding(t, 'a1')
  t.is(refresher.reload(entry('a1'), SERVE), 0)
  t.is(read('a1'), 'old')
  await pass(100)
  t.is(loads[1]?.stale, 'old')
  t.is(read('a1'), 'old')
  await finish()
  t.is(read('a1'), 'new')
})

test('with serve, the old value goes when its reload has failed for good, or found no place to wait', async (t) => {
  const { refresher, read, pass, open } = await holding(t, 'a1')
  refresher.reload(entry('a1'), SERVE)
  await pass(100)
  for (let attempt = 1; attempt <= 3; attempt += 1) {
    t.is(read('a1'), 'old')
    for (const load of open()) load.reject(new Error('down'))
    await pass(0)
    await pass(attempt * 100)
  }
  t.is(read('a1'), undefined)

  const small = createBench(t, {}, { debounce: 100, queue: 1, concurrency: 1 })
  for (const id of ['a1', 'a2', 'a3']) {
    await small.hold(id)
    small.read(id)
  }
  small.refresher.reload(entry('a1', 'a2', 'a3'), SERVE)
  await small.pass(100)
  t.deepEqual(
    ['a1', 'a2', 'a3'].map((id) => small.read(id)).filter((value) => value === undefined).length,
    2,
    'one waits, two were shed',
  )
})

for (const [name, rule] of [
  ['wait', WAIT],
  ['serve', SERVE],
] as const) {
  // prettier-ignore
  test(`a burst of changes is one reload, which begins after the last, with ${name}`, async (t) => {
    const { refresher, pass, finish, loads, read } = await holding(t, 'a1')
    for (let change = 0; change < 50; change += 1) {
      refresher.reload(entry('a1'), rule)
      if (change % 10 === 0) await pass(10)
    }
    await pass(200)
    t.is(loads.length, 2)
    t.is(refresher.operations.list().length, 1)
    await finish()
    t.is(read('a1'), 'new')
  })

  test(`changes without an end make a reload in each debounce at most, and in each two at least, with ${name}`, async (t) => {
    const { refresher, pass, finish, loads, read } = await holding(t, 'a1')
    for (let change = 0; change < 100; change += 1) {
      refresher.reload(entry('a1'), rule)
      await pass(30)
      await finish(`value ${change}`)
      read('a1')
    }
    const times = loads.slice(1).map(({ at }) => at)
    t.true(times.length >= 15, `${times.length} reloads in 3 s`)
    for (const [place, at] of times.entries()) if (place > 0) t.true(at - times[place - 1]! >= 100, `${at}`)
  })

  test(`a change during a reload makes another one, no sooner than the debounce, with ${name}`, async (t) => {
    const { refresher, pass, finish, loads, read } = await holding(t, 'a1')
    refresher.reload(entry('a1'), rule)
    await pass(100)
    refresher.reload(entry('a1'), rule)
    await finish('between the changes')
    t.is(read('a1'), rule === WAIT ? undefined : 'old', 'the value of before the second change is not kept')
    await pass(99)
    t.is(loads.length, 2)
    await pass(1)
    t.is(loads.length, 3)
    await finish('latest')
    t.is(read('a1'), 'latest')
  })

  test(`an entry that nobody has read since it was loaded is dropped, with ${name}`, async (t) => {
    const { refresher, hold, pass, loads, read } = createBench(t)
    await hold('a1')
    t.is(refresher.reload(entry('a1'), rule), 1)
    t.is(refresher.reload(entry('a9'), rule), 0)
    await pass(1_000)
    t.is(loads.length, 1)
    t.is(read('a1'), undefined)
  })
}

test('a rule of priority critical reloads also what nobody reads', async (t) => {
  const { refresher, hold, pass, loads } = createBench(t)
  await hold('a1')
  refresher.reload(entry('a1'), { ...WAIT, priority: 'critical' })
  await pass(100)
  t.is(loads.length, 2)
})

test('a reader that is faster than the reload loads by itself, and the reload is spared', async (t) => {
  const { refresher, cache, pass, finish, loads } = await holding(t, 'a1')
  refresher.reload(entry('a1'), WAIT)
  const reading = cache.get(paramsOf('a1'))
  await finish('fresh')
  t.is(await reading, 'fresh')
  await pass(100)
  t.is(loads.length, 2)
  t.deepEqual(refresher.operations.list(), [])
})

const GROUPS: readonly (readonly [string, Invalidation, ManifestRefresh, unknown])[] = [
  ['a partial binding, with wait', GROUP, WAIT, undefined],
  ['a partial binding, with serve', GROUP, SERVE, 'old'],
  ['the whole cache, with wait', ALL, WAIT, undefined],
  ['the whole cache, which is dropped also with serve', ALL, SERVE, undefined],
]
for (const [what, invalidation, rule, meanwhile] of GROUPS) {
  test(`a change of ${what} reloads what is held and read`, async (t) => {
    const { refresher, hold, pass, finish, loads, read, cache, open } = await holding(t, 'a1', 'a2')
    await hold('a3')
    const first = cache.get(paramsOf('a4'))
    refresher.reload(invalidation, rule)
    t.is(read('a1'), meanwhile)
    t.is(read('a3'), undefined)
    open()[0]?.resolve('read before the change')
    t.is(await first, 'read before the change')
    t.is(read('a4'), undefined, 'a load under way is fenced')
    await pass(100)
    t.deepEqual(loads.slice(4).map(({ id }) => id).sort(), ['a1', 'a2']) // prettier-ignore
    refresher.reload(invalidation, rule)
    await finish('between the changes')
    t.is(read('a1'), meanwhile)
    await pass(100)
    await finish('latest')
    t.is(read('a1'), 'latest')
    t.is(read('a2'), 'latest')
  })
}

test('a change that only drops cancels the reload that waits', async (t) => {
  const { refresher, cache, pass, loads, read } = createBench(t, {}, { debounce: 10, concurrency: 1 })
  const blocking = cache.get(paramsOf('z1'))
  for (const id of ['a1']) {
    const reading = cache.get(paramsOf(id))
    loads.at(-1)?.resolve('old')
    await reading
    read(id)
  }
  refresher.reload(entry('a1'), WAIT)
  await pass(10)
  t.like(refresher.operations.list()[0], { state: 'queued' })
  refresher.cancel(entry('a1'))
  t.like(refresher.operations.list()[0], { state: 'cancelled' })
  loads[0]?.resolve('z')
  await blocking
  await pass(0)
  t.is(loads.length, 2)
})
