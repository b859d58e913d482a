import type { Clock } from '../options.ts'
import type { OpenSession, Session } from './param-source.ts'

/** A run of a warming set that one instance is enough for. */
export type FleetRun = {
  readonly ruleset: string
  readonly set: string
  /** The time of the schedule that it is for, which is the same in all instances, whatever their clocks show. */
  readonly tick: Date
  /** Milliseconds that a run takes at most. */
  readonly timeout: number
  readonly open: OpenSession
  readonly clock: Clock
  readonly signal: AbortSignal
}

/** Milliseconds between two looks at what has become of who runs it. */
export const FLEET_PAUSE = 1_500

/** Milliseconds that a session may outlive the longest run. */
const GRACE = 10_000

/**
 * The lock goes with its session. So the server ends one whose machine has vanished, by its keepalives, and one whose process is
 * stopped, once the run must be over.
 */
const SETTINGS = `SELECT pg_catalog.set_config('tcp_keepalives_idle', '10', false),
  pg_catalog.set_config('tcp_keepalives_interval', '5', false), pg_catalog.set_config('tcp_keepalives_count', '3', false),
  pg_catalog.set_config('idle_session_timeout', $1, false)`

const TRY = 'SELECT pg_catalog.pg_try_advisory_lock(pg_catalog.hashtextextended($1, 0)) AS locked'
/** A later time was run for as well; but one that is still to come is of a wrong clock. */
const LOOK = `SELECT EXISTS (
  SELECT FROM stalemate.schedules WHERE ruleset = $1 AND warming = $2 AND (
    tick = $3::timestamptz OR tick > $3::timestamptz AND tick < pg_catalog.now() + interval '5 minutes')) AS done`
const MARK = `INSERT INTO stalemate.schedules (ruleset, warming, tick) VALUES ($1, $2, $3)
  ON CONFLICT (ruleset, warming) DO UPDATE SET tick = excluded.tick, ended_at = pg_catalog.now()`

/**
 * Runs `work` unless an instance of the ruleset has done it for this time of the schedule. While another one is at it, it is waited
 * for: the advisory lock ends with its session, so that an instance that dies holds nobody up, and the next one finds no mark.
 *
 * @param work whether it is done; if not, another instance may try
 */
export async function runOnceInFleet(run: FleetRun, work: () => Promise<boolean>): Promise<void> {
  const { ruleset, set, tick, timeout, open, clock, signal } = run
  const session = await open(signal)
  const end = (): void => session.destroy()
  signal.addEventListener('abort', end, { once: true })
  try {
    const of = [ruleset, set, tick.toISOString()]
    await session.query(SETTINGS, [String(Math.ceil(timeout + GRACE))])
    const last = clock.now() + timeout + GRACE
    while (!(await isLocked(session, `stalemate warming ${ruleset} ${set}`))) {
      if (clock.now() >= last) return
      await rest(clock, signal)
      if (signal.aborted) return
    }
    // Not before the lock is held: in a statement that takes it, the mark of who had it would be unseen.
    if (await isDone(session, of)) return
    if (await work()) await session.query(MARK, of)
  } finally {
    signal.removeEventListener('abort', end)
    end()
  }
}

async function isLocked({ query }: Session, name: string): Promise<boolean> {
  const { rows } = await query(TRY, [name])
  return rows[0]?.['locked'] === true
}

async function isDone({ query }: Session, of: readonly string[]): Promise<boolean> {
  const { rows } = await query(LOOK, of)
  return rows[0]?.['done'] === true
}

async function rest(clock: Clock, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const done = (): void => {
      stopTimer()
      signal.removeEventListener('abort', done)
      resolve()
    }
    const stopTimer = clock.after(FLEET_PAUSE, done)
    signal.addEventListener('abort', done, { once: true })
  })
}
