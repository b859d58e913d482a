import type { Pool } from 'pg'
import type { Uncovered } from './coverage/read-coverage.ts'
import { createFeed } from './feed/create-feed.ts'
import type { Feed } from './feed/feed.ts'
import { sessionOpener } from './feed/listen-session.ts'
import type { ConnectionConfig } from './feed/open-client.ts'
import { ownServer } from './feed/own-server.ts'
import type { Query } from './feed/publish.ts'
import { createSwitchingFeed } from './feed/switching.ts'
import { streamOpener } from './feed/wal-stream.ts'
import type { FeedName, Manifest } from './manifest/manifest.ts'
import type { Clock, RuntimeOptions } from './options.ts'

/** What changes come over, and what it must be told. */
export type OpenFeed = {
  readonly feed: Feed
  /** What a look at the coverage has found. */
  readonly looked: (uncovered: readonly Uncovered[]) => void
}

/** The feed of a manifest, which sends over connections of the pool; with those that the ruleset had before, until all has settled. */
export function openFeed(
  { feed, formerFeeds = [], channel }: Manifest,
  settings: RuntimeOptions,
  connection: ConnectionConfig,
  pool: Pool,
  clock: Clock,
  random: () => number,
): OpenFeed {
  const query: Query = async (text, values) => await pool.query(text, [...values])
  const { connectTimeout } = settings
  const open = (name: FeedName): Feed =>
    createFeed({
      ...settings,
      feed: name,
      channel,
      open: ownServer(sessionOpener(connection, connectTimeout), query, clock, connectTimeout),
      openStream: streamOpener(connection, connectTimeout),
      query,
      clock,
      random,
    })
  if (formerFeeds.length === 0) return { feed: open(feed), looked: () => {} }
  const switching = createSwitchingFeed(open(feed), formerFeeds.map(open), clock)
  return { feed: switching, looked: (uncovered) => switching.settle(hasSettled(uncovered)) }
}

/** Whether no transaction that runs, and none that will, fires a trigger of an earlier feed. */
function hasSettled(uncovered: readonly Uncovered[]): boolean {
  return !uncovered.some(({ reason }) => reason === 'settling' || reason === 'changed')
}
