import test, { type ExecutionContext } from 'ava'
import type { App } from '../../src/app.ts'
import type { Query } from '../../src/feed/publish.ts'
import { clearByToken, requestByToken } from '../../src/clear/tickets.ts'
import { TOKEN_LIFE, Tokens } from '../../src/clear/tokens.ts'
import { createStalemate } from '../../src/engine.ts'
import { compileFeed } from '../contract/feed-bench.ts'
import { createClock } from '../helpers/clock.ts'
import { createDatabase, type TestDatabase } from '../helpers/database.ts'

type Caches = { board: { params: { name: string }; value: number } }

async function open(t: ExecutionContext, database: TestDatabase, feed: 'notify' | 'outbox') {
  const { manifest } = await compileFeed(feed)
  const app = await createStalemate<Caches>({
    manifest,
    connection: { connectionString: database.connectionString },
    loaders: { board: () => 1 },
  })
  t.teardown(() => app.close())
  await app.ready
  await app.caches.board.get({ name: 'a' })
  return app
}

const held = (app: App<Caches>): number | undefined => app.caches.board.peek({ name: 'a' })

for (const feed of ['notify', 'outbox'] as const) {
  test(`a confirmed clear reaches every runtime that is connected, over ${feed}`, async (t) => {
    const { up } = await compileFeed(feed)
    const database = await createDatabase(t, { template: up })
    const [here, there] = [await open(t, database, feed), await open(t, database, feed)]
    const { token } = here.requestClear({ scope: 'all', reason: 'a wrong import' })
    t.is(held(here), 1)
    t.deepEqual(await here.clear(token), { scope: 'all', epoch: 1 })
    t.is(held(here), undefined)
    await there.sync()
    t.is(held(there), undefined)
    await t.throwsAsync(here.clear(token), { code: 'clear-refused' })
    const { rows } = await database.query('SELECT cache, epoch, reason FROM stalemate.epochs')
    t.deepEqual(rows, [{ cache: '', epoch: '1', reason: 'a wrong import' }])
  })
}

test('an epoch that was raised while a runtime heard nothing is found before trust is renewed', async (t) => {
  const { up } = await compileFeed('outbox')
  const database = await createDatabase(t, { template: up })
  const app = await open(t, database, 'outbox')
  await database.query(
    `INSERT INTO stalemate.epochs (ruleset, cache, epoch, reason)
     SELECT $1, 'board', 7, 'by hand'`,
    [(await compileFeed('outbox')).manifest.ruleset],
  )
  const cleared = new Promise<unknown>((resolve) => app.on('clear', resolve))
  const live = new Promise<void>((resolve) => {
    app.on('state', ({ state }) => {
      if (state === 'live') resolve()
    })
  })
  await database.query(`SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = 'stalemate feed'`)
  await live
  t.is(held(app), undefined)
  t.deepEqual(await cleared, { scope: { cache: 'board' }, epoch: 7 })
})

test('a clear of what is no cache, or without a reason, is refused', async (t) => {
  const { up } = await compileFeed('notify')
  const database = await createDatabase(t, { template: up })
  const app = await open(t, database, 'notify')
  t.throws(() => app.requestClear({ scope: { cache: 'bored' }, reason: 'x' }), { code: 'cache-unknown' })
  t.throws(() => app.requestClear({ scope: 'all', reason: ' ' }), { code: 'option-invalid' })
  await t.throwsAsync(app.clear('guess'), { code: 'clear-refused' })
  t.is(held(app), 1)
})

test('a token confirms its own request, once, for a minute', (t) => {
  const clock = createClock()
  const tokens = new Tokens<string>(clock)
  const [first, second] = [tokens.issue('first'), tokens.issue('second')]
  t.not(first, second)
  t.is(tokens.redeem('guess'), undefined)
  t.is(tokens.redeem(second), 'second')
  t.is(tokens.redeem(second), undefined)
  clock.advance(59_999)
  t.is(tokens.redeem(first), 'first')
  const late = tokens.issue('late')
  clock.advance(60_000)
  t.is(tokens.redeem(late), undefined)
  const many = Array.from({ length: 20 }, (_, number) => tokens.issue(String(number)))
  t.is(tokens.redeem(many[0] ?? ''), undefined)
  t.is(tokens.redeem(many[19] ?? ''), '19')
})

test('the token of a command confirms for a minute of the database’s clock', async (t) => {
  const { manifest } = await compileFeed('notify')
  let now = 1_000_000
  const raised: unknown[] = []
  const query: Query = async (text, values) => {
    if (text.startsWith('INSERT')) raised.push(values[3])
    return await Promise.resolve({ rows: [{ now: String(now), cache: '', epoch: '4' }] })
  }
  const ask = async (): Promise<string> => (await requestByToken(query, manifest, 'all', 'why')).token
  const token = await ask()
  now += TOKEN_LIFE
  await t.throwsAsync(clearByToken(query, manifest, token), { code: 'clear-refused' })
  const fresh = await ask()
  now += TOKEN_LIFE - 1
  await clearByToken(query, manifest, fresh)
  t.deepEqual(raised, [4], 'what is raised is the epoch that was seen')
  const other = { ...manifest, ruleset: 'other' }
  await t.throwsAsync(clearByToken(query, other, fresh), { code: 'clear-refused' })
})
