/** What a statement does to all rows of its table. */
export const KINDS = ['few', 'distinct', 'unread', 'keys'] as const
export type Kind = (typeof KINDS)[number]

export const KIND_TITLES: Readonly<Record<Kind, string>> = {
  few: '10 keys',
  distinct: 'all keys distinct',
  unread: 'nothing relevant',
  keys: 'all keys distinct, and told one by one',
}

/** How the server stores the new versions of the rows. */
export const PLACES = ['in place', 'anew'] as const
export type Place = (typeof PLACES)[number]

export const PLACE_TITLES: Readonly<Record<Place, string>> = {
  'in place': 'Updates beside the old version, without touching an index (HOT)',
  anew: 'Updates of full pages, with entries in two indexes',
}

export function createBulkTable(table: string, place: Place): string {
  return `
CREATE TABLE ${table} (
  id uuid PRIMARY KEY,
  user_id uuid NOT NULL,
  status text NOT NULL,
  duration integer NOT NULL,
  seen_at timestamptz,
  notes text NOT NULL DEFAULT 'called back, wants an offer by mail'
) WITH (fillfactor = ${place === 'in place' ? 50 : 100});
CREATE INDEX ON ${table} (user_id)`
}

/** Statements that fill the table anew, without firing triggers. */
export function fillTable(table: string, rows: number, kind: Kind): readonly string[] {
  const user = kind === 'few' || kind === 'unread' ? 'n % 10' : 'n'
  return [
    'SET session_replication_role = replica',
    `TRUNCATE ${table}`,
    `INSERT INTO ${table} (id, user_id, status, duration)
     SELECT md5(n::text)::uuid, md5((${user})::text)::uuid, 'open', 0 FROM generate_series(0, ${rows - 1}) AS n`,
    'RESET session_replication_role',
    `VACUUM (ANALYZE, FREEZE) ${table}`,
  ]
}

export function updateAll(table: string, kind: Kind): string {
  return kind === 'unread'
    ? `UPDATE ${table} SET seen_at = clock_timestamp()`
    : `UPDATE ${table} SET duration = duration + 1`
}

/** An update of some rows, as the session makes some before it changes all. */
export function updateFew(table: string, rows: number): string {
  const ids = Array.from({ length: rows }, (_, index) => `md5('${index}')::uuid`)
  return `UPDATE ${table} SET duration = duration + 1 WHERE id IN (${ids.join(', ')})`
}
