import test, { type ExecutionContext } from 'ava'
import type { App } from '../../src/app.ts'
import { createStalemate } from '../../src/engine.ts'
import type { FeedName, Manifest } from '../../src/manifest/manifest.ts'
import { createDatabase } from '../helpers/database.ts'
import { compileSwitch, SWITCHES } from '../helpers/switch-feed.ts'

type Caches = { board: { params: { name: string }; value: number } }

const key = { name: 'a' }
const INSERT = `INSERT INTO calls VALUES ('a')`

async function prepare(t: ExecutionContext, from: FeedName, to: FeedName) {
  const { before, after } = await compileSwitch(from, to)
  const database = await createDatabase(t, { template: before.up })
  const run = async (manifest: Manifest) => {
    const app = await createStalemate<Caches>({
      manifest,
      connection: { connectionString: database.connectionString },
      loaders: { board: async () => (await database.query('SELECT FROM calls')).rowCount ?? 0 },
    })
    t.teardown(() => app.close())
    return { app, ...watch(app) }
  }
  return { before, after, database, run, writer: await database.connect() }
}

function watch(app: App<Caches>) {
  const seen: string[] = []
  const listeners = new Set<() => void>()
  const note = (entry: string): void => {
    seen.push(entry)
    for (const listener of listeners) listener()
  }
  app.on('change', () => note('change'))
  app.on('coverage', ({ uncovered }) => note(uncovered[0]?.reason ?? 'covered'))
  app.on('error', ({ error }) => note(`error ${String(error)}`))
  /** Resolves once this has been seen. */
  const until = async (entry: string): Promise<void> =>
    await new Promise((resolve) => {
      const look = (): void => {
        if (!seen.includes(entry)) return
        listeners.delete(look)
        resolve()
      }
      listeners.add(look)
      look()
    })
  const { board } = app.caches
  /** Reads until the value is held: an earlier feed that could not be read is a gap once all has settled. */
  const hold = async (): Promise<number | undefined> => {
    for (let attempt = 0; attempt < 1_000 && board.peek(key) === undefined; attempt += 1) await board.get(key)
    return board.peek(key)
  }
  return { seen, until, hold, board }
}

for (const { from, to, title } of SWITCHES) {
  test(`${title}, the migration first: what a transaction from before says is heard, and nothing is held before it has ended`, async (t) => {
    const { after, database, run, writer } = await prepare(t, from, to)
    await writer.query(`BEGIN; ${INSERT}`)
    await database.query(after.up)
    const { app, board, until, hold } = await run(after.manifest)
    // A slot in the WAL is not made before the writer has ended.
    if (to !== 'wal') await until('settling')
    t.is(await board.get(key), 0)
    t.is(board.peek(key), undefined)
    await writer.query('COMMIT')
    if (from !== 'wal' && to !== 'wal') await until('change')
    await app.ready
    if (to !== 'wal') await until('covered')
    await app.sync()
    t.is(await hold(), 1)
    await database.query(INSERT)
    await app.sync()
    t.is(board.peek(key), undefined)
    await database.query(`DO $$ BEGIN
      FOR attempt IN 1..500 LOOP
        PERFORM pg_stat_clear_snapshot();
        IF (SELECT count(*) FROM pg_stat_activity
            WHERE datname = current_database() AND application_name = 'stalemate feed') <= ${to === 'wal' ? 2 : 1} THEN
          RETURN;
        END IF;
        PERFORM pg_sleep(0.01);
      END LOOP;
      RAISE 'the earlier feed is still read';
    END $$`)
  })

  test(`${title}, the application first, beside an instance of the old rules`, async (t) => {
    const { before, after, database, run, writer } = await prepare(t, from, to)
    const old = await run(before.manifest)
    await old.app.ready
    t.is(await old.board.get(key), 0)
    const { app, board, until, hold } = await run(after.manifest)
    t.is(await board.get(key), 0)
    t.is(board.peek(key), undefined, 'the triggers are those of the old rules')

    // The feed of the new rules is not there yet, so that it can't be sure that all have been told.
    await board.invalidate(key).catch(() => {})
    await old.app.sync()
    t.is(old.board.peek(key), undefined, 'the old instance is told by the new one')
    t.is(await old.board.get(key), 0)

    await writer.query(`BEGIN; ${INSERT}`)
    await database.query(after.up)
    await old.app.sync()
    t.is(old.board.peek(key), undefined, 'the old instance believes nothing of what it does not hear of')
    if (to !== 'wal') await until('settling')
    t.is(await board.get(key), 0)
    t.is(board.peek(key), undefined)
    await writer.query('COMMIT')
    // Where the new feed waits for the writer, nothing tells whether the earlier one was read before it had ended.
    if (from !== 'wal' && to !== 'wal') await until('change')
    await app.ready
    if (to !== 'wal') await until('covered')
    await app.sync()
    t.is(await hold(), 1)

    await old.board.invalidate(key)
    await app.sync()
    t.is(board.peek(key), undefined, 'the new instance is told by the old one')
    t.is(await hold(), 1)
    await writer.query(INSERT)
    await app.sync()
    t.is(board.peek(key), undefined)
    t.is(await old.board.get(key), 2)
  })
}
