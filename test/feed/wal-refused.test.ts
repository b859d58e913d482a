import test, { type ExecutionContext } from 'ava'
import { StalemateError } from '../../src/errors.ts'
import { createFeedBench, type FeedBench, type FeedBenchOptions } from '../contract/feed-bench.ts'
import { createPooler } from '../helpers/pooler.ts'
import { createServer } from '../helpers/server.ts'

/** Starts a feed that can't start; why not. */
async function readRefusal(
  t: ExecutionContext,
  options: Partial<FeedBenchOptions>,
  prepare: (bench: FeedBench) => Promise<void> = async () => {},
): Promise<StalemateError> {
  const errors: unknown[] = []
  const bench = await createFeedBench(t, {
    ...options,
    feed: 'wal',
    wrap: (sink) => ({
      ...sink,
      down: (error) => {
        errors.push(error)
        sink.down(error)
      },
    }),
  })
  await prepare(bench)
  void bench.start()
  await bench.until('down')
  await bench.feed.close()
  const error = errors[0]
  if (error instanceof StalemateError) return error
  throw new Error('no error of ours', { cause: error })
}

test('a server with another wal_level', async (t) => {
  const server = await createServer(t, { settings: { wal_level: 'replica' } })
  const { code, message, hint } = await readRefusal(t, { server: server.connectionString })
  t.is(code, 'feed-refused')
  t.is(message, 'Expected wal_level to be logical, got replica.')
  t.regex(hint ?? '', /ALTER SYSTEM SET wal_level = 'logical'/)
})

test('a server without a free slot, or without a free walsender', async (t) => {
  const server = await createServer(t, { settings: { max_replication_slots: '1', max_wal_senders: '1' } })
  const first = await createFeedBench(t, { feed: 'wal', server: server.connectionString })
  await first.start()
  const second = await readRefusal(t, { server: server.connectionString })
  t.is(second.message, 'All walsenders of the server are taken.')
  await first.feed.close()
  const third = await readRefusal(t, { server: server.connectionString }, async ({ database }) => {
    await database.query(`SELECT pg_create_logical_replication_slot('taken', 'pgoutput')`)
  })
  t.is(third.message, 'All replication slots of the server are taken.')
  t.regex(third.hint ?? '', /max_replication_slots/)
})

test('a database in another encoding', async (t) => {
  const { message } = await readRefusal(t, {
    hooks: { rows: (rows) => rows.map((row) => ('encoding' in row ? { ...row, encoding: 'LATIN1' } : row)) },
  })
  t.regex(message, /Expected a database in UTF8, got LATIN1/)
})

test('a pooler, which opens no replication connections', async (t) => {
  const server = await createServer(t)
  const { socketDir: host, port, user } = server
  if (host === undefined) throw new Error('the server has no socket')
  const { code, message, hint } = await readRefusal(t, {
    server: server.connectionString,
    connectionString: async ({ name }) =>
      (await createPooler(t, { host, port, user, database: name })).connectionString,
  })
  t.is(code, 'feed-refused')
  t.regex(message, /does not open replication connections/)
  t.regex(hint ?? '', /direct connection/)
})

test('a role that may not replicate', async (t) => {
  const name = `reader_${process.pid}`
  const { message, hint } = await readRefusal(t, {
    connectionString: async (database) => {
      await database.adminQuery(`CREATE ROLE ${name} LOGIN PASSWORD 'secret'`)
      t.teardown(() => database.adminQuery(`DROP ROLE ${name}`))
      const url = new URL(database.connectionString)
      url.username = name
      url.password = 'secret'
      return url.href
    },
  })
  t.is(message, 'The role may not start a replication connection.')
  t.regex(hint ?? '', /ALTER ROLE name REPLICATION/)
})

test('a database in which the migrations were not applied', async (t) => {
  const { message } = await readRefusal(t, {}, async ({ database, channel }) => {
    await database.query(`DROP PUBLICATION ${channel}`)
  })
  t.regex(message, /has no publication stalemate_/)
})
