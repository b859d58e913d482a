import type { ClientConfig } from 'pg'
import { StalemateError } from '../../errors.ts'
import type { Desired } from '../desired.ts'
import type { Migration } from '../migration.ts'
import { readRecords } from '../records.ts'
import { messageOf, type Session, withSession } from '../session.ts'
import { compareDdl } from './compare-ddl.ts'
import { compareFunctions } from './compare-functions.ts'
import { compareColumns, compareVersions } from './compare-plan.ts'
import { compareShared } from './compare-shared.ts'
import { compareTriggers, tablesOf } from './compare-triggers.ts'
import { readExpected } from './expected.ts'
import type { Drift } from './finding.ts'
import { readActual } from './read-actual.ts'

export type StatusOptions = {
  /** As node-postgres takes it. */
  readonly connection: ClientConfig
  /** What the migrations make. */
  readonly desired: Desired
  readonly migrations: readonly Migration[]
}

export type Status = {
  /** Empty when the database is what the migrations make. */
  readonly drifts: readonly Drift[]
  /** What was compared. */
  readonly compared: { readonly tables: number; readonly triggers: number; readonly functions: number }
  /** Migrations that the database has a record of; none where another tool applies them. */
  readonly recorded: number
}

/**
 * Compares a database with what the migrations make: the definitions that are really there, not what was declared. Writes
 * nothing.
 *
 * @throws StalemateError `connection-failed`, `rights-missing`; or what the server raises
 */
export async function readStatus({ connection, ...options }: StatusOptions): Promise<Status> {
  return await withSession(connection, async (session) => await compare(session, options))
}

const INSUFFICIENT_PRIVILEGE = '42501'

/** The catalogs are everybody's to read; our records are not. */
function explainRights(error: unknown): never {
  if (!(error instanceof Error && 'code' in error && error.code === INSUFFICIENT_PRIVILEGE)) throw error
  throw new StalemateError(
    'rights-missing',
    `Which migrations were applied cannot be read: ${messageOf(error)}.`,
    {
      hint: 'GRANT USAGE ON SCHEMA stalemate and GRANT SELECT ON stalemate.migrations to the role, or look as the owner.',
      cause: error,
    },
  )
}

/** {@link readStatus} over a session that is there. */
export async function compare(
  session: Session,
  { desired: { plan, objects }, migrations }: Omit<StatusOptions, 'connection'>,
): Promise<Status> {
  const expected = await readExpected(objects)
  const tables = tablesOf(expected)
  const records = await readRecords(session, plan.ruleset).catch(explainRights)
  const actual = await readActual(session, tables)
  const drifts = [
    ...compareVersions(migrations, records),
    ...compareShared(expected, actual),
    ...compareFunctions(expected, actual, plan.ruleset),
    ...compareTriggers(expected, actual),
    ...compareColumns(plan, actual),
    ...compareDdl(plan, objects, actual),
  ]
  const { triggers, functions } = expected
  return {
    drifts,
    compared: { tables: tables.length, triggers: triggers.length, functions: functions.length },
    recorded: records.size,
  }
}
