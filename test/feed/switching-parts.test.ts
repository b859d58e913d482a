import test from 'ava'
import { StalemateError } from '../../src/errors.ts'
import type { Feed, FeedSink } from '../../src/feed/feed.ts'
import { createSwitchingFeed } from '../../src/feed/switching.ts'
import { createClock } from '../helpers/clock.ts'
import { settle } from '../helpers/deferred.ts'

/** A feed that does what the test says. */
function createFake() {
  const state = { sink: undefined as FeedSink | undefined, isLive: false, isClosed: false, barriers: 0 }
  const feed: Feed = {
    start: (sink) => {
      state.sink = sink
    },
    barrier: async () => {
      await Promise.resolve()
      state.barriers += 1
      if (!state.isLive) throw new StalemateError('feed-silent', 'The feed is not live.')
    },
    send: async () => await Promise.resolve('sent'),
    close: async () => {
      await Promise.resolve()
      state.isClosed = true
    },
  }
  const sink = (): FeedSink => {
    if (state.sink === undefined) throw new Error('the feed was not started')
    return state.sink
  }
  return {
    feed,
    state,
    gap: () => sink().gap('start'),
    alive: (since: number) => {
      state.isLive = true
      sink().alive(since)
    },
    down: () => {
      state.isLive = false
      sink().down(new Error('lost'))
    },
    control: (nonce: string) => sink().control({ kind: 'control', control: 'warm', nonce }),
  }
}

function createBench() {
  const [now, former] = [createFake(), createFake()]
  const clock = createClock()
  const told: string[] = []
  const feed = createSwitchingFeed(now.feed, [former.feed], clock)
  feed.start({
    change: () => {},
    gap: (cause) => told.push(`gap ${cause}`),
    alive: (since) => told.push(`alive ${since}`),
    control: ({ nonce }) => told.push(`control ${nonce}`),
    down: () => told.push('down'),
    queue: () => {},
    settled: () => undefined,
  })
  /** Both are live, the earlier one first. */
  const begin = async (): Promise<void> => {
    former.gap()
    former.alive(1)
    await settle()
    now.gap()
    now.alive(2)
    told.length = 0
  }
  return { now, former, clock, told, feed, begin }
}

test('the earlier feed is read first, so that the first gap of the feed covers both', async (t) => {
  const { now, former, told } = createBench()
  t.is(now.state.sink, undefined)
  former.gap()
  former.alive(1)
  await settle()
  t.deepEqual(told, [])
  now.gap()
  now.alive(5)
  t.deepEqual(told, ['gap start', 'alive 1'], 'what is proven is proven of both')
})

test('an earlier feed that says nothing, or is down, is not waited for', async (t) => {
  const silent = createBench()
  silent.clock.advance(1_000)
  await settle()
  silent.now.gap()
  silent.now.alive(5)
  t.deepEqual(silent.told, ['gap start', 'alive 5'])
  silent.former.gap()
  t.deepEqual(silent.told.slice(2), ['gap start', 'alive 5'], 'it comes late, and may have missed something')

  const away = createBench()
  away.former.down()
  await settle()
  away.now.gap()
  away.now.alive(5)
  t.deepEqual(away.told, ['gap start', 'alive 5'])
})

test('once all has settled, the earlier feed is left when a barrier has passed', async (t) => {
  const { former, told, feed, begin } = createBench()
  await begin()
  feed.settle(false)
  await settle()
  t.false(former.state.isClosed)
  feed.settle(true)
  await settle()
  t.is(former.state.barriers, 1)
  t.true(former.state.isClosed)
  t.deepEqual(told, [])
})

test('an earlier feed that cannot be read when all has settled is a gap, and life goes on', async (t) => {
  const { former, told, feed, begin } = createBench()
  await begin()
  former.down()
  feed.settle(true)
  await settle()
  t.true(former.state.isClosed)
  t.deepEqual(told, ['gap disconnect', 'alive 2'])
})

test('the feed alone says that it is down', async (t) => {
  const { now, former, told, begin } = createBench()
  await begin()
  former.down()
  t.deepEqual(told, [])
  now.down()
  t.deepEqual(told, ['down'])
  former.alive(9)
  t.deepEqual(told, ['down'])
})

test('a control message that comes over both feeds is told once, and what is sent twice, twice', async (t) => {
  const { now, former, told, begin } = createBench()
  await begin()
  former.control('a')
  now.control('a')
  now.control('b')
  now.control('b')
  t.deepEqual(told, ['control a', 'control b', 'control b'])
})

test('closing closes both, also before the feed was started', async (t) => {
  const { now, former, feed, clock } = createBench()
  await feed.close()
  t.true(now.state.isClosed && former.state.isClosed)
  clock.advance(10_000)
  await settle()
  t.is(now.state.sink, undefined)
  t.is(clock.pending(), 0)
})
