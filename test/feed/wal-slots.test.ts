import { type AddressInfo, connect, createServer } from 'node:net'
import { once } from 'node:events'
import test from 'ava'
import { createFeedBench } from '../contract/feed-bench.ts'
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

test('the server hears how far a reader is while nothing happens', async (t) => {
  let heard = 0
  const bench = await createFeedBench(t, {
    feed: 'wal',
    connectionString: async ({ connectionString }) => {
      const url = new URL(connectionString)
      const [host, port] = [url.hostname, Number(url.port)]
      const between = createServer((client) => {
        const server = connect(port, host)
        client.on('data', (chunk) => {
          if (isStatus(chunk)) heard += 1
        })
        for (const socket of [client, server]) socket.on('error', () => socket.destroy())
        client.pipe(server).pipe(client)
      }).listen(0, '127.0.0.1')
      t.teardown(() => between.close())
      await once(between, 'listening')
      url.hostname = '127.0.0.1'
      url.port = String((between.address() as AddressInfo).port)
      return url.href
    },
  })
  await bench.start()
  // The server asks by itself, but only where its own timeout is near.
  const before = heard
  await waitUntil(() => heard >= before + 5, 'five words of the reader', 20_000)
  t.pass()
})
