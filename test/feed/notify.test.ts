import test from 'ava'
import type { Feed, FeedSink } from '../../src/feed/feed.ts'
import { createNotifyFeed } from '../../src/feed/notify.ts'
import { createClock } from '../helpers/clock.ts'
import { settle } from '../helpers/deferred.ts'
import { createFakeServer, type FakeSession } from '../helpers/fake-session.ts'

const CHANGE = '{"v":1,"t":"calls","o":"insert","d":[["dashboard",["user_id"],["u1"]]]}'

function createBench() {
  const clock = createClock()
  const server = createFakeServer()
  const told: string[] = []
  const canaries: string[] = []
  const sink: FeedSink = {
    change: (change) => told.push(`change ${change.table}`),
    gap: (cause) => told.push(`gap ${cause}`),
    control: (message) => told.push(`control ${message.control}`),
    alive: (since) => told.push(`alive ${since}`),
    down: (error) => told.push(`down ${error instanceof Error ? error.message : String(error)}`),
    settled: () => undefined,
    queue: () => {},
  }
  const feed: Feed = createNotifyFeed({
    channel: 'stalemate_r',
    open: server.open,
    query: async (text, values) => {
      if (text.includes('pg_notify')) canaries.push(String(values[1]))
      return await Promise.resolve({ rows: [] })
    },
    clock,
    random: () => 1,
    heartbeatInterval: 5_000,
    heartbeatTimeout: 3_000,
    reconnectBase: 100,
    reconnectMax: 1_000,
  })
  const session = (number: number): FakeSession => {
    const found = server.sessions[number]
    if (found === undefined) throw new Error(`session ${number} was not opened`)
    return found
  }
  /** Lets the newest canary come back on a session. */
  const sing = async (number: number): Promise<void> => {
    session(number).handlers.notification('stalemate_r', canaries.at(-1) ?? '')
    await settle()
  }
  const start = async (): Promise<void> => {
    feed.start(sink)
    await settle()
    await sing(0)
  }
  return { clock, server, told, canaries, feed, sink, session, sing, start }
}

test('it listens, names the gap, and is alive only when the canary is back', async (t) => {
  const { feed, sink, told, session, sing, canaries } = createBench()
  feed.start(sink)
  await settle()
  t.deepEqual(
    session(0)
      .queries.slice(0, 3)
      .map((text) => text.replace(/:\w+/, '')),
    ['LISTEN "stalemate_r"', 'LISTEN "stalemate"', 'SELECT pg_catalog.pg_listening_channels() AS channel'],
  )
  t.is(canaries.length, 1)
  t.deepEqual(told, ['gap start'])
  await sing(0)
  t.deepEqual(told, ['gap start', 'alive 1000'])
  await feed.close()
})

test('changes are handed over in order, also between LISTEN and the canary', async (t) => {
  const { feed, sink, told, session, sing } = createBench()
  feed.start(sink)
  await settle()
  session(0).handlers.notification('stalemate_r', CHANGE)
  await sing(0)
  session(0).handlers.notification('stalemate_r', CHANGE)
  t.deepEqual(told, ['gap start', 'change calls', 'alive 1000', 'change calls'])
  await feed.close()
})

test('a session that does not really listen is given up, with the pooler named', async (t) => {
  const { feed, sink, told, server, session, clock } = createBench()
  feed.start({ ...sink, down: (error) => told.push(`down ${(error as { hint?: string }).hint ?? ''}`) })
  const first = server.sessions[0]
  if (first) first.listening = []
  await settle()
  t.regex(told.at(-1) ?? '', /pooler in transaction mode/)
  t.true(session(0).destroyed)
  clock.advance(100)
  await settle()
  t.is(server.sessions.length, 2)
  await feed.close()
})

test('a canary that does not come back in time gives the connection up', async (t) => {
  const { feed, sink, told, session, clock } = createBench()
  feed.start(sink)
  await settle()
  clock.advance(3_000)
  await settle()
  t.deepEqual(told, ['gap start', 'down Nothing came back from the server within 3000 ms.'])
  t.true(session(0).destroyed)
  await feed.close()
})

test('a heartbeat proves life from the moment it was sent', async (t) => {
  const { feed, told, clock, start } = createBench()
  await start()
  clock.advance(5_000)
  await settle()
  t.deepEqual(told.slice(2), ['alive 6000'])
  clock.advance(5_000)
  await settle()
  t.deepEqual(told.slice(3), ['alive 11000'])
  await feed.close()
})

test('a heartbeat that does not come back destroys the socket, and the way back starts with a gap', async (t) => {
  const { feed, told, session, sing, clock, start } = createBench()
  await start()
  session(0).echo = false
  clock.advance(5_000)
  await settle()
  clock.advance(3_000)
  await settle()
  t.true(session(0).destroyed)
  t.deepEqual(told.slice(2), ['down Nothing came back from the server within 3000 ms.'])
  clock.advance(100)
  await settle()
  await sing(1)
  t.deepEqual(told.slice(3), ['gap missed-heartbeat', 'alive 9100'])
  await feed.close()
})

test('after a loss nothing of the old session is believed', async (t) => {
  const { feed, told, session, sing, clock, start } = createBench()
  await start()
  session(0).handlers.lost(new Error('reset'))
  session(0).handlers.notification('stalemate_r', CHANGE)
  await settle()
  clock.advance(100)
  await settle()
  session(0).handlers.notification('stalemate_r', CHANGE)
  await sing(1)
  t.deepEqual(told.slice(2), ['down reset', 'gap disconnect', 'alive 1100'])
  await feed.close()
})

test('pauses between attempts double up to the limit', async (t) => {
  const { feed, sink, told, server, clock } = createBench()
  server.state.refuse = true
  feed.start(sink)
  await settle()
  for (const [index, pause] of [100, 200, 400, 800, 1_000, 1_000].entries()) {
    t.is(told.length, index + 1)
    clock.advance(pause - 1)
    await settle()
    t.is(told.length, index + 1, `before ${pause} ms`)
    clock.advance(1)
    await settle()
  }
  await feed.close()
})

test('the bell of an outbox of the same ruleset is no message, and no gap', async (t) => {
  const { feed, told, session, start } = createBench()
  await start()
  session(0).handlers.notification('stalemate_r', '')
  t.deepEqual(told.slice(2), [])
  await feed.close()
})

test('a message that does not decode is a gap, on our channel only', async (t) => {
  const { feed, told, session, start } = createBench()
  await start()
  session(0).handlers.notification('stalemate_r', '{"v":99}')
  session(0).handlers.notification('elsewhere', 'hello')
  t.deepEqual(told.slice(2), ['gap undecodable'])
  await feed.close()
})

test('a barrier resolves when what it sent has come back, and rejects when the feed is lost', async (t) => {
  const { feed, session, start } = createBench()
  await t.throwsAsync(feed.barrier(), { code: 'feed-silent' })
  await start()
  await feed.barrier()
  session(0).echo = false
  const barrier = feed.barrier()
  await settle()
  session(0).handlers.lost(new Error('reset'))
  await t.throwsAsync(barrier, { message: 'reset' })
  await feed.close()
})

test('closing leaves no timer and no connection, whenever it comes', async (t) => {
  for (const turns of [0, 1, 5]) {
    const { feed, sink, server, clock, told } = createBench()
    feed.start(sink)
    for (let turn = 0; turn < turns; turn += 1) await Promise.resolve()
    const before = told.length
    await feed.close()
    await settle()
    clock.advance(60_000)
    await settle()
    t.is(clock.pending(), 0)
    t.true(server.sessions.every((session) => session.destroyed))
    t.is(told.length, before)
  }
})
