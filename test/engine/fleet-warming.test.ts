import test, { type ExecutionContext } from 'ava'
import type { CreateOptions } from '../../src/app.ts'
import type { Tier } from '../../src/invalidate/tier.ts'
import { systemClock } from '../../src/options.ts'
import { createMemoryTier } from '../../src/testing/index.ts'
import { FLEET_PAUSE } from '../../src/warm/fleet-run.ts'
import { createDeferred, settle } from '../helpers/deferred.ts'
import { waitFor } from '../helpers/wait.ts'
import { createWarmShop, type WarmCaches, type WarmShop } from '../helpers/warming.ts'

const HOURLY = `all: { cache: item, params: "SELECT tenant, id FROM items ORDER BY id", schedule: "0 * * * *", concurrency: 1, batch: 1 }`

const KEY = `pg_catalog.hashtextextended('stalemate warming shop all', 0)`

type Item = WarmCaches['item']['params']

/** An instance whose schedule the test keeps, and whose waits for others it ends. */
async function open(
  t: ExecutionContext,
  shop: WarmShop,
  tiers: readonly Tier[],
  held?: (item: Item) => Promise<void>,
) {
  // prettier-ignore
  const loads: number[] = []
  const errors: unknown[] = []
  const rests: (() => void)[] = []
  let rested = createDeferred<void>()
  let call: ((tick: Date) => Promise<void>) | undefined
  const options: Partial<CreateOptions<WarmCaches>> = {
    tiers,
    schedule: (cron, callback) => {
      t.is(cron, '0 * * * *')
      call = callback
      return () => {}
    },
    clock: {
      now: systemClock.now,
      after(ms, callback) {
        if (ms !== FLEET_PAUSE) return systemClock.after(ms, callback)
        rests.push(callback)
        rested.resolve()
        return () => {}
      },
    },
    loaders: {
      async item(item) {
        loads.push(item.id)
        await held?.(item)
        return `${item.tenant} ${item.id}`
      },
    },
  }
  const app = await shop.start(options)
  app.on('error', ({ error }) => errors.push(error))
  // What the start gives up is given up by the tier as well, before it is asked for anything.
  await app.sync()
  return {
    app,
    loads,
    errors,
    tick: async (hour: number) => await waitFor(call?.(new Date(Date.UTC(2025, 2, 1, hour))) ?? Promise.reject(new Error('no schedule')), 'a run'), // prettier-ignore
    /** Until it waits for another instance. */
    waits: async () => {
      await waitFor(rested.promise, 'an instance that waits')
      rested = createDeferred<void>()
    },
    /** Lets it look again. */
    wake: () => rests.splice(0).forEach((rest) => rest()),
  }
}

const shared = (): Tier => ({ ...createMemoryTier(() => performance.now()), shared: true })
const all = Array.from({ length: 30 }, (_, place) => place + 1)

test('of what instances share, one loads for each time of a schedule, and the others find it in the tier', async (t) => {
  const shop = await createWarmShop(t, HOURLY)
  const tier = shared()
  const [a, b] = [await open(t, shop, [tier]), await open(t, shop, [tier])]
  await a.tick(9)
  await b.tick(9)
  t.deepEqual([a.loads, b.loads], [all, []])
  t.deepEqual(b.app.operations(), [])
  const item = { tenant: 't1', id: 7 }
  t.is(b.app.caches.item.peek(item), undefined)
  t.is(await b.app.caches.item.get(item), 't1 7')
  t.is(b.app.caches.item.peek(item), 't1 7', 'the first read fills the memory')
  t.deepEqual(b.loads, [])

  await shop.database.query('UPDATE items SET score = 0 WHERE id <= 10')
  await Promise.all([a.app.sync(), b.app.sync()])
  await b.tick(10)
  await a.tick(10)
  t.deepEqual([a.loads, b.loads], [all, all.slice(0, 10)], 'the next time is anybody\'s, and what is fresh in the tier is not loaded') // prettier-ignore
  await a.tick(9)
  t.deepEqual([a, b].map(({ app }) => app.operations().length), [1, 1], 'a time that is past is over') // prettier-ignore
  t.deepEqual([...a.errors, ...b.errors], [])
})

test('an instance that waits takes over from one that dies, and loads what that did not', async (t) => {
  const shop = await createWarmShop(t, HOURLY)
  const tier = shared()
  const [begun, end] = [createDeferred<void>(), createDeferred<void>()]
  const a = await open(t, shop, [tier], async ({ id }) => {
    if (id !== 11) return
    begun.resolve()
    await end.promise
  })
  const b = await open(t, shop, [tier])
  const run = a.tick(9)
  await waitFor(begun.promise, 'the eleventh load')
  const taking = b.tick(9)
  await b.waits()
  b.wake()
  await b.waits()
  t.deepEqual(b.loads, [], 'the other is at it')
  // As the server sees it when a process dies.
  const { rows } = await shop.database.query(
    `SELECT pg_terminate_backend(pid, 30000) AS ended FROM pg_locks
     WHERE locktype = 'advisory' AND granted
       AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
       AND (classid::bigint << 32 | objid::bigint) = ${KEY}`,
  )
  t.deepEqual(rows, [{ ended: true }])
  b.wake()
  await taking
  t.deepEqual(b.loads, all.slice(10))
  t.like(b.app.operations()[0], { state: 'done', cause: 'schedule', progress: { loaded: 30 } })
  end.resolve()
  await run
  await settle()
  t.deepEqual(a.loads, all.slice(0, 11), 'it was not dead, and goes on with what is there by now')
  t.is(a.errors.length, 1, 'that its mark is lost is told')
  const marks = await shop.database.query('SELECT tick FROM stalemate.schedules')
  t.deepEqual(marks.rows, [{ tick: new Date(Date.UTC(2025, 2, 1, 9)) }])
})

for (const [title, make] of [
  ['without a tier', () => []],
  ['with a tier that no other instance reads', () => [createMemoryTier(() => performance.now())]],
  ['with a shared tier that is not read', () => [{ name: 'deaf', shared: true, invalidate: () => {} }]],
] as const) {
  test(`each instance runs each schedule ${title}`, async (t) => {
    const shop = await createWarmShop(t, HOURLY)
    const [a, b] = [await open(t, shop, make()), await open(t, shop, make())]
    await a.tick(9)
    await b.tick(9)
    t.deepEqual([a.loads, b.loads], [all, all])
    t.is((await shop.database.query('SELECT FROM stalemate.schedules')).rowCount, 0)
  })
}
