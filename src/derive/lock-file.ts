import { StalemateError } from '../errors.ts'
import { LOCK_VERSION, type LockedQuery, type QueryLock } from './lock.ts'

/** The file beside the generated ones that keeps what PostgreSQL said of queries. */
export const LOCK_FILE = 'queries.lock.json'

/**
 * Reads a lock file's text.
 * @throws StalemateError `lock-invalid`
 */
export function parseLock(text: string): QueryLock {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    return fail('it is no JSON', error)
  }
  if (typeof value !== 'object' || value === null) return fail('it is no object')
  const { version, queries } = value as Partial<Record<keyof QueryLock, unknown>>
  if (version !== LOCK_VERSION) return fail(`its version is ${JSON.stringify(version)}, not ${LOCK_VERSION}`)
  if (!Array.isArray(queries) || !queries.every(isLocked)) return fail('it lists no queries')
  return value as QueryLock
}

function isLocked(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  const { hash, sql, outputs, relations, functions, aggregates } = value as Partial<LockedQuery>
  return (
    typeof hash === 'string' &&
    typeof sql === 'string' &&
    [outputs, relations, functions, aggregates].every((list) => Array.isArray(list))
  )
}

function fail(why: string, cause?: unknown): never {
  throw new StalemateError('lock-invalid', `This is no usable ${LOCK_FILE}: ${why}.`, {
    hint: 'Remove it and run `stalemate compile` with a database at hand, such as --url.',
    cause,
  })
}

/** The text of a lock file: the same for the same queries, in whatever order. */
export function formatLock(queries: readonly LockedQuery[]): string {
  const once = new Map(queries.map((query) => [query.hash, query]))
  const sorted = [...once.values()].sort((a, b) => (a.hash < b.hash ? -1 : 1))
  const lock: QueryLock = { version: LOCK_VERSION, queries: sorted }
  return `${JSON.stringify(lock, undefined, 2)}\n`
}
