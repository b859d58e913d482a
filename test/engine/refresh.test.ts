import test, { type ExecutionContext } from 'ava'
import type { App } from '../../src/app.ts'
import { buildManifest } from '../../src/emit/manifest.ts'
import { createStalemate } from '../../src/engine.ts'
import type { Operation } from '../../src/refresh/operation.ts'
import type { TableRule } from '../../src/rules/ruleset.ts'
import { createClock } from '../helpers/clock.ts'
import { install } from '../helpers/installation.ts'
import { cacheRule, makePlan, tableRule } from '../helpers/plans.ts'

type Caches = {
  board: { params: { user_id: number }; value: number }
  total: { params: object; value: number }
}

const BOARD = { ...cacheRule('board', 'board:{user_id}', { user_id: 'int' }), refresh: 0.8, jitter: 0 }
const TOTAL = { ...cacheRule('total', 'total', {}), refresh: 0.8, jitter: 0 }

async function createBench(t: ExecutionContext, rules: readonly TableRule[]) {
  const plan = makePlan([BOARD, TOTAL], rules)
  const { database, writer } = await install(t, plan, 'CREATE TABLE leads (id int, user_id int, note text)')
  const clock = createClock()
  const count = async (sql: string): Promise<number> =>
    (await database.query<{ n: number }>(`SELECT count(*)::int AS n FROM leads ${sql}`)).rows[0]?.n ?? 0
  const app: App<Caches> = await createStalemate<Caches>({
    manifest: buildManifest(plan),
    connection: { connectionString: database.connectionString },
    loaders: {
      board: async ({ user_id }) => await count(`WHERE user_id = ${user_id}`),
      total: async () => await count(''),
    },
    clock,
  })
  t.teardown(() => app.close())
  await app.ready
  return { app, writer, clock }
}

/** The operation that ends next. */
async function nextEnd(app: App<Caches>): Promise<Operation> {
  return await new Promise((resolve) => {
    const undo = app.on('operation', (operation) => {
      if (operation.endedAt === undefined) return
      undo()
      resolve(operation)
    })
  })
}

const reload = (options: Parameters<typeof tableRule>[0]): TableRule => tableRule({ ...options, action: 'refresh' }) // prettier-ignore

test('a change reloads what a refresh rule names, through trigger, feed and loader', async (t) => {
  const { app, writer, clock } = await createBench(t, [
    reload({ table: 'leads', cache: 'board', params: { user_id: 'user_id' } }),
    reload({ table: 'leads', cache: 'total', params: {} }),
  ])
  for (const user_id of [1, 2]) {
    await app.caches.board.get({ user_id })
    app.caches.board.peek({ user_id })
  }
  await app.caches.total.get({})
  await app.caches.board.get({ user_id: 3 })
  await writer.query('INSERT INTO leads VALUES (1, 1), (2, 3)')
  await app.sync()
  t.is(app.caches.board.peek({ user_id: 1 }), undefined)
  t.is(app.caches.board.peek({ user_id: 2 }), 0)
  const end = nextEnd(app)
  clock.advance(100)
  t.like(await end, { cause: 'change', cache: 'board', params: { user_id: 1 }, state: 'done' })
  t.is(app.caches.board.peek({ user_id: 1 }), 1)
  t.is(app.caches.board.peek({ user_id: 3 }), undefined, 'nobody had read it')
  t.is(app.stats().caches['board']?.loads, 4)
  t.deepEqual(app.operations().map(({ cache }) => cache), ['board']) // prettier-ignore
})

test('an entry is reloaded ahead of its expiry on the runtime itself', async (t) => {
  const { app, writer, clock } = await createBench(t, [
    tableRule({ table: 'leads', cache: 'board', params: { user_id: 'user_id' } }),
    tableRule({ table: 'leads', cache: 'total', params: {} }),
  ])
  await app.caches.total.get({})
  await writer.query('ALTER TABLE leads DISABLE TRIGGER ALL')
  await writer.query('INSERT INTO leads VALUES (1, 1)')
  await writer.query('ALTER TABLE leads ENABLE TRIGGER ALL')
  for (let second = 0; second < 240; second += 5) {
    const alive = app.sync()
    clock.advance(5_000)
    await alive
    // Proof of life counts once the triggers have been looked at, on a connection of its own.
    while ((app.health().silence ?? Infinity) >= 5_000) await app.sync()
  }
  const end = nextEnd(app)
  t.is(app.caches.total.peek({}), 0)
  t.like(await end, { cause: 'read', cache: 'total', state: 'done' })
  t.is(app.caches.total.peek({}), 1)
})

test('where a rule that drops and one that reloads make the same message, it drops', (t) => {
  const path = { params: { user_id: 'agents.user_id' }, via: ['agents ON agents.id = leads.id'] } as const
  const own = { table: 'leads', cache: 'board', params: { user_id: 'user_id' } } as const
  const reloadsOf = (...rules: readonly TableRule[]) => buildManifest(makePlan([BOARD, TOTAL], rules))
  const only = reloadsOf(reload({ ...own, columns: ['id'] }), reload({ ...own, columns: ['note'] }))
  t.deepEqual(only.tables[0]?.reloads, [
    { operations: ['insert', 'update', 'delete', 'truncate'], cache: 'board', params: [], priority: 'normal', meanwhile: 'wait' }, // prettier-ignore
    { operations: ['insert', 'update', 'delete', 'truncate'], cache: 'board', params: ['user_id'], priority: 'normal', meanwhile: 'wait' }, // prettier-ignore
  ])
  const mixed = reloadsOf(reload(own), tableRule({ ...own, on: ['delete'] }))
  t.deepEqual([...new Set(mixed.tables[0]?.reloads?.flatMap(({ operations }) => operations))], ['insert', 'update', 'truncate']) // prettier-ignore
  const serving = { ...reload({ ...own, columns: ['id'] }), meanwhile: 'serve', priority: 'high' } as const
  t.like(reloadsOf(serving).tables[0]?.reloads?.[0], { meanwhile: 'serve', priority: 'high' })
  t.like(reloadsOf(serving, reload({ ...own, columns: ['note'] })).tables[0]?.reloads?.[0], { meanwhile: 'wait', priority: 'high' }) // prettier-ignore
  const [found] = Object.values(reloadsOf(reload({ table: 'leads', cache: 'board', ...path })).paths)
  t.like(found?.refresh, { meanwhile: 'wait' })
  const both = reloadsOf(
    reload({ table: 'leads', cache: 'board', ...path, columns: ['id'] }),
    tableRule({ table: 'leads', cache: 'board', ...path, columns: ['note'] }),
  )
  t.is(Object.values(both.paths)[0]?.refresh, undefined)
})
