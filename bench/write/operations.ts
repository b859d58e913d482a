import { createUuid } from '../harness/uuid.ts'

/** What the writers do, a row a transaction. */
export const OPERATIONS = ['update', 'insert', 'unread'] as const
export type Operation = (typeof OPERATIONS)[number]

export const OPERATION_TITLES: Readonly<Record<Operation, string>> = {
  update: 'UPDATE',
  insert: 'INSERT',
  unread: 'UPDATE of a column that no rule reads',
}

export const ROWS = 10_000
export const USERS = 1_000
export const MAX_CLIENTS = 64

/** A statement that the driver prepares once a connection. */
export type Statement = { readonly name: string; readonly text: string }

export function createStatement(operation: Operation, table: string): Statement {
  const name = `${operation} ${table}`
  switch (operation) {
    case 'update':
      return { name, text: `UPDATE ${table} SET duration = duration + 1 WHERE id = $1` }
    case 'unread':
      return { name, text: `UPDATE ${table} SET seen_at = now() WHERE id = $1` }
    case 'insert':
      return { name, text: `INSERT INTO ${table} (user_id, status, duration) VALUES ($1, 'open', 0)` }
  }
}

/** The values that a client uses one after another: rows of its own, so that no client waits for another. */
export function createValues(operation: Operation, client: number): readonly string[] {
  const share = Math.floor((operation === 'insert' ? USERS : ROWS) / MAX_CLIENTS)
  return Array.from({ length: share }, (_, index) => createUuid(index * MAX_CLIENTS + client))
}

/** A table of calls, empty. */
export function createTable(table: string): string {
  return `
CREATE TABLE ${table} (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id uuid NOT NULL,
  status text NOT NULL,
  duration integer NOT NULL,
  seen_at timestamptz,
  notes text NOT NULL DEFAULT 'called back, wants an offer by mail'
) WITH (fillfactor = 50)`
}

/** Statements that bring the table back to where every measurement starts, without firing triggers. */
export function resetTable(table: string): readonly string[] {
  return [
    `SET session_replication_role = replica`,
    `TRUNCATE ${table}`,
    `INSERT INTO ${table} (id, user_id, status, duration)
     SELECT md5(n::text)::uuid, md5((n % ${USERS})::text)::uuid, 'open', 0 FROM generate_series(0, ${ROWS - 1}) n`,
    `RESET session_replication_role`,
    `VACUUM (ANALYZE, FREEZE) ${table}`,
  ]
}
