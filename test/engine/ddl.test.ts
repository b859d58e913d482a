import test from 'ava'
import { compileRules } from '../../src/compile.ts'
import { createStalemate } from '../../src/engine.ts'
import { FEEDS } from '../../src/manifest/manifest.ts'
import { readManifest } from '../../src/manifest/read-manifest.ts'
import { createClock } from '../helpers/clock.ts'
import { createDatabase } from '../helpers/database.ts'
import { waitFor, waitUntil } from '../helpers/wait.ts'

type Caches = {
  board: { params: { user_id: string }; value: number }
  other: { params: { id: number }; value: number }
}

for (const feed of FEEDS) {
  test(`${feed}: what ALTER TABLE rewrites is a gap of the table's caches, followed by a look at the triggers`, async (t) => {
    const rules = `
version: 1
name: app
feed: ${feed}
ddl: watch
caches:
  board: { key: "board:{user_id}", params: { user_id: text } }
  other: { key: "other:{id}", params: { id: int } }
tables: { calls: [{ invalidate: board }], others: [{ invalidate: other }] }`
    const { files } = await compileRules({ 'r.yaml': rules })
    const database = await createDatabase(t, {
      sql: `CREATE TABLE calls (user_id text, n int); CREATE TABLE others (id int); INSERT INTO calls VALUES ('a', 1);
        ${files.get('migrations/0001_initial.up.sql')}`,
    })
    const app = await createStalemate<Caches>({
      manifest: readManifest(JSON.parse(files.get('manifest.json') ?? '')),
      connection: { connectionString: database.connectionString },
      clock: createClock(),
      loaders: {
        board: async ({ user_id }) =>
          Number((await database.query('SELECT n FROM calls WHERE user_id = $1', [user_id])).rows[0]?.['n']),
        other: ({ id }) => id,
      },
    })
    t.teardown(() => app.close())
    const gaps: string[] = []
    app.on('gap', ({ cause }) => gaps.push(cause))
    await app.ready
    t.is(await app.caches.board.get({ user_id: 'a' }), 1)
    t.is(await app.caches.other.get({ id: 1 }), 1)

    await database.query('ALTER TABLE calls ALTER n TYPE bigint USING n + 1')
    await app.sync()
    t.is(app.caches.board.peek({ user_id: 'a' }), undefined)
    // Nothing is believed before the look is over; what did not change is held all the while.
    await waitUntil(() => app.health().trusted.length === 2, 'the look at the triggers')
    t.is(app.caches.board.peek({ user_id: 'a' }), undefined)
    t.is(app.caches.other.peek({ id: 1 }), 1)
    t.is(await app.caches.board.get({ user_id: 'a' }), 2)
    t.true(gaps.includes('ddl'))
    t.is(app.health().epoch, gaps.length)

    const uncovered = new Promise<readonly string[]>((resolve) =>
      app.on('coverage', (event) => resolve(event.uncovered.map(({ reason }) => reason))),
    )
    await database.query('ALTER TABLE calls DISABLE TRIGGER USER')
    await app.sync()
    const found = await waitFor(uncovered, 'the look', 10_000)
    t.true(found.includes('disabled'), 'long before the next heartbeat')
    t.deepEqual(app.health().trusted, ['other'])
  })
}
