import test from 'ava'
import { createStalemate } from '../../src/engine.ts'
import { compileFeed, createFeedBench } from '../contract/feed-bench.ts'
import { createClock } from '../helpers/clock.ts'
import { createDatabase } from '../helpers/database.ts'
import { createServer } from '../helpers/server.ts'

test('the listening session never has a transaction open', async (t) => {
  const bench = await createFeedBench(t, { feed: 'notify' })
  const states = new Set<unknown>()
  bench.hooks.after = async () => {
    const { rows } = await bench.database.query<{ state: string; begun: boolean }>(`
      SELECT state, xact_start IS NOT NULL AS begun FROM pg_stat_activity
      WHERE datname = current_database() AND application_name = 'stalemate feed'`)
    for (const { state, begun } of rows) states.add(`${state} ${begun}`)
  }
  await bench.start()
  await bench.database.query(`INSERT INTO calls VALUES ('a')`)
  await bench.feed.barrier()
  bench.clock.advance(5_000)
  await bench.until('alive', 3)
  t.deepEqual([...states], ['idle false'])
})

test('a queue of notifications that fills is told before commits fail', async (t) => {
  // The smallest queue there is: 512 KiB instead of 8 GiB.
  const server = await createServer(t, { settings: { max_notify_queue_pages: '64' } })
  const { up, manifest } = await compileFeed('notify')
  const database = await createDatabase(t, { template: up, server: server.connectionString })
  const clock = createClock()
  const app = await createStalemate({
    manifest,
    connection: { connectionString: database.connectionString },
    clock,
    loaders: { board: () => 1 },
  })
  t.teardown(() => app.close())
  await app.ready
  const usages: number[] = []
  const told = new Promise<void>((resolve) => {
    app.on('queue', ({ usage }) => {
      usages.push(usage)
      resolve()
    })
  })
  // A session that listens, and whose transaction does not end, keeps everything in the queue.
  const stuck = await database.connect()
  await stuck.query('LISTEN elsewhere')
  await stuck.query('BEGIN; SELECT')
  for (let turn = 0; turn < 30; turn += 1) {
    await database.query('SELECT pg_notify($1, $2)', ['elsewhere', `${turn} ${'x'.repeat(7_000)}`])
  }
  clock.advance(5_000)
  await told
  t.true((usages[0] ?? 0) > 0.25)
  t.is(app.health().queueUsage, usages[0])
})
