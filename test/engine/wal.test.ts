import test from 'ava'
import { createStalemate } from '../../src/engine.ts'
import { compileFeed } from '../contract/feed-bench.ts'
import { createClock } from '../helpers/clock.ts'
import { createDatabase } from '../helpers/database.ts'

type Caches = { board: { params: { name: string }; value: number } }

test('with the WAL feed a write drops what it made wrong, and nothing else', async (t) => {
  const { up, manifest } = await compileFeed('wal')
  const database = await createDatabase(t, { template: up })
  let loads = 0
  const app = await createStalemate<Caches>({
    manifest,
    connection: { connectionString: database.connectionString },
    clock: createClock(),
    loaders: { board: () => (loads += 1) },
  })
  t.teardown(() => app.close())
  await app.ready
  t.is(await app.caches.board.get({ name: 'a' }), 1)
  t.is(await app.caches.board.get({ name: 'b' }), 2)
  await database.query(`INSERT INTO calls VALUES ('a')`)
  await app.sync()
  t.is(app.caches.board.peek({ name: 'a' }), undefined)
  t.is(app.caches.board.peek({ name: 'b' }), 2)
  t.deepEqual(app.health().trusted, ['board'])
  await app.close()
  const { rowCount } = await database.query(
    `SELECT FROM pg_replication_slots WHERE database = current_database() AND NOT temporary`,
  )
  t.is(rowCount, 0)
})

test('a trigger that is disabled while the runtime lives is a gap of its own', async (t) => {
  const { up, manifest } = await compileFeed('wal')
  const database = await createDatabase(t, { template: up })
  const clock = createClock()
  const app = await createStalemate<Caches>({
    manifest,
    connection: { connectionString: database.connectionString },
    clock,
    loaders: { board: () => 1 },
  })
  t.teardown(() => app.close())
  await app.ready
  await app.caches.board.get({ name: 'a' })
  const drift = new Promise<string>((resolve) => app.on('gap', ({ cause }) => resolve(cause)))
  await database.query('ALTER TABLE calls DISABLE TRIGGER USER')
  await database.query(`INSERT INTO calls VALUES ('a')`)
  clock.advance(5_000)
  t.is(await drift, 'drift')
  t.is(app.caches.board.peek({ name: 'a' }), undefined)
  t.deepEqual(app.health().trusted, [])
})
