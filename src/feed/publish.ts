import type { FeedName } from '../manifest/manifest.ts'

/** Runs one statement over a connection to the primary. */
export type Query = (
  text: string,
  values: readonly unknown[],
) => Promise<{ readonly rows: readonly Record<string, unknown>[] }>

/** Durable here is enough: what waits for a standby that is away would look like a feed that is silent. */
const EMIT = `SELECT pg_catalog.set_config('synchronous_commit', 'local', true),
  pg_catalog.pg_logical_emit_message(true, $1::text, $2::text)`

/**
 * Puts a control message where the triggers of a feed put their messages, so that every runtime that reads it receives it, in
 * order with the changes: those that were visible before it come before it.
 *
 * @param channel the manifest's
 */
export async function publish(query: Query, feed: FeedName, channel: string, message: string): Promise<void> {
  switch (feed) {
    case 'notify':
      await query('SELECT pg_catalog.pg_notify($1, $2)', [channel, message])
      return
    case 'outbox':
      await query('SELECT stalemate.outbox_v1($1, $2, $3)', [
        `stalemate."${channel.replaceAll('"', '""')}"`,
        channel,
        message,
      ])
      return
    case 'wal':
      await query(EMIT, [channel, message])
  }
}
