import test from 'ava'
import { StalemateError } from '../../src/errors.ts'
import { createFeedBench } from '../contract/feed-bench.ts'
import { createPooler } from '../helpers/pooler.ts'
import { createServer } from '../helpers/server.ts'

test('notify behind a pooler in transaction mode is never live, and says what to do', async (t) => {
  const server = await createServer(t, { settings: { fsync: 'off' } })
  const { socketDir: host, port, user } = server
  if (host === undefined) throw new Error('the server has no socket')
  let tell = (_error: unknown): void => {}
  const refused = new Promise<unknown>((resolve) => (tell = resolve))
  let ask = (): void => {}
  const asked = new Promise<void>((resolve) => (ask = resolve))
  const bench = await createFeedBench(t, {
    feed: 'notify',
    server: server.connectionString,
    connectionString: async ({ name }) =>
      (await createPooler(t, { host, port, user, database: name })).connectionString,
    wrap: (sink) => ({ ...sink, down: tell }),
  })
  const { query } = bench.hooks
  bench.hooks.query = async (text, values) => {
    const result = await query(text, values)
    ask()
    return result
  }
  void bench.start().catch(() => {})
  await asked
  // What the server sends to a session that nobody holds is lost; all that was under way has come by now.
  await bench.idle()
  bench.clock.advance(5_000)
  const error = await refused
  t.true(error instanceof StalemateError)
  t.like(error as StalemateError, { code: 'feed-silent' })
  t.regex(
    (error as StalemateError).hint ?? '',
    /pooler in transaction mode.*direct connection.*stalemate doctor/,
  )
  t.deepEqual(bench.told, ['gap start'])
})
