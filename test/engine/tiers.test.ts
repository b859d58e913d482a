import test, { type ExecutionContext } from 'ava'
import { createStalemate } from '../../src/engine.ts'
import { createMemoryTier, type MemoryTier } from '../../src/testing/index.ts'
import { compileFeed } from '../contract/feed-bench.ts'
import { createDatabase, type TestDatabase } from '../helpers/database.ts'

type Caches = { board: { params: { name: string }; value: number } }

/** An instance whose loader counts the rows of a name, with a tier behind it that it shares. */
async function open(
  t: ExecutionContext,
  database: TestDatabase,
  feed: 'notify' | 'outbox',
  tier: MemoryTier,
) {
  const { manifest } = await compileFeed(feed)
  const loads: string[] = []
  const app = await createStalemate<Caches>({
    manifest,
    connection: { connectionString: database.connectionString },
    tiers: [tier],
    loaders: {
      async board({ name }) {
        loads.push(name)
        const { rows } = await database.query<{ n: number }>(
          'SELECT count(*)::int AS n FROM calls WHERE name = $1',
          [name],
        )
        return rows[0]?.n ?? -1
      },
    },
  })
  t.teardown(() => app.close())
  await app.ready
  // What the start gives up is given up by the tier as well, before it is asked for anything.
  await app.sync()
  return { app, loads }
}

for (const feed of ['notify', 'outbox'] as const) {
  test(`one instance loads for all that share a tier, and a commit takes it from all of them, over ${feed}`, async (t) => {
    const { up } = await compileFeed(feed)
    const database = await createDatabase(t, { template: up })
    const tier = createMemoryTier(() => performance.now())
    const [here, there] = [await open(t, database, feed, tier), await open(t, database, feed, tier)]
    const [a, b] = [{ name: 'a' }, { name: 'b' }]
    for (const key of [a, b]) t.is(await here.app.caches.board.get(key), 0)
    for (const key of [a, b]) t.is(await there.app.caches.board.get(key), 0)
    t.deepEqual([here.loads, there.loads], [['a', 'b'], []])
    await database.query(`INSERT INTO calls VALUES ('a')`)
    await there.app.sync()
    await here.app.sync()
    t.is(await there.app.caches.board.get(a), 1)
    t.is(await here.app.caches.board.get(a), 1)
    t.deepEqual(
      [here.loads, there.loads],
      [['a', 'b'], ['a']],
      'loaded by who asked first, promoted by the other',
    )
    t.is(here.app.caches.board.peek(b), 0, 'what the commit did not name stays')
    t.is(tier.size(), 2)
    await here.app.invalidate({ cache: 'board', params: a })
    await there.app.sync()
    t.is(there.app.caches.board.peek(a), undefined)
    t.is(await there.app.caches.board.get(a), 1)
    t.deepEqual(there.loads, ['a', 'a'], 'a call takes it from the tier as well')
  })
}

test('a tier that can not give up what is wrong is asked for nothing of that cache', async (t) => {
  const { up } = await compileFeed('notify')
  const database = await createDatabase(t, { template: up })
  const memory = createMemoryTier(() => performance.now())
  let isRefusing = false
  const tier: MemoryTier = {
    ...memory,
    invalidate(named) {
      if (isRefusing) throw new Error('refused')
      memory.invalidate(named)
    },
  }
  const { app, loads } = await open(t, database, 'notify', tier)
  t.is(await app.caches.board.get({ name: 'a' }), 0)
  isRefusing = true
  const changed = new Promise<void>((resolve) => {
    app.on('change', () => resolve())
  })
  await database.query(`INSERT INTO calls VALUES ('a')`)
  await changed
  t.is(memory.size(), 1, 'it holds the old value')
  t.is(await app.caches.board.get({ name: 'a' }), 1)
  t.deepEqual(loads, ['a', 'a'])
})
