import test, { type ExecutionContext } from 'ava'
import { createStalemate } from '../../src/engine.ts'
import { compileFeed } from '../contract/feed-bench.ts'
import { createClock } from '../helpers/clock.ts'
import { createDatabase, type TestDatabase } from '../helpers/database.ts'

type Caches = { board: { params: { name: string }; value: number } }

async function createBench(t: ExecutionContext) {
  const { up, manifest } = await compileFeed('outbox')
  const database = await createDatabase(t, { template: up })
  const clock = createClock()
  let loads = 0
  const app = await createStalemate<Caches>({
    manifest,
    connection: { connectionString: database.connectionString },
    clock,
    loaders: { board: () => (loads += 1) },
  })
  t.teardown(() => app.close())
  await app.ready
  const state = async (wanted: string): Promise<void> =>
    await new Promise((resolve) => {
      if (app.health().state === wanted) {
        resolve()
        return
      }
      const undo = app.on('state', (event) => {
        if (event.state !== wanted) return
        undo()
        resolve()
      })
    })
  return { app, database, clock, state }
}

async function terminate(database: TestDatabase): Promise<void> {
  await database.query(`SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = 'stalemate feed'`)
}

test('a write drops what it made wrong, and nothing else', async (t) => {
  const { app, database } = await createBench(t)
  t.is(await app.caches.board.get({ name: 'a' }), 1)
  t.is(await app.caches.board.get({ name: 'b' }), 2)
  await database.query(`INSERT INTO calls VALUES ('a')`)
  await app.sync()
  t.is(app.caches.board.peek({ name: 'a' }), undefined)
  t.is(app.caches.board.peek({ name: 'b' }), 2)
})

test('while the connection is lost nothing is believed; afterwards what did not change is', async (t) => {
  const { app, database, clock, state } = await createBench(t)
  for (const name of ['a', 'b']) await app.caches.board.get({ name })
  await terminate(database)
  await state('down')
  t.is(app.caches.board.peek({ name: 'b' }), undefined)
  await database.query(`INSERT INTO calls VALUES ('a')`)
  clock.advance(1_000)
  await state('live')
  t.is(app.caches.board.peek({ name: 'a' }), undefined)
  t.is(app.caches.board.peek({ name: 'b' }), 2)
  t.like(app.health(), { epoch: 1 })
})

test('a load that began while the connection was lost is not kept when a change overtook it', async (t) => {
  const { app, database, clock, state } = await createBench(t)
  await terminate(database)
  await state('down')
  t.is(await app.caches.board.get({ name: 'a' }), 1)
  await database.query(`INSERT INTO calls VALUES ('a')`)
  clock.advance(1_000)
  await state('live')
  t.is(app.caches.board.peek({ name: 'a' }), undefined)
})

test('a runtime that is closed leaves no trace in the outbox', async (t) => {
  const { app, database } = await createBench(t)
  t.is((await database.query('SELECT FROM stalemate.readers')).rowCount, 1)
  await app.close()
  t.is((await database.query('SELECT FROM stalemate.readers')).rowCount, 0)
})
