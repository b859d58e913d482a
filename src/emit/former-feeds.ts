import { FEEDS, type FeedName } from '../manifest/manifest.ts'
import type { ObjectName } from '../plan/installed.ts'
import { EMIT_FUNCTION } from './installed.ts'

/** The shared object that the triggers of a feed, or its readers, need. */
export const FEED_OBJECTS: Readonly<Record<FeedName, string>> = {
  notify: EMIT_FUNCTION,
  outbox: 'outbox',
  wal: 'publication',
}

/** The feeds that a ruleset had before: what they need stays installed. */
export function findFormerFeeds(feed: FeedName, objects: readonly ObjectName[]): readonly FeedName[] {
  const shared = new Set(objects.flatMap((object) => (object.kind === 'shared' ? [object.name] : [])))
  return FEEDS.filter((name) => name !== feed && shared.has(FEED_OBJECTS[name]))
}
