import test from 'ava'
import type { Client } from 'pg'
import type { ListenSession } from '../../src/feed/listen-session.ts'
import { type Arrival, outboxQueries, type OutboxQueries } from '../../src/feed/outbox-queries.ts'
import { createFeedBench, type FeedBench } from '../contract/feed-bench.ts'

const own = outboxQueries('stalemate_app')

/** What the second connection finds instead of what it would. */
const ARRIVALS: readonly { readonly title: string; readonly change: (arrival: Arrival) => Arrival }[] = [
  {
    title: 'another server is a gap',
    change: (arrival) => ({ ...arrival, server: { ...arrival.server, identifier: '1' } }),
  },
  {
    title: 'another timeline is a gap',
    change: (arrival) => ({ ...arrival, server: { ...arrival.server, timeline: '000000FF' } }),
  },
  {
    title: 'data that have moved back in time are a gap',
    change: (arrival) => ({ ...arrival, isAhead: true }),
  },
]

for (const { title, change } of ARRIVALS) {
  test(title, async (t) => {
    let arrivals = 0
    const queries: OutboxQueries = {
      ...own,
      arrive: async (session, position) => {
        const arrival = await own.arrive(session, position)
        arrivals += 1
        return arrivals === 1 ? arrival : change(arrival)
      },
    }
    const bench = await createFeedBench(t, { feed: 'outbox', parts: { queries } })
    await bench.start()
    t.deepEqual(await reconnect(bench), ['down', 'gap failover', 'alive'])
  })
}

test('a snapshot that lies ahead of the server is recognised', async (t) => {
  const bench = await createFeedBench(t, { feed: 'outbox' })
  const client = await bench.writer()
  const session = createSession(client)
  const position = {
    reader: 'r',
    slot: undefined,
    snapshot: '9000000:9000000:',
    server: { identifier: '', timeline: '', started: '' },
  }
  t.like(await own.arrive(session, position), { isAhead: true, isKnown: false })
  t.like(await own.arrive(session, { ...position, snapshot: '3:3:' }), { isAhead: false })
})

test('a database without an outbox is named, with what to do', async (t) => {
  const bench = await createFeedBench(t, { feed: 'outbox' })
  await bench.database.query('DROP SEQUENCE stalemate.stalemate_app')
  const client = await bench.writer()
  const session = createSession(client)
  await t.throwsAsync(own.arrive(session, undefined), { code: 'feed-silent', message: /no outbox/ })
})

async function reconnect(bench: FeedBench): Promise<readonly string[]> {
  await bench.idle()
  const { length } = bench.told
  await bench.database.query(`SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = 'stalemate feed'`)
  await bench.until('down', length)
  bench.clock.advance(1_000)
  await bench.until('alive', length)
  return bench.told.slice(length)
}

test('a look goes over the indexes alone, in one process, however large the outbox is', async (t) => {
  const bench = await createFeedBench(t, { feed: 'outbox' })
  for (const table of [0, 1, 2]) {
    await bench.database.query(
      `INSERT INTO stalemate.outbox_${table} (channel, message) SELECT 'stalemate_app', repeat('m', 200) FROM generate_series(1, 20000)`,
    )
  }
  const session = createSession(await bench.writer())
  const { server } = await own.arrive(session, undefined)
  const position = await own.register(session, server, 60_000)
  t.deepEqual((await own.poll(session, position, undefined)).messages, [])
  const { rows } = await session.query(
    `EXPLAIN EXECUTE "stalemate poll" ('r', '${position.snapshot}', 'stalemate_app')`,
  )
  const plan = rows.map((row) => String(row['QUERY PLAN'])).join('\n')
  t.regex(plan, /outbox_0_xid/)
  t.notRegex(plan, /Gather|Seq Scan|JIT/)
})

function createSession(client: Client): ListenSession {
  return {
    query: async (text, values = [], name) =>
      await client.query({
        text,
        ...(values.length === 0 ? {} : { values: [...values] }),
        ...(name === undefined ? {} : { name }),
      }),
    destroy: () => {},
  }
}
