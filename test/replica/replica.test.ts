import test, { type ExecutionContext } from 'ava'
import { Client, Pool } from 'pg'
import { createStalemate } from '../../src/engine.ts'
import { compileFeed } from '../contract/feed-bench.ts'
import { createDatabase } from '../helpers/database.ts'
import { createServer } from '../helpers/server.ts'
import { createStandby } from '../helpers/standby.ts'
import { withDatabase } from '../helpers/template.ts'
import { waitFor, waitUntil } from '../helpers/wait.ts'

type Caches = { board: { params: { name: string }; value: number } }

/** A primary with a standby that streams, and a cache whose loader counts rows over the standby. */
async function setStage(t: ExecutionContext, { guarded }: { readonly guarded: boolean }) {
  const primary = await createServer(t)
  const standby = await createStandby(t, primary)
  const { up, manifest } = await compileFeed('notify')
  const database = await createDatabase(t, { template: up, server: primary.connectionString })
  const admin = new Client(standby.connectionString)
  await admin.connect()
  t.teardown(() => admin.end())
  const catchUp = async (): Promise<void> => {
    const { rows } = await database.query<{ lsn: string }>('SELECT pg_current_wal_insert_lsn() AS lsn')
    await waitUntil(
      async () =>
        (await admin.query('SELECT pg_last_wal_replay_lsn() >= $1::pg_lsn AS is', [rows[0]?.lsn])).rows[0].is,
      'the standby to catch up',
    )
  }
  await catchUp()
  const connection = { connectionString: withDatabase(standby.connectionString, database.name) }
  const pool = new Pool(connection)
  pool.on('error', () => {})
  t.teardown(() => pool.end())
  const load = async ({ name }: { readonly name: string }): Promise<number> => {
    const { rows } = await pool.query<{ n: number }>('SELECT count(*)::int AS n FROM calls WHERE name = $1', [
      name,
    ])
    return rows[0]?.n ?? -1
  }
  const loader = guarded ? { load, replica: true as const, connection } : load
  const app = await createStalemate<Caches>({
    manifest,
    connection: { connectionString: database.connectionString },
    loaders: { board: loader },
  })
  t.teardown(() => app.close())
  await waitFor(app.ready, 'the runtime to be ready')
  const { board } = app.caches
  return {
    app,
    database,
    catchUp,
    pause: async () => void (await admin.query('SELECT pg_wal_replay_pause()')),
    resume: async () => void (await admin.query('SELECT pg_wal_replay_resume()')),
    write: async () => {
      await database.query(`INSERT INTO calls VALUES ('a')`)
      await app.sync()
    },
    read: () => board.get({ name: 'a' }),
    peek: () => board.peek({ name: 'a' }),
    readMany: () => board.getMany([{ name: 'a' }, { name: 'b' }]),
  }
}

test('what a replica gave is stored only when it has replayed past the last applied change', async (t) => {
  const { app, write, pause, resume, catchUp, read, peek } = await setStage(t, { guarded: true })
  await catchUp()
  t.is(await read(), 0)
  t.is(peek(), 0, 'it had replayed all that was applied')
  await pause()
  await write()
  t.is(peek(), undefined, 'the change was applied')
  t.is(await read(), 0, 'what the replica has is handed out')
  t.is(peek(), undefined, 'and not stored')
  t.is(await read(), 0)
  t.is(app.stats().caches['board']?.loads, 3)
  await resume()
  await catchUp()
  t.is(await read(), 1)
  t.is(peek(), 1)
  t.is(await read(), 1)
  t.is(app.stats().caches['board']?.loads, 4)
})

test('the mutant: a loader over a replica that does not say so leaves an old value in the cache', async (t) => {
  const { write, pause, resume, catchUp, read, peek } = await setStage(t, { guarded: false })
  await pause()
  await write()
  t.is(await read(), 0)
  await resume()
  await catchUp()
  t.is(peek(), 0, 'stale, until something else makes it wrong')
})
