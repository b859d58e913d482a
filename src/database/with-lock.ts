import { StalemateError } from '../errors.ts'
import type { Migration } from './migration.ts'
import { messageOf, type Session } from './session.ts'

/** Held while a migration is applied, so that two that start together do not meet: "stalemate" in ASCII, cut to 64 bits. */
const ADVISORY_LOCK = BigInt(`0x${Buffer.from('stalemat').toString('hex')}`).toString()
/** Milliseconds. */
export const DEFAULT_LOCK_TIMEOUT = 3000
const LOCK_NOT_AVAILABLE = '55P03'
const INSUFFICIENT_PRIVILEGE = '42501'

/**
 * Lets the server look for the other side while it waits for a lock: a request that outlives an interrupted
 * `apply` would hold up writers for nothing. Not every server's system can do that.
 */
export async function noticeOurEnd(session: Session): Promise<void> {
  await session.query(`SET client_connection_check_interval = '250ms'`).catch(() => {})
}

/**
 * Runs in a transaction of its own while no other migration runs: all of it or, on an error, nothing.
 * @param what begins the sentence that says what failed: `Migration 0001_initial`
 * @throws StalemateError `lock-timeout`, `migration-failed`
 */
export async function withLock<T>(
  session: Session,
  what: string,
  lockTimeout: number,
  work: () => Promise<T>,
): Promise<T> {
  await session.query('BEGIN')
  try {
    await session.query(`SELECT set_config('lock_timeout', $1, true)`, [`${lockTimeout}ms`])
    await session.query('SELECT pg_advisory_xact_lock($1)', [ADVISORY_LOCK])
    const result = await work()
    await session.query('COMMIT')
    return result
  } catch (error) {
    await session.query('ROLLBACK').catch(() => {})
    throw explainFailure(error, what, lockTimeout)
  }
}

/** What a database raised, with what to do about it. */
export function explainFailure(error: unknown, what: string, lockTimeout: number): StalemateError {
  if (error instanceof StalemateError) return error
  if (error instanceof Error && 'code' in error && error.code === LOCK_NOT_AVAILABLE) {
    const message = `${what} did not get a lock within ${lockTimeout} ms; nothing was changed.`
    return new StalemateError('lock-timeout', message, {
      hint: 'A long transaction holds a table that it needs: try again later, or with a longer lock timeout.',
      cause: error,
    })
  }
  const message = `${what} failed, and nothing was changed: ${messageOf(error)}.`
  return new StalemateError('migration-failed', message, { cause: error, ...hintOf(error) })
}

function hintOf(error: unknown): { readonly hint?: string } {
  const hint = error instanceof Error && 'hint' in error ? error.hint : undefined
  if (error instanceof Error && 'code' in error && error.code === INSUFFICIENT_PRIVILEGE) {
    return {
      hint:
        'It needs the owner of the watched tables, who may create in the database. What rulesets share in schema stalemate ' +
        'belongs to the role that came first: apply all rulesets of a database as that role, as a member of it after SET ROLE, or ' +
        'as one that is a member of all owners: see "Several owners" in docs/operations.md.',
    }
  }
  return typeof hint === 'string' ? { hint } : {}
}

/** As its files are called. */
export function describe({ number, name }: Pick<Migration, 'number' | 'name'>): string {
  return `${String(number).padStart(4, '0')}_${name}`
}
