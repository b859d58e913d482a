import type { OpenSession } from './param-source.ts'

/**
 * Runs `work` unless another instance of the ruleset runs it now: what they share is to be warmed once. The advisory lock ends
 * with its session, so that an instance that dies holds nobody up.
 *
 * @returns `undefined` when another instance is at it
 */
export async function withFleetLock<T>(
  open: OpenSession,
  name: string,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T | undefined> {
  const session = await open(signal)
  try {
    const { rows } = await session.query(
      'SELECT pg_catalog.pg_try_advisory_lock(pg_catalog.hashtextextended($1, 0)) AS locked',
      [`stalemate warming ${name}`],
    )
    return rows[0]?.['locked'] === true ? await work() : undefined
  } finally {
    session.destroy()
  }
}
