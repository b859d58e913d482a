import type { ClientConfig } from 'pg'
import { StalemateError } from '../errors.ts'
import type { Migration } from './migration.ts'
import { explainUnrecorded, isInstalled, type Recorded, readRecords, writeRecord } from './records.ts'
import { type Session, withSession } from './session.ts'
import { DEFAULT_LOCK_TIMEOUT, describe, explainFailure, noticeOurEnd, withLock } from './with-lock.ts'

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
  /**
   * What to do about a database that has the triggers and no record of any migration, as a copy of a schema without data
   * has: `refuse` it, unless given, or `leave` it as it is.
   */
  readonly unrecorded?: 'refuse' | 'leave'
}

/** What {@link applyMigrations} did or, with `dryRun`, would do: in the order of application. */
export type ApplyResult = { readonly applied: readonly Migration[] }

/**
 * Brings a database up to date: applies the migrations that it has no record of, in the order of their numbers, each in a
 * transaction of its own. A database that is up to date is only read.
 *
 * @throws StalemateError `migration-changed`, `migration-order`, `migration-unrecorded`, `lock-timeout`, `migration-failed`,
 *   `connection-failed`
 */
export async function applyMigrations(options: ApplyOptions): Promise<ApplyResult> {
  const { connection, ruleset, lockTimeout = DEFAULT_LOCK_TIMEOUT } = options
  const { dryRun = false, unrecorded = 'refuse' } = options
  const migrations = [...options.migrations].sort((a, b) => a.number - b.number)
  return withSession(connection, async (session) => {
    await noticeOurEnd(session)
    const records = await readRecords(session, ruleset).catch((error: unknown) => {
      throw explainFailure(error, 'Reading which migrations were applied', lockTimeout)
    })
    const pending = migrations.filter((migration) => isPending(migration, records))
    refuseGaps(pending, records)
    if (records.size === 0 && pending.length > 0 && (await isInstalled(session, ruleset))) {
      if (unrecorded === 'leave') return { applied: [] }
      throw explainUnrecorded(
        ruleset,
        'If another tool applies the migrations, let it apply these too; `stalemate apply --repair` brings what is there ' +
          'to what they make.',
      )
    }
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
      hint: 'Restore its file and compile without --amend: what was applied stays as it is, and a change is a new migration.',
    },
  )
}

/** A migration builds on those before it; one that comes late was made beside the ones that are applied. */
function refuseGaps(pending: readonly Migration[], records: ReadonlyMap<number, Recorded>): void {
  const highest = [...records.values()].reduce<Recorded | undefined>(
    (last, record) => (last === undefined || record.number > last.number ? record : last),
    undefined,
  )
  const [first] = pending
  if (first === undefined || highest === undefined || first.number > highest.number) return
  throw new StalemateError(
    'migration-order',
    `Migration ${describe(first)} is not applied, although the later ${describe(highest)} is.`,
    {
      hint:
        'Two branches have probably added a migration each: delete the files of the one that is not applied, take ' +
        'installed.json and plan.json from the other branch, and compile again.',
    },
  )
}

async function applyMigration(
  session: Session,
  ruleset: string,
  migration: Migration,
  lockTimeout: number,
): Promise<boolean> {
  return withLock(session, `Migration ${describe(migration)}`, lockTimeout, async () => {
    // Somebody else may have applied it while this one waited.
    const pending = isPending(migration, await readRecords(session, ruleset))
    if (pending) {
      await session.query(migration.up)
      await writeRecord(session, ruleset, migration)
    }
    return pending
  })
}
