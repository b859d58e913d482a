import type { Query } from './read-coverage.ts'

/** Transactions that write, or have written, to tables: by the OID of the relation. */
export type Writers = {
  readonly byRelation: ReadonlyMap<string, ReadonlySet<string>>
  /** Those of the transactions asked for that have not released everything yet. */
  readonly installing: ReadonlySet<string>
  /** Of them all, those that were prepared: they outlive their session, and after a restart go by another name. */
  readonly prepared: ReadonlySet<string>
}

/**
 * Who wrote to a table holds a lock on it until the end of its transaction, whether it has a transaction id or not. Everybody
 * may read `pg_locks`. The view does not follow the snapshot: it tells of what is so when it is read.
 */
const WRITERS = `
SELECT l.locktype AS kind, l.relation::text, l.virtualtransaction AS writer, l.pid IS NULL AS prepared
FROM pg_catalog.pg_locks l
WHERE l.granted AND (
  l.locktype = 'relation' AND l.relation = ANY ($1::oid[])
    AND l.database = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = current_database())
    AND l.mode IN ('RowExclusiveLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')
  OR l.locktype = 'transactionid' AND l.transactionid = ANY ($2::xid[])
)`

/** Reads who writes to `relations`, and which of the transactions `installers` are still under way. */
export async function readWriters(
  query: Query,
  relations: readonly string[],
  installers: readonly string[],
): Promise<Writers> {
  const { rows } = await query(WRITERS, [relations, installers])
  const byRelation = new Map(relations.map((relation) => [relation, new Set<string>()]))
  const installing = new Set<string>()
  const prepared = new Set<string>()
  for (const row of rows) {
    const writer = String(row['writer'])
    if (row['prepared'] === true) prepared.add(writer)
    if (row['kind'] === 'relation') byRelation.get(String(row['relation']))?.add(writer)
    else installing.add(writer)
  }
  return { byRelation, installing, prepared }
}
