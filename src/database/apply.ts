import type { ClientConfig } from 'pg'
import { StalemateError } from '../errors.ts'
import type { Migration } from './migration.ts'
import { type Recorded, readRecords, writeRecord } from './records.ts'
import { messageOf, type Session, withSession } from './session.ts'

/** Held while a migration is applied, so that two that start together do not meet: "stalemate" in ASCII, cut to 64 bits. */
const ADVISORY_LOCK = BigInt(`0x${Buffer.from('stalemat').toString('hex')}`).toString()
const DEFAULT_LOCK_TIMEOUT = 3000
const LOCK_NOT_AVAILABLE = '55P03'

/** Options of {@link applyMigrations}. */
export type ApplyOptions = {
  /** As node-postgres takes it. The role becomes the owner of what is made. */
  readonly connection: ClientConfig
  /** The name of the ruleset; migrations of several rulesets are counted apart. */
  readonly ruleset: string
  /** All migrations of the ruleset, in any order. */
  readonly migrations: readonly Migration[]
  /**
   * Milliseconds to wait for a lock, 3,000 unless given. While a migration waits, writers of the table wait
   * behind it: shorter hurts them less, longer gives up less often.
   */
  readonly lockTimeout?: number
  /** Only say what would be applied. */
  readonly dryRun?: boolean
}

/** What {@link applyMigrations} did or, with `dryRun`, would do: in the order of application. */
export type ApplyResult = { readonly applied: readonly Migration[] }

/**
 * Brings a database up to date: applies the migrations that it has no record of, in the order of their numbers, each in a
 * transaction of its own. A database that is up to date is only read.
 *
 * @throws StalemateError `migration-changed`, `lock-timeout`, `migration-failed`, `connection-failed`
 */
export async function applyMigrations(options: ApplyOptions): Promise<ApplyResult> {
  const { connection, ruleset, lockTimeout = DEFAULT_LOCK_TIMEOUT, dryRun = false } = options
  const migrations = [...options.migrations].sort((a, b) => a.number - b.number)
  return withSession(connection, async (session) => {
    await noticeOurEnd(session)
    const records = await readRecords(session, ruleset)
    const pending = migrations.filter((migration) => isPending(migration, records))
    if (dryRun) return { applied: pending }
    const applied: Migration[] = []
    for (const migration of pending) {
      if (await applyMigration(session, ruleset, migration, lockTimeout)) applied.push(migration)
    }
    return { applied }
  })
}

/** Whether a migration is still to be applied. */
function isPending(migration: Migration, records: ReadonlyMap<number, Recorded>): boolean {
  const record = records.get(migration.number)
  if (record === undefined) return true
  if (record.checksum === migration.checksum) return false
  throw new StalemateError(
    'migration-changed',
    `Migration ${describe(migration)} is not the one that was applied as ${describe(record)}.`,
    {
      hint: 'Restore its file: what was applied stays as it is, and a change of the rules is a new migration.',
    },
  )
}

/**
 * Lets the server look for the other side while it waits for a lock: a request that outlives an interrupted
 * `apply` would hold up writers for nothing. Not every server's system can do that.
 */
async function noticeOurEnd(session: Session): Promise<void> {
  await session.query(`SET client_connection_check_interval = '250ms'`).catch(() => {})
}

async function applyMigration(
  session: Session,
  ruleset: string,
  migration: Migration,
  lockTimeout: number,
): Promise<boolean> {
  await session.query('BEGIN')
  try {
    await session.query(`SELECT set_config('lock_timeout', $1, true)`, [`${lockTimeout}ms`])
    await session.query('SELECT pg_advisory_xact_lock($1)', [ADVISORY_LOCK])
    // Somebody else may have applied it while this one waited.
    const pending = isPending(migration, await readRecords(session, ruleset))
    if (pending) {
      await session.query(migration.up)
      await writeRecord(session, ruleset, migration)
    }
    await session.query('COMMIT')
    return pending
  } catch (error) {
    await session.query('ROLLBACK').catch(() => {})
    throw explain(error, migration, lockTimeout)
  }
}

function explain(error: unknown, migration: Migration, lockTimeout: number): StalemateError {
  if (error instanceof StalemateError) return error
  if (error instanceof Error && 'code' in error && error.code === LOCK_NOT_AVAILABLE) {
    const message = `Migration ${describe(migration)} did not get a lock within ${lockTimeout} ms; nothing of it was applied.`
    return new StalemateError('lock-timeout', message, {
      hint: 'A long transaction holds a table that the migration needs: try again later, or with a longer lock timeout.',
      cause: error,
    })
  }
  const message = `Migration ${describe(migration)} failed, and nothing of it was applied: ${messageOf(error)}.`
  return new StalemateError('migration-failed', message, { cause: error, ...hintOf(error) })
}

function hintOf(error: unknown): { readonly hint?: string } {
  const hint = error instanceof Error && 'hint' in error ? error.hint : undefined
  return typeof hint === 'string' ? { hint } : {}
}

function describe({ number, name }: Pick<Migration, 'number' | 'name'>): string {
  return `${String(number).padStart(4, '0')}_${name}`
}
