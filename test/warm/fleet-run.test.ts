import test, { type ExecutionContext } from 'ava'
import { schedulesObject } from '../../src/emit/schedules.ts'
import { type FleetRun, FLEET_PAUSE, runOnceInFleet } from '../../src/warm/fleet-run.ts'
import type { Session } from '../../src/warm/param-source.ts'
import { createClock } from '../helpers/clock.ts'
import { createDatabase } from '../helpers/database.ts'
import { createDeferred } from '../helpers/deferred.ts'
import { waitFor } from '../helpers/wait.ts'

const at = (minute: number): Date => new Date(Date.UTC(2025, 2, 1, 9, minute))
const ready = async (): Promise<void> => await Promise.resolve()

async function createFleet(t: ExecutionContext) {
  const database = await createDatabase(t, { sql: `CREATE SCHEMA stalemate; ${schedulesObject().create}` })
  const runs: string[] = []
  const clock = createClock()
  const base: Omit<FleetRun, 'tick'> = {
    ruleset: 'shop',
    set: 'all',
    timeout: 60_000,
    clock,
    signal: new AbortController().signal,
    open: async () => {
      const client = await database.connect()
      return {
        query: async (text, values) => await client.query(text, values === undefined ? [] : [...values]),
        destroy: () => void client.end(),
      }
    },
  }
  /** Another instance, which says what it did. */
  const run = async (name: string, tick: Date, more: Partial<FleetRun> = {}, work = ready): Promise<void> =>
    await runOnceInFleet({ ...base, ...more, tick }, async () => {
      await work()
      runs.push(name)
      return true
    })
  return { database, runs, clock, base, run }
}

/** Tells of each statement of a session. */
const watched =
  (open: FleetRun['open'], seen: (text: string) => void): FleetRun['open'] =>
  async (signal) => {
    const session = await open(signal)
    return {
      ...session,
      async query(text, values) {
        const result = await session.query(text, values)
        seen(text)
        return result
      },
    }
  }

test('what was run for a time of the schedule is run once, and each set and ruleset by itself', async (t) => {
  const { runs, run, database } = await createFleet(t)
  await run('a', at(0))
  await run('b', at(0))
  await run('other set', at(0), { set: 'some' })
  await run('other ruleset', at(0), { ruleset: 'office' })
  await run('c', at(30))
  await run('late', at(0))
  t.deepEqual(runs, ['a', 'other set', 'other ruleset', 'c'])
  const { rows } = await database.query(
    'SELECT ruleset, warming, tick FROM stalemate.schedules ORDER BY 1, 2',
  )
  t.deepEqual(rows, [
    { ruleset: 'office', warming: 'all', tick: at(0) },
    { ruleset: 'shop', warming: 'all', tick: at(30) },
    { ruleset: 'shop', warming: 'some', tick: at(0) },
  ])
})

test('an instance whose clock is a day ahead keeps the others from nothing', async (t) => {
  const { runs, run } = await createFleet(t)
  const now = Date.now()
  const [today, tomorrow] = [new Date(now), new Date(now + 86_400_000)]
  await run('ahead', tomorrow)
  await run('b', today)
  await run('c', today)
  await run('ahead again', tomorrow)
  await run('soon', new Date(now + 60_000))
  t.deepEqual(runs, ['ahead', 'b', 'ahead again', 'soon'])
  await run('a little late', today)
  t.is(runs.length, 4, 'clocks may differ by a minute')
})

test('who waits takes over from an instance whose session has ended, and not before', async (t) => {
  const { runs, run, clock, base, database } = await createFleet(t)
  const [begun, never, tried, triedAgain] = [createDeferred<void>(), createDeferred<void>(), createDeferred<void>(), createDeferred<void>()] // prettier-ignore
  const tries = [tried, triedAgain]
  const first = run('first', at(0), {}, async () => {
    begun.resolve()
    await never.promise
  })
  await begun.promise
  const rested = createDeferred<void>()
  const open = watched(base.open, (text) => {
    if (text.includes('pg_try_advisory_lock')) tries.shift()?.resolve()
  })
  const resting = { ...clock, after: (ms: number, callback: () => void) => (rested.resolve(), clock.after(ms, callback)) } // prettier-ignore
  const second = run('second', at(0), { open, clock: resting })
  await tried.promise
  await rested.promise
  clock.advance(FLEET_PAUSE)
  await triedAgain.promise
  t.deepEqual(runs, [])
  const ended = await database.query(
    `SELECT pg_terminate_backend(pid, 10000) AS ended FROM pg_locks WHERE locktype = 'advisory' AND granted
       AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
  )
  t.deepEqual(ended.rows, [{ ended: true }])
  const over = { isOver: false }
  void second.then(() => (over.isOver = true))
  while (!over.isOver) {
    clock.advance(FLEET_PAUSE)
    await new Promise((resolve) => setImmediate(resolve))
  }
  t.deepEqual(runs, ['second'])
  never.resolve()
  await t.throwsAsync(first)
})

test('the server ends the session of a process that is stopped, once its run must be over', async (t) => {
  const { run, base } = await createFleet(t)
  let session: Session | undefined
  const open: FleetRun['open'] = async (signal) => (session = await base.open(signal))
  const shown: unknown[] = []
  await run('first', at(0), { open, timeout: 50_000 }, async () => {
    const { rows = [] } =
      (await session?.query("SELECT current_setting('idle_session_timeout') AS idle")) ?? {}
    shown.push(rows[0]?.['idle'])
  })
  t.deepEqual(shown, ['1min'])
})

test('closing ends the wait for another instance', async (t) => {
  const { runs, run } = await createFleet(t)
  const [begun, release, resting] = [createDeferred<void>(), createDeferred<void>(), createDeferred<void>()]
  const first = run('first', at(0), {}, async () => {
    begun.resolve()
    await release.promise
  })
  await begun.promise
  const closing = new AbortController()
  const clock = createClock()
  const second = run('second', at(0), {
    signal: closing.signal,
    clock: { ...clock, after: (...given) => (resting.resolve(), clock.after(...given)) },
  })
  await resting.promise
  closing.abort()
  await waitFor(second, 'the end of the wait')
  t.is(clock.pending(), 0)
  release.resolve()
  await first
  t.deepEqual(runs, ['first'])
})
