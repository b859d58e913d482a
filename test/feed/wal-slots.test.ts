import { type AddressInfo, connect, createServer } from 'node:net'
import { once } from 'node:events'
import test from 'ava'
import { systemClock } from '../../src/options.ts'
import { createFeedBench } from '../contract/feed-bench.ts'
import type { Test } from '../helpers/test.ts'
import { waitUntil } from '../helpers/wait.ts'

test('a slot goes with its connection', async (t) => {
  const bench = await createFeedBench(t, { feed: 'wal' })
  await bench.start()
  const slots = `SELECT temporary FROM pg_replication_slots WHERE database = current_database()`
  t.deepEqual((await bench.database.query(slots)).rows, [{ temporary: true }])
  await bench.database.query(`SELECT pg_terminate_backend(active_pid, 5000) FROM pg_replication_slots
    WHERE database = current_database()`)
  t.deepEqual((await bench.database.query(slots)).rows, [])
})

/** CopyData with a standby status update: PostgreSQL, "Streaming Replication Protocol". */
const isStatus = (chunk: Buffer): boolean => chunk[0] === 0x64 && chunk[5] === 0x72
/** Its bytes: a type, a length, and what the reader says. */
const STATUS_BYTES = 39

/** Listens in front of a server, and counts what a reader says of how far it is; gives the address. */
async function listenBetween(
  t: Test,
  connectionString: string,
  said: (times: number) => void,
): Promise<string> {
  const url = new URL(connectionString)
  const [host, port] = [url.hostname, Number(url.port)]
  const between = createServer((client) => {
    const server = connect(port, host)
    client.on('data', (chunk) => {
      if (isStatus(chunk)) said(chunk.length / STATUS_BYTES)
    })
    for (const socket of [client, server]) socket.on('error', () => socket.destroy())
    client.pipe(server).pipe(client)
  }).listen(0, '127.0.0.1')
  t.teardown(() => between.close())
  await once(between, 'listening')
  url.hostname = '127.0.0.1'
  url.port = String((between.address() as AddressInfo).port)
  return url.href
}

test('the server hears how far a reader is while nothing happens', async (t) => {
  let heard = 0
  const bench = await createFeedBench(t, {
    feed: 'wal',
    connectionString: async ({ connectionString }) =>
      await listenBetween(t, connectionString, (times) => {
        heard += times
      }),
  })
  await bench.start()
  // The server asks by itself, but only where its own timeout is near.
  const before = heard
  await waitUntil(() => heard >= before + 5, 'five words of the reader', 20_000)
  t.pass()
})

test('the server hears of commits in close order together, and at once of one after a pause', async (t) => {
  let heard = 0
  let timers = 0
  const bench = await createFeedBench(t, {
    feed: 'wal',
    walParts: {
      after: (ms, callback) =>
        systemClock.after(ms, () => {
          if (ms === 100) timers += 1
          callback()
        }),
    },
    connectionString: async ({ connectionString }) =>
      await listenBetween(t, connectionString, (times) => {
        heard += times
      }),
  })
  await bench.start()
  const change = async (key: string): Promise<void> => {
    await bench.database.query('INSERT INTO calls VALUES ($1)', [key])
    await bench.until(`change ${key}`)
  }
  // The clock stands still, so that all of these are in close order.
  bench.clock.advance(20)
  await change('first')
  await waitUntil(() => heard > 0, 'a word of the first change')
  const before = heard - timers
  for (let turn = 0; turn < 50; turn += 1) await change(`k${turn}`)
  bench.clock.advance(20)
  await change('last')
  // What was said before has been heard before; one of the timer may be on its way.
  await waitUntil(() => heard - timers >= before + 1, 'a word of the last change')
  t.true(heard - timers <= before + 2, `${heard - timers - before} words for 51 changes`)
})

test('the stream is not read while the feed rests, and nothing is lost by that', async (t) => {
  const told: string[] = []
  const held: (() => void)[] = []
  let isHeld = false
  const bench = await createFeedBench(t, {
    feed: 'wal',
    walParts: {
      after: (ms, callback) => {
        // Only the rest: a look that came too early has to be repeated.
        if (!isHeld || ms > 5 || !told.includes('change a')) return systemClock.after(ms, callback)
        held.push(callback)
        return () => {}
      },
    },
    stream: (stream) => ({
      ...stream,
      pause: () => {
        told.push('pause')
        stream.pause()
      },
      resume: () => {
        told.push('resume')
        stream.resume()
      },
    }),
    hooks: { told: (entry) => told.push(entry) },
  })
  await bench.start()
  const isRead = (): boolean => told.lastIndexOf('resume') > told.lastIndexOf('pause')
  await waitUntil(isRead, 'the end of the rest after the start')
  isHeld = true
  const from = told.length
  await bench.database.query(`INSERT INTO calls VALUES ('a')`)
  await bench.until('change a')
  await bench.database.query(`INSERT INTO calls VALUES ('b')`)
  await bench.database.query(`INSERT INTO calls VALUES ('c')`)
  // A look that came before the transaction could be seen has let the stream go on.
  const since = (): readonly string[] => told.slice(told.indexOf('change a', from))
  t.deepEqual(since(), ['change a', 'pause'])
  isHeld = false
  for (const end of held.splice(0)) end()
  await bench.until('change c')
  t.deepEqual(bench.keys(), ['a', 'b', 'c'])
  t.deepEqual(since().slice(0, 3), ['change a', 'pause', 'resume'])
})
