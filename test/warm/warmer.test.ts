import test, { type ExecutionContext } from 'ava'
import type { ManifestWarming } from '../../src/manifest/manifest.ts'
import { createWarmControl } from '../../src/warm/control.ts'
import { FLEET_PAUSE } from '../../src/warm/fleet-run.ts'
import { createWarmer, type WarmerSettings } from '../../src/warm/warmer.ts'
import type { JsonValue } from '../../src/wire/change.ts'
import { createDeferred, settle } from '../helpers/deferred.ts'
import { type Bench, createBench, paramsOf, valuesOf } from '../refresh/bench.ts'

const SET: ManifestWarming = {
  cache: 'item',
  params: { kind: 'list', items: ['a1', 'a2', 'b1', 'b2'].map(paramsOf) },
  on: ['demand'],
  beforeReady: false,
  batch: 2,
  concurrency: 1,
  limit: 100,
  timeout: 60_000,
  priority: 'normal',
}

function createWarmBench(
  t: ExecutionContext,
  bench: Bench,
  sets: Readonly<Record<string, Partial<ManifestWarming>>>,
  settings: Partial<WarmerSettings> = {},
) {
  const { cache, clock, refresher } = bench
  const ticks = new Map<string, (tick: Date) => Promise<void>>()
  const errors: unknown[] = []
  const { operations, worker } = refresher
  const warmer = createWarmer({
    manifest: {
      version: 1,
      ruleset: 'bench',
      feed: 'notify',
      channel: 'bench',
      hash: '',
      caches: { item: { key: '', params: [{ name: 'group', type: 'text' }, { name: 'id', type: 'text' }], ttl: 1, jitter: 0, max: 1, priority: 'normal', partial: [], tables: [] } }, // prettier-ignore
      tables: [],
      paths: {},
      warming: Object.fromEntries(Object.entries(sets).map(([name, set]) => [name, { ...SET, ...set }])),
    },
    caches: new Map([['item', cache]]),
    isBatched: () => false,
    isShared: () => false,
    worker,
    operations,
    clock,
    open: async () => await Promise.reject(new Error('no database here')),
    createSchedule: async () =>
      await Promise.resolve((cron: string, callback: (tick: Date) => Promise<void>) => {
        ticks.set(cron, callback)
        return () => ticks.delete(cron)
      }),
    failed: (error) => errors.push(error),
    ...settings,
  })
  t.teardown(() => warmer.close())
  return { warmer, ticks, errors }
}

/** Ends all loads until the promise has settled. */
async function drive<T>(bench: Bench, promise: Promise<T>): Promise<T> {
  const progress = { isOver: false }
  const end = (): void => void (progress.isOver = true)
  promise.then(end, end)
  while (!progress.isOver) await bench.finish()
  return await promise
}

test('a set is loaded in its order, what is fresh is skipped, and what nobody has asked for is then held', async (t) => {
  const bench = createBench(t)
  const { warmer } = createWarmBench(t, bench, { all: {} })
  await bench.hold('a2')
  const report = await drive(bench, warmer.warm('all'))
  t.like(report, { loaded: 3, skipped: 1, failed: 0, sets: [{ set: 'all', end: 'complete' }] })
  t.deepEqual(bench.loads.map(({ id }) => id), ['a2', 'a1', 'b1', 'b2']) // prettier-ignore
  t.is(bench.read('b2'), 'new')
  t.like(bench.refresher.operations.list()[0], { kind: 'warm', cause: 'demand', set: 'all', state: 'done', progress: { loaded: 3, skipped: 1, failed: 0 } }) // prettier-ignore
  const again = await drive(bench, warmer.warm(undefined))
  t.like(again, { loaded: 0, skipped: 4 })
})

test('no more is under way than batches side by side, and than the budget of all background work', async (t) => {
  const bench = createBench(t, {}, { concurrency: 3 })
  const items = Array.from({ length: 30 }, (_, number) => paramsOf(`a${number}`))
  const { warmer } = createWarmBench(t, bench, {
    narrow: { params: { kind: 'list', items }, batch: 2 },
    wide: { params: { kind: 'list', items: items.map(({ id }) => paramsOf(`b${id}`)) }, batch: 5, concurrency: 4 }, // prettier-ignore
  })
  t.like(await drive(bench, warmer.warm('narrow')), { loaded: 30 })
  t.is(bench.most(), 2)
  t.like(await drive(bench, warmer.warm('wide')), { loaded: 30 })
  t.is(bench.most(), 3)
})

test('the priority of a warming set, of a rule and of a cache decide in one queue, and one budget holds for all', async (t) => {
  const bench = createBench(t, { priority: 'high' }, { concurrency: 1, debounce: 10 })
  const { cache, refresher, hold, read, pass, loads } = bench
  const { warmer } = createWarmBench(t, bench, {
    low: { params: { kind: 'list', items: [paramsOf('d1')] }, priority: 'low' },
    critical: { params: { kind: 'list', items: [paramsOf('c1'), paramsOf('c2')] }, priority: 'critical' },
  })
  for (const id of ['a1', 'a2']) await hold(id)
  read('a2')
  await pass(7_990)
  const blocking = cache.get(paramsOf('z1'))
  const change = { kind: 'entries', cache: 'item', width: 2, values: valuesOf('a2') } as const
  refresher.reload(change, { meanwhile: 'wait', priority: 'normal' })
  const least = warmer.warm('low')
  await pass(10)
  read('a1')
  const most = warmer.warm('critical')
  await settle()
  t.is(loads.length, 3, 'a reader has the budget')
  const priorities = refresher.operations
    .list()
    .map(({ cause, set, priority }) => [set ?? cause, priority].join())
  t.deepEqual(priorities.toSorted(), ['change,normal', 'critical,critical', 'low,low', 'read,high'])
  await drive(bench, Promise.all([blocking, least, most]))
  t.deepEqual(loads.slice(3).map(({ id }) => id), ['c1', 'c2', 'a1', 'a2', 'd1']) // prettier-ignore
  t.is(bench.most(), 1)
})

test('tasks that wait for a call of others count as well', async (t) => {
  const held = createDeferred<readonly string[]>()
  const bench = createBench(t, { loadMany: () => held.promise }, { concurrency: 3 })
  const items = Array.from({ length: 10 }, (_, number) => paramsOf(`a${number}`))
  const { warmer } = createWarmBench(t, bench, { wide: { params: { kind: 'list', items }, batch: 1, concurrency: 10 } }) // prettier-ignore
  const reading = bench.cache.getMany(items)
  await settle()
  const report = warmer.warm('wide')
  await settle()
  t.is(bench.refresher.worker.running.length, 3)
  held.resolve(items.map(({ id }) => id))
  await reading
  t.like(await drive(bench, report), { failed: 0, sets: [{ end: 'complete' }] })
})

test('how far a run has come is told with the operation, and each time as it was then', async (t) => {
  const bench = createBench(t)
  const { warmer } = createWarmBench(t, bench, { all: {} })
  const seen: unknown[] = []
  const report = warmer.warm('all', { progress: (_, counts) => seen.push(counts) })
  await settle()
  t.like(bench.refresher.operations.list()[0], { state: 'running', progress: { loaded: 0, total: 4 } })
  await bench.finish()
  t.like(bench.refresher.operations.list()[0], { state: 'running', progress: { loaded: 2, total: 4 } })
  await drive(bench, report)
  const count = (of: unknown): unknown => (of as { loaded?: number } | undefined)?.loaded
  const steps = bench.steps.filter(({ kind }) => kind === 'warm').map(({ progress }) => count(progress))
  t.deepEqual(steps, [0, 0, 0, 1, 2, 3, 4, 4])
  t.deepEqual(seen.map(count), [0, 0, 1, 2, 3, 4])
})

test('a loader that takes several is called once for a batch', async (t) => {
  const calls: number[] = []
  const bench = createBench(t, {
    loadMany: (list) => {
      calls.push(list.length)
      return list.map(({ id }) => (id === '2' ? new Error('no such') : 'many'))
    },
  })
  const { warmer } = createWarmBench(t, bench, { all: { batch: 3 } }, { isBatched: () => true })
  const report = warmer.warm('all')
  for (let turn = 0; turn < 20; turn += 1) await bench.pass(1_000)
  t.like(await drive(bench, report), { failed: 0, loaded: 4 }, 'what failed alone is tried again alone')
  t.is(calls[0], 3)
})

test('a failing entry does not stop the rest', async (t) => {
  const bench = createBench(t, {}, { attempts: 1 })
  const { warmer } = createWarmBench(t, bench, { all: {} })
  const report = warmer.warm('all')
  await settle()
  for (const load of bench.open()) load.reject(new Error('down'))
  t.like(await drive(bench, report), { loaded: 2, skipped: 0, failed: 2, sets: [{ end: 'complete' }] })
})

test('a run ends at its limit, at its timeout, and when it is called off', async (t) => {
  const bench = createBench(t)
  const { warmer } = createWarmBench(t, bench, { few: { limit: 3 }, slow: { timeout: 1_000 } })
  t.like(await drive(bench, warmer.warm('few')), { loaded: 3 })
  bench.cache.invalidateAll()
  const slow = warmer.warm('slow')
  await settle()
  await bench.pass(999)
  await bench.pass(1)
  t.like(await slow, { loaded: 0, took: 1_000, sets: [{ end: 'timeout' }] })
  await bench.finish()
  bench.cache.invalidateAll()
  const stop = new AbortController()
  const readings = ['z1', 'z2', 'z3'].map((id) => bench.cache.get(paramsOf(id)))
  const waiting = warmer.warm('slow', { signal: stop.signal })
  await settle()
  t.is(bench.refresher.worker.waiting, 2, 'readers come first')
  stop.abort()
  t.like(await waiting, { loaded: 0, sets: [{ end: 'stopped' }] })
  t.is(bench.refresher.worker.waiting, 0)
  await bench.finish()
  await Promise.all(readings)
  const abort = new AbortController()
  const called = warmer.warm('slow', { signal: abort.signal })
  await settle()
  await bench.finish()
  abort.abort()
  t.like(await called, { loaded: 2, sets: [{ end: 'stopped' }] })
  t.is(bench.refresher.worker.waiting, 0)
  t.like(bench.refresher.operations.list().find(({ kind, state }) => kind === 'warm' && state === 'cancelled'), { set: 'slow' }) // prettier-ignore
})

test('with params, only entries that have them are loaded, in all sets that take them', async (t) => {
  const bench = createBench(t)
  const { warmer } = createWarmBench(t, bench, { all: {}, others: { params: { kind: 'list', items: [paramsOf('a3'), paramsOf('c1')] } } }) // prettier-ignore
  t.like(await drive(bench, warmer.warm(undefined, { params: { group: 'a' } })), { loaded: 3 })
  t.deepEqual(bench.loads.map(({ id }) => id).sort(), ['a1', 'a2', 'a3']) // prettier-ignore
  t.like(await drive(bench, warmer.warm('all', { params: { group: 'x', id: '9' } })), { loaded: 1 })
  t.is(bench.loads.at(-1)?.id, 'x9', 'all params name the entry itself')
  await t.throwsAsync(warmer.warm('none'), { code: 'warming-unknown' })
  await t.throwsAsync(warmer.warm(undefined, { params: { user: 1 } }), { code: 'warming-unknown' })
})

test('a learned set is loaded in the order of what is expected, and of the given params only', async (t) => {
  const bench = createBench(t)
  const list = ['b2', 'a1', 'b1', 'a2'].map(valuesOf)
  const learner = { hooks: () => ({}), add: () => {}, start: () => {}, expect: async () => await Promise.resolve(list), close: async () => {} } // prettier-ignore
  const { warmer } = createWarmBench(
    t,
    bench,
    { usual: { params: { kind: 'learned' }, limit: 3 } },
    { learner },
  )
  t.like(await drive(bench, warmer.warm(undefined, { params: { group: 'a' } })), { loaded: 2 }) // prettier-ignore
  t.deepEqual(bench.loads.map(({ id }) => id), ['a1', 'a2']) // prettier-ignore
  t.like(await drive(bench, warmer.warm('usual')), { loaded: 2, skipped: 1 })
  t.deepEqual(bench.loads.map(({ id }) => id), ['a1', 'a2', 'b2', 'b1']) // prettier-ignore
})

test('at startup critical sets come first, and only those that ready waits for hold it up', async (t) => {
  const bench = createBench(t)
  const list = (id: string) => ({ params: { kind: 'list' as const, items: [paramsOf(id)] }, on: ['startup' as const] }) // prettier-ignore
  const { warmer } = createWarmBench(t, bench, {
    beside: list('d1'),
    'a-high': { ...list('b1'), beforeReady: true, priority: 'high' },
    'b-critical': { ...list('a1'), beforeReady: true, priority: 'critical' },
    demand: {},
  })
  const starting = warmer.start()
  await settle()
  t.deepEqual(bench.open().map(({ id }) => id), ['a1']) // prettier-ignore
  await bench.finish()
  t.deepEqual(bench.open().map(({ id }) => id), ['b1']) // prettier-ignore
  await bench.finish()
  await starting
  await settle()
  t.deepEqual(bench.loads.map(({ id }) => id), ['a1', 'b1', 'd1']) // prettier-ignore
})

test('a schedule runs its set, and not while the run before is under way; closing ends it', async (t) => {
  const bench = createBench(t)
  const { warmer, ticks } = createWarmBench(t, bench, { all: { schedule: '*/30 * * * *', on: [] } })
  await warmer.start()
  t.is(bench.loads.length, 0)
  void ticks.get('*/30 * * * *')?.(new Date())
  void ticks.get('*/30 * * * *')?.(new Date())
  await settle()
  t.is(bench.loads.length, 2)
  t.is(bench.refresher.operations.list().length, 1)
  for (let turn = 0; turn < 5; turn += 1) await bench.finish()
  t.is(bench.loads.length, 4)
  bench.cache.invalidateAll()
  void ticks.get('*/30 * * * *')?.(new Date())
  await settle()
  t.is(bench.loads.length, 6)
  t.like(bench.refresher.operations.list()[0], { cause: 'schedule', state: 'running' })
  void warmer.close()
  t.is(ticks.size, 0)
})

/** A database that knows one lock and one mark. */
function createFleet() {
  const fleet = {
    holder: undefined as object | undefined,
    mark: undefined as unknown,
    asked: [] as string[],
    sessions: [] as { readonly destroy: () => void }[],
    open: async () => {
      const session = {
        query: async (text: string, values: readonly unknown[] = []) => {
          fleet.asked.push(text.slice(0, 6))
          if (text.startsWith('DECLARE')) throw new Error('no such table')
          const done = fleet.mark !== undefined && fleet.mark === values[2]
          if (text.startsWith('INSERT')) fleet.mark = values[2]
          const isFree = text.includes('pg_try_advisory_lock') && [undefined, session].includes(fleet.holder as never) // prettier-ignore
          if (isFree) fleet.holder = session
          return await Promise.resolve({ rows: [{ done, locked: fleet.holder === session }] })
        },
        destroy: () => {
          if (fleet.holder === session) fleet.holder = undefined
        },
      }
      fleet.sessions.push(session)
      return await Promise.resolve(session)
    },
  }
  return fleet
}

const CRON = '*/30 * * * *'

/** An instance with such a schedule, which shares what it holds with those of the same fleet. */
async function createInstance(
  t: ExecutionContext,
  settings: Partial<WarmerSettings>,
  set: Partial<ManifestWarming> = {},
) {
  // prettier-ignore
  const bench = createBench(t)
  const { warmer, ticks, errors } = createWarmBench(t, bench, { all: { schedule: CRON, on: [], ...set } }, { isShared: () => true, ...settings }) // prettier-ignore
  await warmer.start()
  return { bench, warmer, errors, tick: async (minute = 0) => await ticks.get(CRON)?.(new Date(Date.UTC(2026, 2, 1, 9, minute))) } // prettier-ignore
}

test('of what instances share, one loads for a time of the schedule, and the other finds that done', async (t) => {
  const fleet = createFleet()
  const [first, second] = [await createInstance(t, fleet), await createInstance(t, fleet)]
  const running = first.tick()
  await settle()
  t.is(first.bench.loads.length, 2)
  const waiting = second.tick()
  await settle()
  t.is(second.bench.loads.length, 0, 'another instance is at it')
  await drive(first.bench, running)
  t.is(first.bench.loads.length, 4)
  await second.bench.pass(FLEET_PAUSE - 1)
  t.is(second.bench.loads.length, 0)
  await second.bench.pass(1)
  await waiting
  t.is(second.bench.loads.length, 0)
  t.deepEqual(second.bench.refresher.operations.list(), [])
  t.is(fleet.holder, undefined)
  await second.tick()
  t.is(second.bench.loads.length, 0, 'also where its clock is late')
  await drive(second.bench, second.tick(30))
  t.is(second.bench.loads.length, 4, "the next time is anybody's")
  first.bench.cache.invalidateAll()
  await first.tick(30)
  t.is(first.bench.loads.length, 4)
  t.deepEqual([...first.errors, ...second.errors], [])
})

test('an instance that dies while it loads is followed by one that waits', async (t) => {
  const fleet = createFleet()
  const [first, second] = [await createInstance(t, fleet), await createInstance(t, fleet)]
  void first.tick()
  await settle()
  const waiting = second.tick()
  await settle()
  await second.bench.pass(FLEET_PAUSE)
  t.is(second.bench.loads.length, 0)
  fleet.sessions[0]?.destroy()
  await second.bench.pass(FLEET_PAUSE)
  t.is(second.bench.loads.length, 2)
  await drive(second.bench, waiting)
  t.is(second.bench.loads.length, 4)
})

test('who waits for the run of another gives up when that must be over', async (t) => {
  const fleet = createFleet()
  fleet.holder = {}
  const { bench, tick } = await createInstance(t, fleet)
  const progress = { isOver: false }
  void tick().then(() => (progress.isOver = true))
  await settle()
  for (let ms = 0; ms < 60_000; ms += FLEET_PAUSE) await bench.pass(FLEET_PAUSE)
  t.false(progress.isOver)
  for (let ms = 0; ms <= 10_000; ms += FLEET_PAUSE) await bench.pass(FLEET_PAUSE)
  t.true(progress.isOver)
  t.is(bench.loads.length, 0)
})

for (const [end, isMarked] of [
  ['complete', true],
  ['timeout', true],
  ['stopped', false],
  ['failed', false],
] as const) {
  test(`a run that ended by ${end} is ${isMarked ? 'done' : 'left to others'}`, async (t) => {
    const fleet = createFleet()
    const set = end === 'failed' ? { params: { kind: 'query', sql: 'SELECT 1' } } as const : {} // prettier-ignore
    const { bench, warmer, tick } = await createInstance(t, fleet, set)
    const run = tick()
    await settle()
    if (end === 'timeout') await bench.pass(60_000)
    if (end === 'stopped') void warmer.close()
    await drive(bench, run)
    t.is(fleet.mark !== undefined, isMarked)
    t.is(fleet.holder, undefined)
  })
}

test('where the fleet cannot be asked, that is told, and each instance runs its own', async (t) => {
  const { bench, errors, tick } = await createInstance(t, {})
  await drive(bench, tick())
  t.is(bench.loads.length, 4)
  t.like(errors, [{ message: 'no database here' }])
})

test('a mark that cannot be made is told, and nothing is loaded twice for it', async (t) => {
  const fleet = createFleet()
  const { bench, errors, tick } = await createInstance(t, {
    open: async () => {
      const { query, destroy } = await fleet.open()
      return {
        query: async (text, values) =>
          text.startsWith('INSERT') ? await Promise.reject(new Error('read-only')) : await query(text, values), // prettier-ignore
        destroy,
      }
    },
  })
  await drive(bench, tick())
  t.like(errors, [{ message: 'read-only' }])
  t.is(bench.loads.length, 4)
  t.is(bench.refresher.operations.list().length, 1)
})

test('what instances do not share each loads for itself, and asks nobody', async (t) => {
  const fleet = createFleet()
  for (const { bench, tick } of [
    await createInstance(t, { ...fleet, isShared: () => false }),
    await createInstance(t, { ...fleet, isShared: () => false }),
  ]) {
    await drive(bench, tick())
    t.is(bench.loads.length, 4)
  }
  t.deepEqual(fleet.asked, [])
})

test('params that cannot be read are told, not thrown', async (t) => {
  const bench = createBench(t)
  const { warmer } = createWarmBench(t, bench, { all: { params: { kind: 'query', sql: 'SELECT 1' } } })
  const { sets } = await warmer.warm('all')
  t.like(sets[0], { end: 'failed', loaded: 0, error: { message: 'no database here' } })
})

test('another process asks, is told how far it is, and calls it off', async (t) => {
  const bench = createBench(t)
  const { warmer } = createWarmBench(t, bench, { all: {} })
  const reports: JsonValue[] = []
  const { clock } = bench
  const send = async (_: string, body: JsonValue): Promise<void> =>
    await Promise.resolve(void reports.push(body))
  const control = createWarmControl({ warmer, clock, instance: 'i', send, failed: () => t.fail() })
  const message = (body: JsonValue) => ({ kind: 'control', control: 'warm', nonce: 'n', body }) as const
  for (const body of [7, null, {}, { id: 1 }, { id: 'x', set: 3 }, { id: 'x', params: [] }]) control.warm(message(body)) // prettier-ignore
  t.deepEqual(reports, [])
  control.warm(message({ id: '1', set: 'all' }))
  control.warm(message({ id: '1', set: 'all' }))
  await settle()
  await bench.finish()
  await bench.pass(250)
  control.stop(message({ id: '1' }))
  await settle()
  t.like(reports, [
    { id: '1', instance: 'i', state: 'begun' },
    { state: 'running', loaded: 2 },
    { state: 'over', loaded: 2, skipped: 0, failed: 0, took: 250, total: 4, ends: { stopped: 1 } },
  ])
  control.warm(message({ id: '2', set: 'none' }))
  await settle()
  t.like(reports.at(-1), { id: '2', state: 'refused' })
})
