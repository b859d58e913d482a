import type { Pool } from 'pg'
import { createFeed } from './feed/create-feed.ts'
import type { Feed } from './feed/feed.ts'
import { sessionOpener } from './feed/listen-session.ts'
import type { ConnectionConfig } from './feed/open-client.ts'
import { streamOpener } from './feed/wal-stream.ts'
import type { Manifest } from './manifest/manifest.ts'
import type { Clock, RuntimeOptions } from './options.ts'

/** The feed of a manifest, which sends over connections of the pool. */
export function openFeed(
  { feed, channel }: Manifest,
  settings: RuntimeOptions,
  connection: ConnectionConfig,
  pool: Pool,
  clock: Clock,
  random: () => number,
): Feed {
  return createFeed({
    ...settings,
    feed,
    channel,
    open: sessionOpener(connection, settings.connectTimeout),
    openStream: streamOpener(connection, settings.connectTimeout),
    query: async (text, values) => await pool.query(text, [...values]),
    clock,
    random,
  })
}
