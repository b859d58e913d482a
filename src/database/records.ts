import { MIGRATIONS_TABLE, SCHEMA } from '../emit/installed.ts'
import { createRecords } from '../emit/record.ts'
import { identifier, literal, sql } from '../sql/fragment.ts'
import { StalemateError } from '../errors.ts'
import type { Migration } from './migration.ts'
import type { Session } from './session.ts'

/** A migration that was applied, as the database remembers it. */
export type Recorded = { readonly number: number; readonly name: string; readonly checksum: string }

const table = identifier(SCHEMA, MIGRATIONS_TABLE)

const CREATE = createRecords().toString()
const READ = sql`SELECT number, name, checksum FROM ${table} WHERE ruleset = $1 ORDER BY number`.toString()
const WRITE = sql`INSERT INTO ${table} (ruleset, number, name, checksum) VALUES ($1, $2, $3, $4)`.toString()
const DELETE = sql`DELETE FROM ${table} WHERE ruleset = $1 AND number = $2`.toString()
/** By the catalogs and not by `to_regclass`, which may answer from a cache older than the lock that was waited for. */
const EXISTS = sql`
  SELECT EXISTS (
    SELECT FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE n.nspname = ${literal(SCHEMA)} AND c.relname = ${literal(MIGRATIONS_TABLE)}
  ) AS found
`.toString()

const INSTALLED = sql`
  SELECT EXISTS (
    SELECT FROM pg_catalog.pg_proc AS p JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
    WHERE n.nspname = ${literal(SCHEMA)} AND p.prorettype = 'pg_catalog.trigger'::pg_catalog.regtype
      AND pg_catalog.starts_with(p.proname::text, $1)
  ) AS found
`.toString()

/** What was applied of a ruleset, by number; empty also where nothing of Stalemate is installed. Writes nothing. */
export async function readRecords(session: Session, ruleset: string): Promise<ReadonlyMap<number, Recorded>> {
  if (!(await isThere(session))) return new Map()
  const { rows } = await session.query(READ, [ruleset])
  return new Map(rows.map((row) => [Number(row['number']), row as Recorded]))
}

/** Whether there are trigger functions of a ruleset, whoever made them. No other ruleset's functions begin as its own do. */
export async function isInstalled(session: Session, ruleset: string): Promise<boolean> {
  const { rows } = await session.query(INSTALLED, [`${ruleset}__`])
  return rows[0]?.['found'] === true
}

/** @param hint what to do about it, where the records are lost for good */
export function explainUnrecorded(ruleset: string, hint: string): StalemateError {
  return new StalemateError(
    'migration-unrecorded',
    `The triggers of ruleset ${ruleset} are installed, and no record says by which migrations.`,
    { hint: `Nothing was changed. If the rows of stalemate.migrations were lost, restore them. ${hint}` },
  )
}

/** Remembers a migration, in the transaction that applies it. */
export async function writeRecord(
  session: Pick<Session, 'query'>,
  ruleset: string,
  migration: Migration,
): Promise<void> {
  await session.query(CREATE)
  await session.query(WRITE, [ruleset, migration.number, migration.name, migration.checksum])
}

/** Forgets a migration, in the transaction that takes it back; its own SQL has usually done that. */
export async function deleteRecord(session: Session, ruleset: string, number: number): Promise<void> {
  if (await isThere(session)) await session.query(DELETE, [ruleset, number])
}

async function isThere(session: Session): Promise<boolean> {
  const { rows } = await session.query(EXISTS)
  return rows[0]?.['found'] === true
}
