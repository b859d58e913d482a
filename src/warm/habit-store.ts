import type { OpenSession, Session } from './param-source.ts'

/** Where the sketches of all instances of a ruleset are kept, one for each cache. */
export type HabitStore = {
  readonly read: (cache: string, signal: AbortSignal) => Promise<string | undefined>
  /** Replaces what is kept by what `change` makes of it; two that do so at once come one after the other. */
  readonly update: (
    cache: string,
    change: (text: string | undefined) => string,
    signal: AbortSignal,
  ) => Promise<void>
}

const READ = 'SELECT sketch FROM stalemate.habits WHERE ruleset = $1 AND cache = $2'
const LOCK = 'SELECT pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended($1, 0))'
const WRITE = `INSERT INTO stalemate.habits (ruleset, cache, sketch) VALUES ($1, $2, $3)
  ON CONFLICT (ruleset, cache) DO UPDATE SET sketch = excluded.sketch, written_at = pg_catalog.now()`

/** Milliseconds for a statement; the lock of another instance is held for less. */
const TIMEOUT = 5_000

export function createHabitStore(ruleset: string, open: OpenSession): HabitStore {
  return {
    read: (cache, signal) =>
      withSession(open, signal, async ({ query }) => textOf(await query(READ, [ruleset, cache]))),
    update: (cache, change, signal) =>
      withSession(open, signal, async ({ query }) => {
        await query('BEGIN')
        await query(`SET LOCAL statement_timeout = ${TIMEOUT}`)
        await query(LOCK, [`stalemate habits ${ruleset} ${cache}`])
        const text = textOf(await query(READ, [ruleset, cache]))
        await query(WRITE, [ruleset, cache, change(text)])
        await query('COMMIT')
      }),
  }
}

/** The session ends with the work, or when the signal is aborted. */
async function withSession<T>(
  open: OpenSession,
  signal: AbortSignal,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const session = await open(signal)
  const end = (): void => session.destroy()
  signal.addEventListener('abort', end, { once: true })
  try {
    return await work(session)
  } finally {
    signal.removeEventListener('abort', end)
    end()
  }
}

function textOf({ rows }: Awaited<ReturnType<Session['query']>>): string | undefined {
  const text = rows[0]?.['sketch']
  return typeof text === 'string' ? text : undefined
}
