import test from 'ava'
import { Client } from 'pg'
import { createStalemate } from '../../src/engine.ts'
import { StalemateError } from '../../src/errors.ts'
import { FEEDS } from '../../src/manifest/manifest.ts'
import { compileFeed } from '../contract/feed-bench.ts'
import { createDatabase } from '../helpers/database.ts'
import { createPooler } from '../helpers/pooler.ts'
import { createServer } from '../helpers/server.ts'
import { waitFor } from '../helpers/wait.ts'

for (const feed of FEEDS) {
  test(`${feed} behind a pooler in transaction mode leaves nothing in its connections, and says what to do`, async (t) => {
    const server = await createServer(t, {
      settings: { max_prepared_transactions: '0', wal_level: 'logical' },
    })
    const { socketDir: host, port, user } = server
    if (host === undefined) throw new Error('the server has no socket')
    const { up, manifest } = await compileFeed(feed)
    const database = await createDatabase(t, { server: server.connectionString, sql: up })
    const pooler = await createPooler(t, { host, port, user, database: database.name })
    const app = await createStalemate({ manifest, connection: pooler, loaders: { board: () => 1 } })
    t.teardown(() => app.close())
    const refused = new Promise<unknown>((resolve) => app.on('error', ({ error }) => resolve(error)))
    const error = await waitFor(refused, 'the reason')
    t.true(error instanceof StalemateError)
    t.like(error as StalemateError, { code: 'feed-silent' })
    t.regex((error as StalemateError).hint ?? '', /pooler in transaction mode.*direct connection/)
    t.is(app.health().state, 'starting')
    const client = new Client(pooler)
    await client.connect()
    const { rows } = await client.query(
      `SELECT current_setting('synchronous_commit') AS commit, (SELECT count(*)::int FROM pg_listening_channels()) AS heard`,
    )
    t.deepEqual(rows, [{ commit: 'on', heard: 0 }])
    await client.end()
  })
}
