import { FEEDS, type FeedName } from '../manifest/manifest.ts'
import { publish, type Query } from './publish.ts'

/** Over which feeds runtimes of the ruleset may read: of each one that it has, or has had, the objects are there. */
const INSTALLED = `
SELECT EXISTS (
         SELECT FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
         WHERE n.nspname = 'stalemate' AND p.proname = 'emit_v1'
       ) AS notify,
       EXISTS (
         SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
         WHERE n.nspname = 'stalemate' AND c.relkind = 'S' AND c.relname = $1
       ) AS outbox,
       EXISTS (SELECT FROM pg_catalog.pg_publication WHERE pubname = $1) AS wal`

/** An outbox that nobody reads is not emptied either. */
const IS_READ = 'SELECT EXISTS (SELECT FROM stalemate.readers WHERE channel = $1) AS yes'

/** SQLSTATE of a role that has no business with a feed any more. */
const INSUFFICIENT_PRIVILEGE = '42501'

/**
 * Publishes a control message to every runtime of the ruleset, also to those that were compiled before `feed:` was
 * changed, or after.
 *
 * @param own the feed of the manifest
 */
export async function broadcast(
  query: Query,
  own: FeedName,
  channel: string,
  message: string,
): Promise<void> {
  const { rows } = await query(INSTALLED, [channel])
  for (const feed of FEEDS) {
    if (feed !== own && rows[0]?.[feed] === true) await publishToOther(query, feed, channel, message)
  }
  await publish(query, own, channel, message)
}

async function publishToOther(query: Query, feed: FeedName, channel: string, message: string): Promise<void> {
  try {
    if (feed === 'outbox' && (await query(IS_READ, [channel])).rows[0]?.['yes'] !== true) return
    await publish(query, feed, channel, message)
  } catch (error) {
    if ((error as { code?: unknown }).code !== INSUFFICIENT_PRIVILEGE) throw error
  }
}
