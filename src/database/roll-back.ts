import { StalemateError } from '../errors.ts'
import type { ApplyOptions } from './apply.ts'
import type { Migration } from './migration.ts'
import { deleteRecord, explainUnrecorded, isInstalled, type Recorded, readRecords } from './records.ts'
import { type Session, withSession } from './session.ts'
import { DEFAULT_LOCK_TIMEOUT, describe, noticeOurEnd, withLock } from './with-lock.ts'

/** Options of {@link rollBack}. */
export type RollBackOptions = ApplyOptions & {
  /** How many migrations to take back; 1 unless given. */
  readonly count?: number
}

/** What {@link rollBack} did or, with `dryRun`, would do: in that order. */
export type RollBackResult = { readonly rolledBack: readonly Migration[] }

/**
 * Takes back the migrations that were applied last, the newest first, each in a transaction of its own, records included.
 *
 * @throws StalemateError `migration-order` where one has no file, `migration-changed`, `migration-unrecorded`, `lock-timeout`,
 *   `migration-failed`, `connection-failed`
 */
export async function rollBack(options: RollBackOptions): Promise<RollBackResult> {
  const { connection, ruleset, migrations, count = 1, lockTimeout = DEFAULT_LOCK_TIMEOUT } = options
  return withSession(connection, async (session) => {
    await noticeOurEnd(session)
    const records = await readRecords(session, ruleset)
    if (records.size === 0 && (await isInstalled(session, ruleset)))
      throw explainUnrecorded(
        ruleset,
        'Else take the migrations back by their .down.sql files, the newest first.',
      )
    const planned = [...records.values()]
      .sort((a, b) => b.number - a.number)
      .slice(0, count)
      .map((record) => findFile(record, migrations))
    if (options.dryRun === true) return { rolledBack: planned }
    const rolledBack: Migration[] = []
    for (const migration of planned) {
      if (await takeBack(session, ruleset, migration, lockTimeout)) rolledBack.push(migration)
    }
    return { rolledBack }
  })
}

/** The migration that was applied, as long as its files are still those. */
function findFile(record: Recorded, migrations: readonly Migration[]): Migration {
  const migration = migrations.find(({ number }) => number === record.number)
  if (migration === undefined) {
    throw new StalemateError(
      'migration-order',
      `Migration ${describe(record)} was applied and has no file.`,
      {
        hint: 'Restore its files from the branch that it was applied from.',
      },
    )
  }
  if (migration.checksum === record.checksum) return migration
  throw new StalemateError(
    'migration-changed',
    `Migration ${describe(migration)} is not the one that was applied as ${describe(record)}.`,
    { hint: 'Restore its files: only they tell how to take back what was applied.' },
  )
}

async function takeBack(
  session: Session,
  ruleset: string,
  migration: Migration,
  lockTimeout: number,
): Promise<boolean> {
  return withLock(session, `Migration ${describe(migration)}`, lockTimeout, async () => {
    const records = await readRecords(session, ruleset)
    // Somebody else may have taken it back, or applied another one, while this one waited.
    if (!records.has(migration.number)) return false
    const later = [...records.values()].find(({ number }) => number > migration.number)
    if (later !== undefined) {
      throw new StalemateError(
        'migration-order',
        `Migration ${describe(migration)} cannot be taken back, since the later ${describe(later)} is applied.`,
        { hint: 'It has just been applied: look what is going on, and try again.' },
      )
    }
    await session.query(migration.down)
    await deleteRecord(session, ruleset, migration.number)
    return true
  })
}
