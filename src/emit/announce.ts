import type { InstalledObject } from '../plan/installed.ts'
import type { Plan } from '../plan/plan.ts'
import { type Fragment, identifier, joinSql, literal, sql } from '../sql/fragment.ts'
import { WIRE_VERSION } from '../wire/change.ts'
import { FEED_OBJECTS } from './former-feeds.ts'
import { SCHEMA } from './installed.ts'
import { OUTBOX_FUNCTION } from './outbox/names.ts'

/** How a runtime is told of a new plan, by the shared object that its feed uses. */
const FEEDS: Readonly<Record<string, (channel: string, head: string) => Fragment>> = {
  [FEED_OBJECTS.notify]: (channel, head) =>
    sql`SELECT pg_catalog.pg_notify(${literal(channel)}, ${literal(`${head}]}`)});`,
  [FEED_OBJECTS.outbox]: (channel, head) => sql`
    SELECT ${identifier(SCHEMA, OUTBOX_FUNCTION)}(
      ${literal(identifier(SCHEMA, channel).toString())}, ${literal(channel)}, ${literal(`${head}]}`)}
    );
  `,
  [FEED_OBJECTS.wal]: (channel, head) => sql`
    SELECT pg_catalog.pg_logical_emit_message(true, ${literal(channel)}, ${literal(`${head}]}`)});
  `,
}
/** Those that need nothing to be there. */
const FREE = new Set([FEED_OBJECTS.notify, FEED_OBJECTS.wal])

/**
 * SQL that tells the runtimes of a ruleset that its triggers are not what they were. It stands in the migration, so
 * that it comes in order with the changes, whatever tool applies it: before the first change that the new functions speak
 * of, or keep silent about. Where the feed changes, those that read the old one must hear of it too.
 *
 * @param migration its name
 */
export function announce(
  { channel }: Plan,
  migration: string,
  before: readonly InstalledObject[],
  after: readonly InstalledObject[],
): Fragment {
  const head = JSON.stringify({ v: WIRE_VERSION, c: 'plan', n: migration, d: [] }).slice(0, -']}'.length)
  const [old, now] = [sharedNames(before), sharedNames(after)]
  const feeds = [...new Set([...old, ...now])].filter(
    // The outbox must be there before and after.
    (name) => FREE.has(name) || (old.includes(name) && now.includes(name)),
  )
  const messages = feeds.flatMap((name) => FEEDS[name]?.(channel, head) ?? [])
  if (messages.length === 0)
    return sql`-- No runtime can be told: there was no feed, or there is none any more.`
  return sql`
    -- The runtimes look at once what is installed now.
    ${joinSql(messages, '\n')}
  `
}

function sharedNames(objects: readonly InstalledObject[]): readonly string[] {
  return objects.flatMap((object) => (object.kind === 'shared' ? [object.name] : []))
}
