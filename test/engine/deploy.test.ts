import test, { type ExecutionContext } from 'ava'
import { compileRules } from '../../src/compile.ts'
import { createStalemate } from '../../src/engine.ts'
import { FEEDS, type FeedName, type Manifest } from '../../src/manifest/manifest.ts'
import { readManifest } from '../../src/manifest/read-manifest.ts'
import { createClock } from '../helpers/clock.ts'
import { createDatabase } from '../helpers/database.ts'

type Caches = { [N in 'board' | 'wall' | 'people']: { params: { user_id: string }; value: string } }

const RULES = (feed: FeedName, tables: string) => `
version: 1
name: app
feed: ${feed}
caches:
  board: { key: "board:{user_id}", params: { user_id: text } }
  wall: { key: "wall:{user_id}", params: { user_id: text } }
  people: { key: "people:{user_id}", params: { user_id: text } }
tables:
  users: [{ invalidate: people, with: { user_id: id } }]
${tables}
`
const BOARD = '  calls: [{ invalidate: board }]'
const WALL = '  calls: [{ invalidate: wall }]'

const TABLES = `
CREATE TABLE users (id text PRIMARY KEY); INSERT INTO users VALUES ('a');
CREATE TABLE calls (user_id text, status text); INSERT INTO calls VALUES ('a', 'old');`

/** Two plans, one after the other: the first looks at calls for `board`, the second for `wall`. */
async function compile(feed: FeedName) {
  const first = await compileRules({ 'r.yaml': RULES(feed, BOARD) })
  const second = await compileRules({ 'r.yaml': RULES(feed, WALL) }, { previous: first.files })
  const sqlOf = (files: ReadonlyMap<string, string>, number: string, side: string) =>
    [...files].find(([path]) => path.includes(`/${number}_`) && path.endsWith(`.${side}.sql`))?.[1] ?? ''
  const manifestOf = (files: ReadonlyMap<string, string>): Manifest =>
    readManifest(JSON.parse(files.get('manifest.json') ?? ''))
  return {
    first: { up: sqlOf(first.files, '0001', 'up'), manifest: manifestOf(first.files) },
    second: {
      up: sqlOf(second.files, '0002', 'up'),
      down: sqlOf(second.files, '0002', 'down'),
      manifest: manifestOf(second.files),
    },
  }
}

async function prepare(t: ExecutionContext, feed: FeedName) {
  const plans = await compile(feed)
  const database = await createDatabase(t, { template: `${TABLES}; ${plans.first.up}` })
  const run = async (manifest: Manifest) => {
    const clock = createClock()
    const read = async () =>
      (await database.query<{ status: string }>('SELECT status FROM calls')).rows[0]?.status ?? ''
    const app = await createStalemate<Caches>({
      manifest,
      connection: { connectionString: database.connectionString },
      clock,
      loaders: { board: read, wall: read, people: () => 'Ada' },
    })
    t.teardown(() => app.close())
    await app.ready
    /** Lets time pass until the caches that are trusted are these. */
    const trusts = async (...names: (keyof Caches)[]) => {
      while (app.health().trusted.join() !== names.join()) {
        clock.advance(20)
        // The clock stands until the database has answered, however busy the machine is.
        await app.sync()
      }
    }
    return { ...app.caches, app, clock, trusts }
  }
  return { ...plans, database, run, writer: await database.connect() }
}

const key = { user_id: 'a' }

for (const feed of FEEDS) {
  test(`${feed}: an instance of the new rules trusts the new plan once the writers of the old one have ended`, async (t) => {
    const { second, run, writer, database } = await prepare(t, feed)
    const { wall, app, trusts } = await run(second.manifest)
    t.is(app.health().uncovered[0]?.reason, 'changed')
    await writer.query(`BEGIN; UPDATE calls SET status = 'new'`)
    const settling = new Promise((resolve) =>
      app.on('coverage', ({ uncovered }) => resolve(uncovered[0]?.reason)),
    )
    await database.query(second.up)
    await app.sync()
    t.is(await settling, 'settling', 'it looks at once')
    t.deepEqual(app.health().trusted, ['board', 'people'])
    t.is(await wall.get(key), 'old')
    t.is(wall.peek(key), undefined)
    await writer.query('COMMIT')
    await trusts('board', 'people', 'wall')
    t.is(await wall.get(key), 'new')
    t.is(wall.peek(key), 'new')
  })

  // A slot in the WAL is not made before the writer has ended, so that the instance only starts afterwards.
  if (feed !== 'wal')
    test(`${feed}: an instance that starts while a writer of the old plan runs waits for it too`, async (t) => {
      const { second, run, writer, database } = await prepare(t, feed)
      await writer.query(`BEGIN; UPDATE calls SET status = 'new'`)
      await database.query(second.up)
      const { app, wall, trusts } = await run(second.manifest)
      t.deepEqual(app.health().trusted, ['board', 'people'])
      await wall.get(key)
      t.is(wall.peek(key), undefined)
      await writer.query('COMMIT')
      await trusts('board', 'people', 'wall')
    })

  test(`${feed}: an instance of the old rules believes nothing of a changed table after the deploy, and the rest`, async (t) => {
    const { first, second, run, database } = await prepare(t, feed)
    const { board, people, app, trusts } = await run(first.manifest)
    t.is(await board.get(key), 'old')
    t.is(await people.get(key), 'Ada')
    await database.query(second.up)
    await database.query(`UPDATE calls SET status = 'new'`)
    await app.sync()
    t.is(board.peek(key), undefined, 'the new triggers do not speak of it')
    await trusts('people', 'wall')
    t.is(people.peek(key), 'Ada', 'what nothing happened to is kept')
    t.is(await board.get(key), 'new')
    t.is(board.peek(key), undefined)
    await database.query(second.down)
    await trusts('board', 'people', 'wall')
    t.is(await board.get(key), 'new')
    t.is(board.peek(key), 'new')
  })

  test(`${feed}: an instance that is not told of the new plan serves an old value`, async (t) => {
    const { first, second, run, database } = await prepare(t, feed)
    const { board, app } = await run(first.manifest)
    await board.get(key)
    const silent = second.up.slice(0, second.up.indexOf('-- The runtimes look'))
    t.not(silent, second.up)
    await database.query(silent)
    await database.query(`UPDATE calls SET status = 'new'`)
    await app.sync()
    t.is(board.peek(key), 'old')
  })
}
