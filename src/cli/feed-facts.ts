import type { ClientConfig } from 'pg'
import type { Fact } from '../dashboard/state.ts'
import type { Manifest } from '../manifest/manifest.ts'
import { formatBytes, formatCount } from './format.ts'

type Row = Readonly<Record<string, string | null>>

/** Bytes on disk, readers of the ruleset, and transactions begun since the one that the last of them has not seen. */
const OUTBOX = `
SELECT (SELECT sum(pg_catalog.pg_total_relation_size(c.oid)) FROM pg_catalog.pg_class AS c
        JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
        WHERE n.nspname = 'stalemate' AND c.relname LIKE 'outbox\\_%' AND c.relkind = 'r')::text AS bytes,
       count(*)::text AS readers,
       greatest(0, max(pg_catalog.pg_snapshot_xmax(pg_catalog.pg_current_snapshot())::text::bigint
         - pg_catalog.pg_snapshot_xmax(position)::text::bigint))::text AS behind
FROM stalemate.readers WHERE channel = $1`

/** Readers, and bytes of WAL that the server keeps for the one that is furthest behind. */
const WAL = `
SELECT count(*)::text AS readers,
       max(pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_lsn(), restart_lsn))::text AS bytes
FROM pg_catalog.pg_replication_slots
WHERE database = pg_catalog.current_database() AND plugin = 'pgoutput'`

/** Asks what the database knows of the feed that no reader is told. */
export type FeedFacts = AsyncDisposable & { readonly ask: () => Promise<readonly Fact[]> }

export async function createFeedFacts(connection: ClientConfig, manifest: Manifest): Promise<FeedFacts> {
  const { Pool } = await import('pg')
  const pool = new Pool({ ...connection, application_name: 'stalemate dashboard', max: 1 })
  pool.on('error', () => {})
  const ask = async (sql: string, values: readonly string[]): Promise<Row> =>
    (await pool.query<Row>(sql, [...values])).rows[0] ?? {}
  return {
    async ask() {
      switch (manifest.feed) {
        case 'outbox':
          return showOutbox(await ask(OUTBOX, [manifest.channel]))
        case 'wal':
          return showWal(await ask(WAL, []))
        case 'notify':
          return []
      }
    },
    [Symbol.asyncDispose]: async () => await pool.end(),
  }
}

function showOutbox({ bytes, readers, behind }: Row): readonly Fact[] {
  const last =
    behind === null || behind === undefined
      ? ''
      : `the last one ${formatCount(Number(behind), 'transaction')} behind`
  return [
    { label: 'Outbox', value: formatBytes(Number(bytes ?? 0)), note: 'on disk, for all rulesets' },
    { label: 'Readers', value: readers ?? '0', note: last },
  ]
}

function showWal({ bytes, readers }: Row): readonly Fact[] {
  return [
    { label: 'Slots', value: readers ?? '0', note: 'that stream changes' },
    {
      label: 'WAL kept',
      value: formatBytes(Number(bytes ?? 0)),
      note: 'for the slot that is furthest behind',
    },
  ]
}
