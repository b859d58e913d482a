import assert from 'node:assert/strict'
import test, { type ExecutionContext } from 'ava'
import type { StalemateError } from '../../src/errors.ts'
import { WalProgress } from '../../src/feed/wal-progress.ts'
import { createFeedBench, type FeedBench } from '../contract/feed-bench.ts'
import { createDeferred } from '../helpers/deferred.ts'
import { createProxy, type Proxy } from '../helpers/proxy.ts'
import { createServer } from '../helpers/server.ts'
import { recoverWithGap } from './recover.ts'
import { commitInvisibly, createStandbylessServer, pidOf, until } from './wal-visibility.ts'

async function insert(bench: FeedBench, key: string): Promise<void> {
  await bench.database.query('INSERT INTO calls VALUES ($1)', [key])
}

/** The end of the WAL now. */
async function readPosition(bench: FeedBench): Promise<string> {
  const { rows } = await bench.database.query<{ lsn: string }>('SELECT pg_current_wal_insert_lsn() AS lsn')
  return rows[0]?.lsn ?? ''
}

const SENDER = `SELECT FROM pg_stat_replication JOIN pg_replication_slots ON active_pid = pid WHERE database = current_database()`

/** Resolves once the server has been told that so much was received. */
async function received(bench: FeedBench, lsn: string): Promise<void> {
  await until(bench, `${SENDER} AND write_lsn >= '${lsn}'`)
}

async function isConfirmed(bench: FeedBench, lsn: string): Promise<boolean> {
  const { rowCount } = await bench.database.query(`${SENDER} AND confirmed_flush_lsn >= '${lsn}'`)
  return rowCount === 1
}

async function checkUnapplied(bench: FeedBench): Promise<void> {
  const applied = createDeferred<void>()
  await bench.start()
  await bench.feed.barrier()
  bench.hooks.settled = () => applied.promise
  await insert(bench, 'a')
  const end = await readPosition(bench)
  await bench.feed.barrier()
  await received(bench, end)
  assert.deepEqual(bench.keys(), ['a'])
  assert.equal(await isConfirmed(bench, end), false)
  bench.hooks.settled = () => undefined
  applied.resolve(undefined)
  await until(bench, `${SENDER} AND confirmed_flush_lsn >= '${end}'`)
}

test('what has not been applied is not confirmed to the server', async (t) => {
  await checkUnapplied(await createFeedBench(t, { feed: 'wal' }))
  t.pass()
})

test('what is not visible is not confirmed to the server', async (t) => {
  const server = await createStandbylessServer(t)
  const bench = await createFeedBench(t, { feed: 'wal', server: server.connectionString })
  await bench.start()
  const stuck = await commitInvisibly(bench, 'stuck')
  await insert(bench, 'other')
  const end = await readPosition(bench)
  await bench.feed.barrier()
  await received(bench, end)
  t.false(await isConfirmed(bench, end))
  await stuck.release()
  await until(bench, `${SENDER} AND confirmed_flush_lsn >= '${end}'`)
})

class HastyProgress extends WalProgress {
  override begin(end: bigint): () => void {
    super.begin(end)()
    return () => {}
  }
}

test('a feed that confirms what it has received is caught', async (t) => {
  const bench = await createFeedBench(t, {
    feed: 'wal',
    walParts: { createProgress: () => new HastyProgress() },
  })
  await t.throwsAsync(checkUnapplied(bench), { name: 'AssertionError' })
})

test('what others write is confirmed although nothing of it is for us', async (t) => {
  const bench = await createFeedBench(t, { feed: 'wal' })
  await bench.start()
  await bench.database.query(`CREATE TABLE other AS SELECT generate_series(1, 10000) AS n`)
  const end = await readPosition(bench)
  await until(bench, `${SENDER} AND confirmed_flush_lsn >= '${end}'`)
  t.deepEqual(bench.keys(), [])
})

for (const mode of ['fast', 'immediate'] as const) {
  test(`a restart of the server (${mode}) is a gap`, async (t) => {
    const server = await createServer(t)
    const bench = await createFeedBench(t, { feed: 'wal', server: server.connectionString })
    await bench.start()
    const { length } = bench.told
    await server.restart(mode)
    t.deepEqual(await recoverWithGap(bench, length), ['gap server-restart', 'alive'])
    await insert(bench, 'after')
    await bench.feed.barrier()
    t.is(bench.told.at(-1), 'change after')
  })
}

/** A feed whose connections have settings of their own, and can fail. */
async function createProxied(t: ExecutionContext, settings = ''): Promise<[FeedBench, Proxy]> {
  let proxy: Proxy | undefined
  const bench = await createFeedBench(t, {
    feed: 'wal',
    connectionString: async ({ connectionString }) => {
      proxy = await createProxy(t, { target: connectionString })
      return withOptions(proxy.connectionString, settings)
    },
  })
  if (proxy === undefined) throw new Error('no proxy')
  await bench.start()
  return [bench, proxy]
}

function withOptions(connectionString: string, options: string): string {
  const url = new URL(connectionString)
  if (options !== '') url.searchParams.set('options', options)
  return url.href
}

test('a connection that is cut is a gap', async (t) => {
  const [bench, proxy] = await createProxied(t)
  const { length } = bench.told
  proxy.cut()
  await insert(bench, 'away')
  t.deepEqual(await recoverWithGap(bench, length), ['gap disconnect', 'alive'])
})

test('a heartbeat that does not come back gives the connection up', async (t) => {
  const [bench, proxy] = await createProxied(t)
  const { length } = bench.told
  proxy.pause()
  await bench.idle()
  bench.clock.advance(5_000)
  // The heartbeat is on its way by another connection, and does not come back by this one.
  await bench.idle()
  bench.clock.advance(5_000)
  await bench.until('down', length)
  proxy.resume()
  t.deepEqual(await recoverWithGap(bench, length), ['gap missed-heartbeat', 'alive'])
})

test('a server that is silent for twice its own timeout is given up before a heartbeat is due', async (t) => {
  const [bench, proxy] = await createProxied(t, '-cwal_sender_timeout=2s')
  const { length } = bench.told
  proxy.pause()
  // What had come by then is no silence.
  await bench.idle()
  bench.clock.advance(4_000)
  await bench.until('down', length)
  proxy.resume()
  t.deepEqual(await recoverWithGap(bench, length), ['gap missed-heartbeat', 'alive'])
})

test('a server that has nothing to say is asked, and not given up', async (t) => {
  const [bench] = await createProxied(t, '-cwal_sender_timeout=2s')
  const { length } = bench.told
  for (let turn = 0; turn < 4; turn += 1) {
    bench.clock.advance(1_000)
    const sent = await readPosition(bench)
    await bench.database.query('SELECT pg_logical_emit_message(true, $1::text, $2::text)', ['elsewhere', 'x'])
    await received(bench, sent)
    await bench.feed.barrier()
  }
  t.deepEqual(bench.told.slice(length), [])
})

test('a slot that would keep more WAL than it may is lost, and named so', async (t) => {
  const server = await createServer(t, {
    settings: { max_slot_wal_keep_size: '1MB', min_wal_size: '32MB', max_wal_size: '32MB' },
  })
  const bench = await createFeedBench(t, { feed: 'wal', server: server.connectionString })
  await bench.start()
  await bench.feed.barrier()
  const { length } = bench.told
  bench.hooks.settled = () => new Promise(() => {})
  await insert(bench, 'a')
  await bench.feed.barrier()
  for (let turn = 0; turn < 4; turn += 1) await bench.database.query('SELECT pg_switch_wal()')
  await bench.database.query(
    'CREATE TABLE filler AS SELECT repeat(md5(n::text), 20) AS x FROM generate_series(1, 80000) n',
  )
  await bench.database.query('CHECKPOINT')
  t.deepEqual(await recoverWithGap(bench, length), ['change a', 'gap slot-lost', 'alive'])
})

test('a long transaction holds up the start, is named, and does not once it has ended', async (t) => {
  const server = await createServer(t)
  const errors: unknown[] = []
  const bench = await createFeedBench(t, {
    feed: 'wal',
    server: server.connectionString,
    walParts: { slotTimeout: 200 },
    wrap: (sink) => ({
      ...sink,
      down: (error) => {
        errors.push(error)
        sink.down(error)
      },
    }),
  })
  const long = await bench.writer()
  await long.query(`BEGIN; INSERT INTO calls VALUES ('long')`)
  const started = bench.start()
  await bench.until('down')
  t.like(errors[0], { code: 'feed-refused' })
  t.regex((errors[0] as StalemateError).hint ?? '', new RegExp(`process ${await pidOf(long)}`))
  await long.query('COMMIT')
  t.deepEqual(await recoverWithGap(bench, 0), ['gap start', 'alive'])
  await started
})

test('a feed that is closed while it waits for a slot leaves no walsender', async (t) => {
  const bench = await createFeedBench(t, { feed: 'wal' })
  const long = await bench.writer()
  await long.query(`BEGIN; INSERT INTO calls VALUES ('long')`)
  void bench.start()
  const waiting = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'walsender'`
  await until(bench, `${waiting} AND wait_event_type = 'Lock'`)
  await bench.feed.close()
  await until(bench, `SELECT WHERE NOT EXISTS (${waiting})`)
  t.deepEqual(bench.told, [])
})

test('large transactions, with subtransactions that are rolled back, arrive whole', async (t) => {
  const [bench] = await createProxied(t, '-clogical_decoding_work_mem=64kB')
  await bench.database.query(`DO $$ BEGIN
    FOR i IN 1..1500 LOOP
      BEGIN
        INSERT INTO calls VALUES ('k' || i || repeat('x', 200));
        IF i % 3 = 0 THEN RAISE 'undone'; END IF;
      EXCEPTION WHEN raise_exception THEN NULL;
      END;
    END LOOP;
  END $$`)
  await bench.feed.barrier()
  const numbers = bench.keys().map((key) => Number(/\d+/.exec(key)))
  t.is(numbers.length, 1000)
  t.true(numbers.every((number) => number % 3 !== 0))
  const spilled = `SELECT FROM pg_stat_replication_slots JOIN pg_replication_slots USING (slot_name)
    WHERE database = current_database() AND spill_txns > 0`
  await until(bench, spilled)
})

test('with fsync on, as in earnest, every commit arrives without a stall', async (t) => {
  const server = await createServer(t, { settings: { fsync: 'on', full_page_writes: 'on' } })
  const bench = await createFeedBench(t, { feed: 'wal', server: server.connectionString })
  await bench.start()
  const delays: number[] = []
  for (let turn = 0; turn < 200; turn += 1) {
    await insert(bench, `k${turn}`)
    const since = performance.now()
    const { length } = bench.told
    if (!bench.told.includes(`change k${turn}`)) await bench.until(`change k${turn}`, length)
    delays.push(performance.now() - since)
  }
  // A walsender that misses its wake-up sleeps for 15 seconds.
  t.true(Math.max(...delays) < 10_000, `the longest took ${Math.max(...delays)} ms`)
})
