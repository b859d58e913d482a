import test, { type ExecutionContext } from 'ava'
import { createDoze } from '../../src/feed/doze.ts'
import type { OutboxParts } from '../../src/feed/outbox.ts'
import { outboxQueries, type OutboxQueries } from '../../src/feed/outbox-queries.ts'
import { createFeedBench, type FeedBench } from '../contract/feed-bench.ts'
import { createServer } from '../helpers/server.ts'

let server: Promise<string> | undefined

/** NOTIFY makes PREPARE TRANSACTION fail, so readers sleep only where no transaction can be prepared. */
test.before((t) => {
  server = createServer(
    { teardown: (end) => void ends.push(end) },
    { settings: { max_prepared_transactions: '0', autovacuum: 'off' } },
  ).then(({ connectionString }) => connectionString)
  t.pass()
})
const ends: (() => unknown)[] = []
test.after.always(async () => {
  for (const end of ends) await end()
})

async function createBench(t: ExecutionContext, parts?: Partial<OutboxParts>): Promise<FeedBench> {
  const url = await server
  if (url === undefined) throw new Error('no server')
  const bench = await createFeedBench(t, {
    feed: 'outbox',
    server: url,
    ...(parts === undefined ? {} : { parts }),
  })
  await bench.start()
  return bench
}

/** Moves the clock in small steps, and lets the feed do what it does after each. */
async function pass(bench: FeedBench, ms: number, step = 5): Promise<void> {
  for (let spent = 0; spent < ms; spent += step) {
    await bench.idle()
    bench.clock.advance(step)
  }
  await bench.idle()
}

/** Sleepers, one bit each. */
async function readBells(bench: FeedBench): Promise<number> {
  const { rows } = await bench.database.query<{ bells: string | null }>(
    `SELECT pg_sequence_last_value('stalemate.${bench.channel}') & 16777215 AS bells`,
  )
  return Number(rows[0]?.bells ?? 0)
}

test('a reader goes to sleep when nothing comes, and a commit wakes it without any time passing', async (t) => {
  const bench = await createBench(t)
  t.is(await readBells(bench), 0)
  await pass(bench, 400, 25)
  t.is(await readBells(bench), 1)
  await bench.database.query(`INSERT INTO calls VALUES ('a')`)
  await bench.until('change a')
  await bench.idle()
  t.is(await readBells(bench), 0, 'it is awake while changes come')
})

test('each reader has a flag of its own', async (t) => {
  const bench = await createBench(t)
  await bench.database.query(
    `INSERT INTO stalemate.readers SELECT 'other', channel, slot + 1, position, until FROM stalemate.readers`,
  )
  await bench.database.query(`SELECT stalemate.bell_v1('stalemate.${bench.channel}', 1, true)`)
  await pass(bench, 400, 25)
  t.is(await readBells(bench), 3)
  await bench.database.query(`INSERT INTO calls VALUES ('a')`)
  await bench.until('change a')
  await bench.idle()
  t.is(await readBells(bench), 2)
})

test('a writer whose snapshot is older than the sleep wakes the reader', async (t) => {
  const bench = await createBench(t)
  const writer = await bench.writer()
  await writer.query('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM calls')
  await pass(bench, 400, 25)
  t.is(await readBells(bench), 1)
  await writer.query(`INSERT INTO calls VALUES ('a'); COMMIT`)
  await bench.until('change a')
  t.pass()
})

/**
 * A snapshot does not tell of a transaction that began after the last one that has ended. Alone on the server, so that no other
 * transaction ends between the writer's look at the bell and the reader's look at who is running.
 */
async function hearsTheNewest(t: ExecutionContext, parts?: Partial<OutboxParts>): Promise<boolean> {
  const bench = await createBench(t, parts)
  const writer = await bench.writer()
  await pass(bench, 200, 25)
  await writer.query(`BEGIN; INSERT INTO calls VALUES ('a')`)
  const { rows } = await bench.database.query<{ listed: boolean }>(
    `SELECT pg_snapshot_xmax(pg_current_snapshot()) > (SELECT backend_xid::text::xid8 FROM pg_stat_activity
       WHERE datname = current_database() AND backend_xid IS NOT NULL) AS listed`,
  )
  t.deepEqual(rows, [{ listed: false }], 'the stage is set')
  await pass(bench, 400, 10)
  t.is(await readBells(bench), 1)
  await writer.query('COMMIT')
  await pass(bench, 30)
  return bench.keys().includes('a')
}

test.serial(
  'the newest transaction that looked before the reader went to sleep is heard soon too',
  async (t) => {
    t.true(await hearsTheNewest(t))
  },
)

test.serial('a reader that goes by the first snapshot without an id of its own is caught', async (t) => {
  const own = outboxQueries('stalemate_app')
  const sleep: OutboxQueries['sleep'] = async (session, slot, sleeps) => {
    await session.query(`SELECT stalemate.bell_v1('stalemate.stalemate_app', $1, $2)`, [slot, sleeps])
  }
  t.false(await hearsTheNewest(t, { queries: { ...own, sleep } }))
})

/** A transaction looks at the bell, the reader arms it, the transaction commits: soon afterwards it must be heard. */
async function hearsWhoLookedBefore(t: ExecutionContext, parts?: Partial<OutboxParts>): Promise<boolean> {
  const bench = await createBench(t, parts)
  const writer = await bench.writer()
  await writer.query(`BEGIN; INSERT INTO calls VALUES ('a')`)
  await pass(bench, 400, 10)
  t.is(await readBells(bench), 1)
  await writer.query('COMMIT')
  await pass(bench, 30)
  return bench.keys().includes('a')
}

test('a transaction that looked before the reader went to sleep is heard soon after its commit', async (t) => {
  t.true(await hearsWhoLookedBefore(t))
})

test('a reader that sleeps at once is caught', async (t) => {
  const createHasty: OutboxParts['createDoze'] = (hasBell, now) => {
    const doze = createDoze(hasBell, now)
    return { next: (changes, snapshot, at) => doze.next(changes, snapshot.replace(/[^:]*$/, ''), at) }
  }
  t.false(await hearsWhoLookedBefore(t, { createDoze: createHasty }))
})

test('a bell that nobody has renewed is not believed', async (t) => {
  const bench = await createBench(t)
  await bench.database.query(
    `SELECT setval('stalemate.${bench.channel}', (extract(epoch FROM now())::bigint - 1 << 24) | 1)`,
  )
  const heard: unknown[] = []
  const listener = await bench.database.connect()
  listener.on('notification', (message) => heard.push(message))
  await listener.query(`LISTEN ${bench.channel}`)
  await bench.database.query(`INSERT INTO calls VALUES ('a')`)
  await listener.query('SELECT')
  t.deepEqual(heard, [])
})

test('what the bell does not announce is seen within a quarter of a second', async (t) => {
  const bench = await createBench(t)
  await pass(bench, 400, 25)
  await bench.database.query(`SELECT setval('stalemate.${bench.channel}', 0)`)
  await bench.database.query(`INSERT INTO calls VALUES ('a')`)
  await pass(bench, 250, 50)
  t.deepEqual(bench.keys(), ['a'])
})
