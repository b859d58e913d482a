import test from 'ava'
import { type CompileOptions, compileRules } from '../../src/compile.ts'
import { type Coverage, createCoverage } from '../../src/coverage/settling.ts'
import { readCoverage } from '../../src/coverage/read-coverage.ts'
import { createFeed } from '../../src/feed/create-feed.ts'
import type { Feed, FeedSink } from '../../src/feed/feed.ts'
import { sessionOpener } from '../../src/feed/listen-session.ts'
import type { Query } from '../../src/feed/publish.ts'
import { createSwitchingFeed } from '../../src/feed/switching.ts'
import { streamOpener } from '../../src/feed/wal-stream.ts'
import type { FeedName, Manifest } from '../../src/manifest/manifest.ts'
import { RUNTIME_DEFAULTS, systemClock } from '../../src/options.ts'
import { createDatabase, type TestDatabase } from '../helpers/database.ts'
import { compileSwitch, SWITCHES, switchRules } from '../helpers/switch-feed.ts'
import type { Test } from '../helpers/test.ts'

/** How an instance of the new rules reads, and when it believes what it has loaded. */
type Reader = {
  readonly open: (open: (feed: FeedName) => Feed, manifest: Manifest) => Feed
  readonly cover: (query: Query, manifest: Manifest) => Coverage
}

const both: Reader['open'] = (open, { feed, formerFeeds = [] }) =>
  createSwitchingFeed(open(feed), formerFeeds.map(open), systemClock)
const newAlone: Reader['open'] = (open, { feed }) => open(feed)
/** Leaves the earlier feed as soon as the new one is alive. */
const bothForNoTime: Reader['open'] = (open, { feed, formerFeeds = [] }) => {
  const switching = createSwitchingFeed(open(feed), formerFeeds.map(open), systemClock)
  const start: Feed['start'] = (sink) => {
    switching.start({
      ...sink,
      alive: (since) => {
        switching.settle(true)
        sink.alive(since)
      },
    })
  }
  return delegate(switching, start)
}
/** A feed that starts in another way. */
const delegate = (feed: Feed, start: Feed['start']): Feed => ({
  start,
  barrier: () => feed.barrier(),
  send: (control, body) => feed.send(control, body),
  close: () => feed.close(),
})
const atOnce: Reader['cover'] = (query, manifest) => ({ look: () => readCoverage(query, manifest) })

const SINK: FeedSink = {
  change: () => {},
  gap: () => {},
  alive: () => {},
  control: () => {},
  down: () => {},
  queue: () => {},
  settled: () => undefined,
}

function connect(database: TestDatabase, { channel }: Manifest) {
  const { connectionString } = database
  const query: Query = async (text, values) => await database.query(text, [...values])
  const open = (feed: FeedName): Feed =>
    createFeed({
      ...RUNTIME_DEFAULTS,
      feed,
      channel,
      open: sessionOpener({ connectionString }, 10_000),
      openStream: streamOpener({ connectionString }, 10_000),
      query,
      clock: systemClock,
      random: Math.random,
    })
  return { query, open }
}

/**
 * A transaction fires the old trigger, the new plan is applied, an instance starts and holds what it loads if it believes it,
 * and the transaction commits: whether a value is held then that is not true any more.
 */
async function isStale(t: Test, from: FeedName, to: FeedName, reader: Reader): Promise<boolean> {
  const { before, after } = await compileSwitch(from, to)
  const database = await createDatabase(t, { template: before.up })
  const writer = await database.connect()
  await writer.query(`BEGIN; INSERT INTO calls VALUES ('a')`)
  await database.query(after.up)
  const { query, open } = connect(database, after.manifest)
  const feed = reader.open(open, after.manifest)
  t.teardown(() => feed.close())
  let held: number | undefined
  const drop = (): void => {
    held = undefined
  }
  await new Promise<void>((resolve) =>
    feed.start({ ...SINK, change: drop, gap: drop, alive: () => resolve() }),
  )
  const coverage = reader.cover(query, after.manifest)
  const count = async (): Promise<number> => (await database.query('SELECT FROM calls')).rowCount ?? 0
  if ((await coverage.look()).length === 0) held = await count()
  await writer.query('COMMIT')
  await feed.barrier()
  return held !== undefined && held !== (await count())
}

// A new slot in the WAL waits for the writer, so that there is no instance before it has ended.
for (const { from, to, title } of SWITCHES.filter((one) => one.to !== 'wal')) {
  test(`${title}: a reader of both feeds that waits for all to settle holds nothing wrong`, async (t) => {
    t.false(await isStale(t, from, to, { open: both, cover: createCoverage }))
  })

  test(`${title}: a reader that switches at once is caught`, async (t) => {
    t.true(await isStale(t, from, to, { open: newAlone, cover: atOnce }))
  })

  // An earlier feed over the WAL hears nothing before the writer has ended, which its slot waits for.
  if (from !== 'wal') {
    test(`${title}: a reader of both that waits for nothing is caught`, async (t) => {
      t.true(await isStale(t, from, to, { open: bothForNoTime, cover: atOnce }))
    })

    test(`${title}: a reader of both hears what a transaction from before the change says`, async (t) => {
      t.false(await isStale(t, from, to, { open: both, cover: atOnce }))
    })
  }
}

test('from wal to outbox, the application first: a transaction that fires the old trigger is heard', async (t) => {
  const { before, after } = await compileSwitch('wal', 'outbox')
  const database = await createDatabase(t, { template: before.up })
  const { open } = connect(database, after.manifest)
  let hear = (): void => {}
  const wasLive = new Promise<void>((resolve) => (hear = resolve))
  const former = open('wal')
  const start: Feed['start'] = (sink) =>
    former.start({ ...sink, alive: (since) => (hear(), sink.alive(since)) })
  const feed = createSwitchingFeed(open('outbox'), [delegate(former, start)], systemClock)
  t.teardown(() => feed.close())
  let isTold = false
  const isAlive = new Promise<void>((resolve) =>
    feed.start({ ...SINK, alive: () => resolve(), change: () => (isTold = true) }),
  )
  await wasLive
  const writer = await database.connect()
  await writer.query(`BEGIN; INSERT INTO calls VALUES ('a')`)
  await database.query(after.up)
  await isAlive
  t.false(isTold)
  await writer.query('COMMIT')
  feed.settle(true)
  await feed.barrier()
  t.true(isTold)
})

test('the manifest names earlier feeds, as long as their migration is there', async (t) => {
  const compile = async (feed: FeedName, options: CompileOptions = {}) => {
    const { files } = await compileRules({ 'r.yaml': switchRules(feed) }, options)
    const { formerFeeds } = JSON.parse(files.get('manifest.json') ?? '') as Manifest
    return { files, formerFeeds }
  }
  const first = await compile('notify')
  t.is(first.formerFeeds, undefined)
  const second = await compile('outbox', { previous: first.files })
  t.deepEqual(second.formerFeeds, ['notify'])
  t.deepEqual((await compile('outbox', { previous: second.files })).files, second.files)
  const third = await compile('wal', { previous: second.files })
  t.deepEqual(third.formerFeeds, ['notify', 'outbox'])
  const back = await compile('notify', { previous: second.files, amend: true })
  t.is(back.formerFeeds, undefined)
  const amended = await compile('outbox', { previous: first.files, amend: true })
  t.deepEqual(amended.files, (await compile('outbox')).files)
})
