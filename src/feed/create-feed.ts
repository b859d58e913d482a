import type { FeedName } from '../manifest/manifest.ts'
import type { Clock, RuntimeOptions } from '../options.ts'
import type { Feed } from './feed.ts'
import type { OpenSession } from './listen-session.ts'
import { createNotifyFeed } from './notify.ts'
import { createOutboxFeed } from './outbox.ts'
import type { Query } from './publish.ts'
import type { OpenStream } from './wal-stream.ts'
import { createWalFeed } from './wal.ts'

export type FeedSettings = Pick<
  RuntimeOptions,
  'heartbeatInterval' | 'heartbeatTimeout' | 'reconnectBase' | 'reconnectMax' | 'retention'
> & {
  readonly feed: FeedName
  /** The channel of the manifest. */
  readonly channel: string
  /** Opens the connection of the feed's own. */
  readonly open: OpenSession
  /** Opens the connection that a feed decodes the WAL over. */
  readonly openStream: OpenStream
  /** Runs one statement over another connection. */
  readonly query: Query
  readonly clock: Clock
  readonly random: () => number
}

/** The feed that a manifest asks for. */
export function createFeed(settings: FeedSettings): Feed {
  switch (settings.feed) {
    case 'notify':
      return createNotifyFeed(settings)
    case 'outbox':
      return createOutboxFeed(settings)
    case 'wal':
      return createWalFeed(settings)
  }
}
