import assert from 'node:assert/strict'
import type { Client } from 'pg'
import type { EmbeddedPostgres } from '../../src/embedded/postgres.ts'
import { createFeedBench, type FeedBench, type FeedBenchOptions } from '../contract/feed-bench.ts'
import { createServer } from '../helpers/server.ts'
import type { Test } from '../helpers/test.ts'
import type { Version } from '../helpers/versions.ts'

/**
 * A server whose synchronous standby is away: a commit that asks for it is in the WAL, and stays invisible until
 * its wait is cancelled. What does not ask for it commits as ever.
 */
export async function createStandbylessServer(t: Test, version?: Version): Promise<EmbeddedPostgres> {
  return await createServer(t, {
    ...(version === undefined ? {} : { version }),
    settings: { synchronous_standby_names: 'missing', synchronous_commit: 'local' },
  })
}

/** A writer whose commit is in the WAL and can't be seen. */
export type Stuck = {
  /** Lets it be seen; resolves when it can be. */
  readonly release: () => Promise<void>
}

export async function commitInvisibly(bench: FeedBench, key: string): Promise<Stuck> {
  const writer = await bench.writer()
  const pid = await pidOf(writer)
  await writer.query('SET synchronous_commit = on')
  const committed = writer.query(`INSERT INTO calls VALUES ('${key}')`)
  committed.catch(() => {})
  await until(bench, `SELECT FROM pg_stat_activity WHERE pid = ${pid} AND wait_event = 'SyncRep'`)
  return {
    release: async () => {
      await bench.database.query(`SELECT pg_cancel_backend(${pid})`)
      await committed
    },
  }
}

export async function pidOf(client: Client): Promise<number> {
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
  return rows[0]?.pid ?? 0
}

/** Resolves once a query finds a row. */
export async function until(bench: FeedBench, query: string): Promise<void> {
  await bench.database.query(`DO $do$ BEGIN
    FOR attempt IN 1..3000 LOOP
      PERFORM pg_stat_clear_snapshot();
      IF EXISTS (${query}) THEN RETURN; END IF;
      PERFORM pg_sleep(0.01);
    END LOOP;
    RAISE 'it did not happen';
  END $do$`)
}

/** A fault of a WAL feed; it throws where the feed is wrong. */
export type WalFault = {
  readonly title: string
  readonly run: (t: Test, options: Partial<FeedBenchOptions>, version?: Version) => Promise<void>
}

export const NOT_BEFORE_VISIBLE: WalFault = {
  title: 'a change is handed over when it can be seen, not when it is in the WAL, and holds up no other',
  run: async (t, options, version) => {
    const server = await createStandbylessServer(t, version)
    const bench = await createFeedBench(t, { ...options, feed: 'wal', server: server.connectionString })
    await bench.start()
    const stuck = await commitInvisibly(bench, 'stuck')
    await bench.database.query(`INSERT INTO calls VALUES ('other')`)
    await bench.feed.barrier()
    assert.equal((await bench.database.query(`SELECT FROM calls WHERE name = 'stuck'`)).rowCount, 0)
    assert.deepEqual(bench.keys(), ['other'])
    await stuck.release()
    await bench.feed.barrier()
    assert.deepEqual(bench.keys(), ['other', 'stuck'])
  },
}

const SENDER_WAITS_FOR = (pid: number): string =>
  `SELECT FROM pg_stat_activity WHERE backend_type = 'walsender' AND ${pid} = ANY (pg_blocking_pids(pid))`

export const NOTHING_BEFORE_THE_SLOT: WalFault = {
  title: 'a commit that lies before the slot and becomes visible after it is not missed',
  run: async (t, options, version) => {
    const server = await createStandbylessServer(t, version)
    const bench = await createFeedBench(t, { ...options, feed: 'wal', server: server.connectionString })
    const [first, second] = [await bench.writer(), await bench.writer()]
    await first.query(`BEGIN; INSERT INTO calls VALUES ('first')`)
    const started = bench.start()
    await until(bench, SENDER_WAITS_FOR(await pidOf(first)))
    await second.query(`BEGIN; INSERT INTO calls VALUES ('second')`)
    await first.query('ROLLBACK')
    await until(bench, SENDER_WAITS_FOR(await pidOf(second)))
    // It begins too late for the slot to wait for it, and commits too early to be streamed.
    const stuck = await commitInvisibly(bench, 'stuck')
    let looks = 0
    const looked = new Promise<void>((resolve) => {
      bench.hooks.after = async (text) => {
        if (text.includes('pg_current_snapshot') && (looks += 1) === 5) resolve()
        await Promise.resolve()
      }
    })
    await second.query('ROLLBACK')
    await Promise.race([looked, started])
    const isAliveTooEarly = bench.told.includes('alive')
    await stuck.release()
    await started
    await bench.feed.barrier()
    // What was loaded between the gap and the release has not seen the commit.
    assert.ok(!isAliveTooEarly || bench.keys().includes('stuck'))
    assert.deepEqual(bench.told, ['gap start', 'alive'])
  },
}
