import test, { type ExecutionContext } from 'ava'
import { createFeedBench, type FeedBench } from '../contract/feed-bench.ts'
import type { TestDatabase } from '../helpers/database.ts'
import { createProxy, type Proxy } from '../helpers/proxy.ts'
import { createServer } from '../helpers/server.ts'
import { recover } from './recover.ts'
import { waitUntil } from '../helpers/wait.ts'

async function insert(database: TestDatabase, key: string): Promise<void> {
  await database.query('INSERT INTO calls VALUES ($1)', [key])
}

test('a fast restart of the server loses nothing, and is no gap', async (t) => {
  const server = await createServer(t)
  const bench = await createFeedBench(t, { feed: 'outbox', server: server.connectionString })
  await bench.start()
  await insert(bench.database, 'before')
  const { length } = bench.told
  await server.restart('fast')
  await insert(bench.database, 'after')
  const told = await recover(bench, length)
  t.deepEqual(
    told.slice(0, -1),
    ['change before', 'change after'].filter((entry) => told.includes(entry)),
  )
  t.false(bench.told.slice(length).some((entry) => entry.startsWith('gap')))
  t.deepEqual(new Set(bench.keys()), new Set(['before', 'after']))
})

test('a crash of the server is a gap', async (t) => {
  const server = await createServer(t)
  const bench = await createFeedBench(t, { feed: 'outbox', server: server.connectionString })
  await bench.start()
  const { length } = bench.told
  await server.restart('immediate')
  const told = await recover(bench, length)
  t.deepEqual(told, ['gap server-restart', 'alive'])
  await insert(bench.database, 'after')
  await bench.feed.barrier()
  t.is(bench.told.at(-1), 'change after')
})

async function createProxied(t: ExecutionContext): Promise<{ bench: FeedBench; proxy: Proxy }> {
  let proxy: Proxy | undefined
  const bench = await createFeedBench(t, {
    feed: 'outbox',
    connectionString: async ({ connectionString }) => {
      proxy = await createProxy(t, { target: connectionString })
      return proxy.connectionString
    },
  })
  if (proxy === undefined) throw new Error('no proxy')
  await bench.start()
  return { bench, proxy }
}

test('a connection that is cut is replaced, and all that was committed meanwhile is replayed', async (t) => {
  const { bench, proxy } = await createProxied(t)
  const { length } = bench.told
  await bench.idle()
  proxy.cut()
  for (const key of ['a', 'b', 'c']) await insert(bench.database, key)
  t.deepEqual(await recover(bench, length), ['change a', 'change b', 'change c', 'alive'])
})

test('a connection that goes silent is given up when nothing has come back in time, and nothing is missed', async (t) => {
  const { bench, proxy } = await createProxied(t)
  await bench.idle()
  const { length } = bench.told
  proxy.pause()
  await insert(bench.database, 'a')
  bench.clock.advance(100)
  const down = bench.until('down', length)
  await new Promise((resolve) => setImmediate(resolve))
  bench.clock.advance(5_000)
  await down
  proxy.resume()
  t.deepEqual(await recover(bench, length), ['change a', 'alive'])
})

/** A table of the outbox that is not being written to. */
const RESTING = `SELECT ((txid_current() >> 16) + 1) % 3 AS number`

async function createResting(bench: FeedBench): Promise<string> {
  const { rows } = await bench.database.query<{ number: string }>(RESTING)
  const table = `stalemate.outbox_${rows[0]?.number}`
  await bench.database.query(`INSERT INTO ${table} (channel, message) VALUES ($1, $2)`, [
    bench.channel,
    '{"v":1,"t":"calls","o":"insert","d":[["board",["name"],["old"]]]}',
  ])
  return table
}

async function trim(database: TestDatabase): Promise<number> {
  const { rows } = await database.query<{ trimmed: number }>('SELECT stalemate.trim_v1() AS trimmed')
  return rows[0]?.trimmed ?? -1
}

test('a table is emptied when every reader has what is in it, and not before', async (t) => {
  const bench = await createFeedBench(t, { feed: 'outbox' })
  await bench.start()
  await bench.idle()
  const table = await createResting(bench)
  t.is(await trim(bench.database), 0)
  await bench.feed.barrier()
  await bench.idle()
  t.deepEqual(bench.keys(), ['old'])
  bench.clock.advance(5_000)
  await bench.until('alive', bench.told.indexOf('change old'))
  await bench.idle()
  t.is(await trim(bench.database), 1)
  t.is((await bench.database.query(`SELECT FROM ${table}`)).rowCount, 0)
  await insert(bench.database, 'later')
  await bench.feed.barrier()
  t.deepEqual(bench.keys(), ['old', 'later'])
})

test('what every reader has is not looked at row by row', async (t) => {
  const bench = await createFeedBench(t, { feed: 'outbox' })
  const table = await createResting(bench)
  await bench.database.query(
    `INSERT INTO ${table} (channel, message) SELECT $1, '{}' FROM generate_series(1, 5000)`,
    [bench.channel],
  )
  // A snapshot in which nothing runs, whatever other tests do meanwhile.
  await bench.database.query(
    `INSERT INTO stalemate.readers
     SELECT 'one', $1, 0, format('%1$s:%1$s:', pg_snapshot_xmax(pg_current_snapshot()))::pg_snapshot,
       clock_timestamp() + interval '1 hour'`,
    [bench.channel],
  )
  const client = await bench.writer()
  const looked = `SELECT pg_stat_get_xact_tuples_returned('${table}'::regclass)
    + pg_stat_get_xact_tuples_returned('${table}_xid'::regclass) AS rows`
  const other = await bench.writer()
  // Who holds the table keeps it from being emptied, and the counts with it.
  await other.query(`BEGIN; LOCK TABLE ${table} IN ACCESS SHARE MODE`)
  await client.query('BEGIN')
  t.deepEqual((await client.query('SELECT stalemate.trim_v1() AS trimmed')).rows, [{ trimmed: 0 }])
  const { rows } = await client.query<{ rows: string }>(looked)
  t.true(Number(rows[0]?.rows) < 20, `${rows[0]?.rows} rows`)
  await client.query('ROLLBACK')
  await other.query('ROLLBACK')
  t.is(await trim(bench.database), 1)
})

test('a table with a writer in it is left alone, and nobody waits', async (t) => {
  const bench = await createFeedBench(t, { feed: 'outbox' })
  const table = await createResting(bench)
  const writer = await bench.writer()
  await writer.query(`BEGIN; INSERT INTO ${table} (channel, message) VALUES ('other', '')`)
  t.is(await trim(bench.database), 0)
  await writer.query('COMMIT')
  t.is(await trim(bench.database), 1)
})

test('nothing is emptied by a transaction that does not see what is new', async (t) => {
  const bench = await createFeedBench(t, { feed: 'outbox' })
  await createResting(bench)
  const client = await bench.writer()
  await client.query(`SET default_transaction_isolation = 'repeatable read'`)
  const { rows } = await client.query<{ trimmed: number }>('SELECT stalemate.trim_v1() AS trimmed')
  t.is(rows[0]?.trimmed, 0)
  t.is(await trim(bench.database), 1)
})

test('readers empty tables by themselves', async (t) => {
  const bench = await createFeedBench(t, { feed: 'outbox' })
  await bench.database.query(
    `ALTER DATABASE ${bench.database.name} SET default_transaction_isolation = 'repeatable read'`,
  )
  const table = await createResting(bench)
  await bench.start()
  await waitUntil(
    async () => (await bench.database.query(`SELECT FROM ${table}`)).rowCount === 0,
    'a table without what nobody needs',
  )
  t.pass()
})

test('a reader that is gone holds the outbox no longer than its time', async (t) => {
  const bench = await createFeedBench(t, { feed: 'outbox' })
  await bench.database.query(`INSERT INTO stalemate.readers VALUES
    ('gone', '${bench.channel}', 0, pg_current_snapshot(), clock_timestamp() + interval '1 hour')`)
  await createResting(bench)
  t.is(await trim(bench.database), 0)
  await bench.database.query('UPDATE stalemate.readers SET until = clock_timestamp()')
  t.is(await trim(bench.database), 1)
})

test('a reader that was not waited for knows of the gap', async (t) => {
  const bench = await createFeedBench(t, { feed: 'outbox' })
  await bench.start()
  await bench.idle()
  const { length } = bench.told
  await createResting(bench)
  await bench.database.query('UPDATE stalemate.readers SET until = clock_timestamp()')
  t.is(await trim(bench.database), 1)
  bench.clock.advance(100)
  t.deepEqual(await recover(bench, length), ['gap trimmed', 'alive'])
  await insert(bench.database, 'after')
  await bench.feed.barrier()
  t.is(bench.told.at(-1), 'change after')
})

test('a backlog of many batches is replayed whole', async (t) => {
  const { bench, proxy } = await createProxied(t)
  await bench.idle()
  const { length } = bench.told
  proxy.cut()
  await bench.database.query(
    `DO $$ BEGIN FOR i IN 1..3000 LOOP INSERT INTO calls VALUES ('k' || i); COMMIT; END LOOP; END $$`,
  )
  const told = await recover(bench, length)
  t.is(new Set(told.filter((entry) => entry.startsWith('change'))).size, 3000)
  t.false(told.some((entry) => entry.startsWith('gap')))
})
