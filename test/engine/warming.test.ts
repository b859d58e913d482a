import test from 'ava'
import type { App } from '../../src/app.ts'
import type { Operation } from '../../src/refresh/operation.ts'
import { createDeferred } from '../helpers/deferred.ts'
import { createWarmShop, type WarmCaches } from '../helpers/warming.ts'

type Item = WarmCaches['item']['params']

/** The operation of a warming set that ends next for such a cause; bounded, so that the test fails and does not hang. */
async function nextRun(app: App<WarmCaches>, cause: Operation['cause']): Promise<Operation> {
  return await new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`Nothing was warmed by ${cause}.`)), 60_000)
    const undo = app.on('operation', (operation) => {
      if (operation.kind !== 'warm' || operation.cause !== cause || operation.endedAt === undefined) return
      clearTimeout(timer)
      undo()
      resolve(operation)
    })
  })
}

test('a set of the startup is loaded from the database before the application is ready', async (t) => {
  const shop = await createWarmShop(
    t,
    `
best:
  cache: item
  params: SELECT tenant, id FROM items ORDER BY score DESC
  limit: 5
  before-ready: true
`,
  )
  const loaded: number[] = []
  const app = await shop.start({ loaders: { item: ({ id }) => (loaded.push(id), `item ${id}`) } })
  t.deepEqual(loaded, [30, 29, 28, 27, 26])
  t.is(app.caches.item.peek({ tenant: 't0', id: 30 }), 'item 30')
  t.is(app.caches.item.peek({ tenant: 't1', id: 25 }), undefined)
  t.like(app.operations()[0], { kind: 'warm', cause: 'startup', set: 'best', state: 'done', progress: { loaded: 5, skipped: 0, failed: 0, total: 5 } }) // prettier-ignore
  await shop.database.query('UPDATE items SET score = 0 WHERE id = 30')
  await app.sync()
  t.is(app.caches.item.peek({ tenant: 't0', id: 30 }), undefined, 'a change makes it wrong as anything else')
})

test('a set beside the startup does not hold it up, and an invalidation during its loads wins', async (t) => {
  const shop = await createWarmShop(t, `best: { cache: item, params: [{ tenant: t0, id: 3 }] }`)
  const begun = createDeferred<void>()
  const held = createDeferred<string>()
  const load = async (): Promise<string> => {
    begun.resolve()
    return await held.promise
  }
  const app = await shop.start({ loaders: { item: load } })
  await begun.promise
  const end = nextRun(app, 'startup')
  await shop.database.query('UPDATE items SET score = 0 WHERE id = 3')
  await app.sync()
  held.resolve('read before the change')
  t.like(await end, { state: 'done', progress: { loaded: 0, skipped: 1 } })
  t.is(app.caches.item.peek({ tenant: 't0', id: 3 }), undefined)
})

test('a schedule of the rules loads what is not held, by the clock of the machine', async (t) => {
  const shop = await createWarmShop(
    t,
    `best: { cache: item, params: "SELECT tenant, id FROM items", schedule: "* * * * * *" }`,
  )
  const app = await shop.start()
  t.like(await nextRun(app, 'schedule'), { set: 'best', state: 'done', progress: { loaded: 30 } })
  t.like(await nextRun(app, 'schedule'), { state: 'done', progress: { loaded: 0, skipped: 30 } })
  t.is(app.stats().caches['item']?.loads, 30)
})

test('one tenant is warmed on demand in all sets that know tenants, in batches of the loader', async (t) => {
  const shop = await createWarmShop(
    t,
    `
all: { cache: item, params: "SELECT tenant, id FROM items ORDER BY id", on: [demand], batch: 4 }
some: { cache: item, params: [{ tenant: t1, id: 1 }, { tenant: t2, id: 99 }], on: [demand], priority: high }
`,
  )
  const calls: number[] = []
  const load = ({ tenant, id }: Item): string => `${tenant} ${id}`
  const loadMany = (list: readonly Item[]): readonly (string | Error)[] => {
    calls.push(list.length)
    return list.map((params) => (params.id === 11 ? new Error('no such item') : load(params)))
  }
  const app = await shop.start({ loaders: { item: { load, loadMany } }, refresh: { attempts: 1 } })
  const report = await app.warm({ params: { tenant: 't2' } })
  t.like(report, { loaded: 10, skipped: 0, failed: 1 })
  t.deepEqual(report.sets.map(({ set, end }) => [set, end]), [['some', 'complete'], ['all', 'complete']]) // prettier-ignore
  t.deepEqual(calls, [4, 4, 2], 'the single one is no batch')
  t.is(app.caches.item.peek({ tenant: 't2', id: 2 }), 't2 2')
  t.is(app.caches.item.peek({ tenant: 't2', id: 11 }), undefined)
  t.is(app.caches.item.peek({ tenant: 't1', id: 1 }), undefined)
  await t.throwsAsync(app.warm('none'), { code: 'warming-unknown' })
  await t.throwsAsync(app.warm('all', { params: { tenant: 7 } }), { code: 'param-invalid' })
})

test('a loader that takes one at a time has no more calls under way than the budget, whatever the batch', async (t) => {
  const shop = await createWarmShop(
    t,
    `all: { cache: item, params: "SELECT tenant, id FROM items ORDER BY id", on: [demand], batch: 10, concurrency: 3 }`,
  )
  let running = 0
  let most = 0
  const load = async ({ tenant, id }: Item): Promise<string> => {
    running += 1
    most = Math.max(most, running)
    await shop.database.query('SELECT 1')
    running -= 1
    return `${tenant} ${id}`
  }
  const { connectionString } = shop.database
  const loader = { load, replica: true, connection: { connectionString } } as const
  const app = await shop.start({ loaders: { item: loader }, refresh: { concurrency: 2 } })
  t.is((await app.warm('all')).failed, 0)
  t.is(most, 2)
})

test('a listener of the progress that throws is told of as an error, and harms no run', async (t) => {
  const shop = await createWarmShop(
    t,
    `all: { cache: item, params: "SELECT tenant, id FROM items", on: [demand] }`,
  )
  const app = await shop.start()
  const errors: unknown[] = []
  app.on('error', ({ error }) => errors.push(error))
  const failure = new Error('no room to draw')
  let calls = 0
  const progress = (): void => {
    calls += 1
    if (calls > 1) throw failure
  }
  t.like(await app.warm('all', { progress }), { loaded: 30, failed: 0 })
  t.is(errors[0], failure)
})

test('what was read is loaded at the next start, by what the database has kept of it', async (t) => {
  const shop = await createWarmShop(t, `usual: { cache: item, params: learned, before-ready: true }`)
  t.deepEqual(shop.manifest.warming?.['usual']?.params, { kind: 'learned' })
  const first = await shop.start({ learn: true })
  t.like(first.operations()[0], { set: 'usual', state: 'done', progress: { loaded: 0 } }, 'nothing is known yet') // prettier-ignore
  for (const id of [3, 6]) await first.caches.item.get({ tenant: 't0', id })
  await first.close()
  const { rows } = await shop.database.query<{ sketch: string }>('SELECT sketch FROM stalemate.habits')
  t.is(rows.length, 1)
  const second = await shop.start({ learn: true })
  t.is(second.caches.item.peek({ tenant: 't0', id: 3 }), 't0 3')
  t.is(second.caches.item.peek({ tenant: 't0', id: 6 }), 't0 6')
  t.is(second.stats().caches['item']?.loads, 2)
  await second.close()
  const third = await shop.start()
  t.is(third.stats().caches['item']?.loads, 0, 'off in tests unless it is asked for')
  await third.caches.item.get({ tenant: 't1', id: 1 })
  await third.close()
  const after = await shop.database.query<{ sketch: string }>('SELECT sketch FROM stalemate.habits')
  t.false(after.rows[0]?.sketch.includes('"t1"'))
})
