import type { Client } from 'pg'
import { compileRules } from '../../src/compile.ts'
import { createFeed, type FeedSettings } from '../../src/feed/create-feed.ts'
import type { Feed, FeedSink } from '../../src/feed/feed.ts'
import { type ListenSession, type OpenSession, sessionOpener } from '../../src/feed/listen-session.ts'
import type { Query } from '../../src/feed/publish.ts'
import { createOutboxFeed, type OutboxParts } from '../../src/feed/outbox.ts'
import { streamOpener, type WalStream } from '../../src/feed/wal-stream.ts'
import { createWalFeed, type WalParts } from '../../src/feed/wal.ts'
import { type FeedName, type Manifest } from '../../src/manifest/manifest.ts'
import { createClock, type ManualClock } from '../helpers/clock.ts'
import { createDatabase, type TestDatabase } from '../helpers/database.ts'
import { createServer } from '../helpers/server.ts'
import type { Test } from '../helpers/test.ts'
import type { Version } from '../helpers/versions.ts'
import { waitFor } from '../helpers/wait.ts'

/** A feed on a real database, whose clock stands still unless the test moves it. */
export type FeedBench = {
  readonly database: TestDatabase
  readonly channel: string
  readonly clock: ManualClock
  readonly feed: Feed
  /** What the sink was told: `gap start`, `alive`, `down`, `change a,b` with the keys. */
  readonly told: string[]
  /** The keys of the changes that were handed over since the entry of `told` with this number, in their order. */
  readonly keys: (from?: number) => readonly string[]
  /** Resolves once `told` holds an entry that begins so, at or behind the number. */
  readonly until: (start: string, from?: number) => Promise<void>
  readonly hooks: FeedHooks
  /** Starts the feed and waits until it is alive. */
  readonly start: () => Promise<void>
  /** Another feed of the same kind, which tells the same sink. */
  readonly createNext: () => { readonly feed: Feed; readonly start: () => void }
  /** Makes another server's database the one that the feed reaches from now on. */
  readonly failOver: () => Promise<TestDatabase>
  /** A connection that writes. */
  readonly writer: () => Promise<Client>
  /** Resolves when the feed has no statement under way, has read what came, and has nothing to do before the clock moves. */
  readonly idle: () => Promise<void>
}

export type FeedHooks = {
  /** Called after each statement of the feed's own connection. */
  after: (text: string) => Promise<void>
  /** What the feed is told instead of the rows of its statement. */
  rows: (rows: readonly Row[], text: string) => readonly Row[]
  /** Whether what was handed over has been applied. */
  settled: () => Promise<void> | undefined
  /** Runs a statement of the feed over another connection. */
  query: Query
  /** Called with each thing that the sink is told. */
  told: (entry: string) => void
  /** Where the feed connects from now on. */
  connectionString: string
}

export type Row = Record<string, unknown>

export type FeedBenchOptions = {
  readonly feed: FeedName
  readonly parts?: Partial<OutboxParts>
  readonly walParts?: Partial<WalParts>
  /** What the feed is given in place of its replication connection. */
  readonly stream?: (stream: WalStream) => WalStream
  /** The superuser's URL of a server of the test's own. */
  readonly server?: string
  /** The version of the shared server. */
  readonly version?: Version
  readonly hooks?: Partial<FeedHooks>
  /** What the feed is given in place of the bench's sink. */
  readonly wrap?: (sink: FeedSink) => FeedSink
  /** Where the feed connects, when it is not straight to the database. */
  readonly connectionString?: (database: TestDatabase) => Promise<string>
}

const RULES = (feed: FeedName): string => `
version: 1
name: app
feed: ${feed}
caches:
  board:
    key: board:{name}
    params: { name: text }
tables:
  calls:
    - invalidate: board
`

/** The objects of a ruleset with one cache `board`, whose keys are the names in table `calls`. */
export async function compileFeed(
  feed: FeedName,
): Promise<{ readonly up: string; readonly manifest: Manifest }> {
  const { files } = await compileRules({ 'rules.yaml': RULES(feed) })
  return {
    up: `CREATE TABLE calls (name text); ${files.get('migrations/0001_initial.up.sql') ?? ''}`,
    manifest: JSON.parse(files.get('manifest.json') ?? '') as Manifest,
  }
}

export async function createFeedBench(t: Test, options: FeedBenchOptions): Promise<FeedBench> {
  const { up, manifest } = await compileFeed(options.feed)
  const { server, version, wrap = (sink) => sink, stream = (opened) => opened } = options
  const database = await createDatabase(t, {
    template: up,
    ...(server === undefined ? {} : { server }),
    ...(version === undefined ? {} : { version }),
  })
  const connectionString = (await options.connectionString?.(database)) ?? database.connectionString
  const clock = createClock()
  const told: string[] = []
  const listeners = new Set<() => void>()
  const tell = (entry: string): void => {
    told.push(entry)
    hooks.told(entry)
    for (const listener of listeners) listener()
  }
  const sink: FeedSink = {
    change: ({ targets }) =>
      tell(
        `change ${targets.map((target) => (target.kind === 'all' ? `*${target.reason}` : target.values.join(','))).join()}`,
      ),
    gap: (cause) => tell(`gap ${cause}`),
    alive: () => tell('alive'),
    control: ({ control, body }) =>
      tell(body === undefined ? `control ${control}` : `control ${control} ${JSON.stringify(body)}`),
    down: () => tell('down'),
    settled: () => hooks.settled(),
    queue: () => {},
  }
  const hooks: FeedHooks = {
    after: async () => {},
    rows: (rows) => rows,
    settled: () => undefined,
    told: () => {},
    query: async (text, values) => await database.query(text, [...values]),
    connectionString,
    ...options.hooks,
  }
  const watched = watchQueries(hooks)
  const settings: FeedSettings = {
    feed: options.feed,
    channel: manifest.channel,
    open: watched.open,
    openStream: async (handlers, signal) =>
      stream(
        watched.stream(
          await streamOpener({ connectionString: hooks.connectionString }, 10_000)(handlers, signal),
        ),
      ),
    query: (text, values) => hooks.query(text, values),
    clock,
    random: () => 0.5,
    heartbeatInterval: 5_000,
    heartbeatTimeout: 5_000,
    reconnectBase: 100,
    reconnectMax: 1_000,
    retention: 60_000,
  }
  const feed = createTestFeed(settings, options)
  t.teardown(() => feed.close())
  const until: FeedBench['until'] = async (start, from = 0) => {
    const heard = new Promise<void>((resolve) => {
      const look = (): void => {
        if (!told.slice(from).some((entry) => entry.startsWith(start))) return
        listeners.delete(look)
        resolve()
      }
      listeners.add(look)
      look()
    })
    await waitFor(heard, `"${start}" of the feed`)
  }
  return {
    database,
    channel: manifest.channel,
    clock,
    feed,
    told,
    hooks,
    until,
    idle: watched.idle,
    keys: (from = 0) =>
      told
        .slice(from)
        .filter((entry) => entry.startsWith('change '))
        .flatMap((entry) => entry.slice('change '.length).split(',')),
    start: async () => {
      feed.start(wrap(sink))
      await until('alive')
    },
    createNext: () => {
      const next = createTestFeed(settings, options)
      t.teardown(() => next.close())
      return { feed: next, start: () => next.start(wrap(sink)) }
    },
    failOver: async () => {
      const other = await createServer(t)
      const standIn = await createDatabase(t, { template: up, server: other.connectionString })
      hooks.connectionString = standIn.connectionString
      hooks.query = async (text, values) => await standIn.query(text, [...values])
      return standIn
    },
    writer: async () => await database.connect(),
  }
}

function createTestFeed(settings: FeedSettings, { feed, parts, walParts }: FeedBenchOptions): Feed {
  if (feed === 'outbox' && parts !== undefined) return createOutboxFeed(settings, parts)
  // Other tests of the same server write meanwhile, and the clock does not go on that would let it be tried again.
  if (feed === 'wal') return createWalFeed(settings, { slotTimeout: 100_000, ...walParts })
  return createFeed(settings)
}

function watchQueries(hooks: FeedHooks): {
  readonly open: OpenSession
  readonly stream: (stream: WalStream) => WalStream
  readonly idle: () => Promise<void>
} {
  let busy = 0
  /** Streams that are not read: what they hold may have come long before. */
  const paused = new Set<WalStream>()
  const track = async <T>(work: () => Promise<T>): Promise<T> => {
    busy += 1
    try {
      return await work()
    } finally {
      busy -= 1
    }
  }
  return {
    open: async (handlers, signal) =>
      await track(async () => {
        const open = sessionOpener({ connectionString: hooks.connectionString }, 10_000)
        const session = await open(handlers, signal)
        const query: ListenSession['query'] = async (text, values, name) =>
          await track(async () => {
            const result = await session.query(text, values, name)
            await hooks.after(text)
            return { rows: hooks.rows(result.rows ?? [], text) }
          })
        return { query, destroy: session.destroy }
      }),
    stream: (stream) => ({
      ...stream,
      pause: () => {
        paused.add(stream)
        stream.pause()
      },
      resume: () => {
        paused.delete(stream)
        stream.resume()
      },
      destroy: () => {
        paused.delete(stream)
        stream.destroy()
      },
    }),
    idle: async () => {
      for (let quiet = 0; quiet < 20;) {
        await new Promise((resolve) => setImmediate(resolve))
        quiet = busy === 0 && paused.size === 0 ? quiet + 1 : 0
      }
    },
  }
}
