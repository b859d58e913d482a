import test, { type ExecutionContext } from 'ava'
import type { App, CreateOptions } from '../../src/app.ts'
import { createStalemate } from '../../src/engine.ts'
import type { Events } from '../../src/observe/events.ts'
import { createClock, type ManualClock } from '../helpers/clock.ts'
import { createDatabase, type TestDatabase } from '../helpers/database.ts'
import { createDeferred } from '../helpers/deferred.ts'
import { INSTALLED, type InstalledCaches, MANIFEST } from '../helpers/installed.ts'
import { createProxy } from '../helpers/proxy.ts'
import { waitFor } from '../helpers/wait.ts'

type Bench = {
  readonly app: App<InstalledCaches>
  readonly database: TestDatabase
  readonly clock: ManualClock
}

async function createBench(
  t: ExecutionContext,
  options: Partial<CreateOptions<InstalledCaches>> & { readonly sql?: string } = {},
): Promise<Bench> {
  const { sql, ...rest } = options
  const database = await createDatabase(t, { template: INSTALLED, ...(sql === undefined ? {} : { sql }) })
  const clock = createClock()
  const app = await createStalemate<InstalledCaches>({
    manifest: MANIFEST,
    connection: { connectionString: database.connectionString },
    clock,
    loaders: { profile: async ({ id }) => await readName(database, id), motd: () => 'hello' },
    ...rest,
  })
  t.teardown(() => app.close())
  return { app, database, clock }
}

async function readName(database: TestDatabase, id: number): Promise<string> {
  const { rows } = await database.query<{ name: string }>('SELECT name FROM users WHERE id = $1', [id])
  return rows[0]?.name ?? ''
}

async function once<K extends keyof Events>(
  app: App<InstalledCaches>,
  kind: K,
  accept: (event: Events[K]) => boolean = () => true,
): Promise<Events[K]> {
  const heard = new Promise<Events[K]>((resolve) => {
    const undo = app.on(kind, (event) => {
      if (!accept(event)) return
      undo()
      resolve(event)
    })
  })
  return await waitFor(heard, `an event "${kind}"`)
}

const TERMINATE = `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
  WHERE datname = current_database() AND application_name = 'stalemate feed'`

/** Returns once no session of a runtime is left; fails when one still is after five seconds. */
const SESSIONS_END = `DO $$
BEGIN
  FOR attempt IN 1..500 LOOP
    PERFORM pg_stat_clear_snapshot();
    PERFORM FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'stalemate%';
    IF NOT FOUND THEN RETURN; END IF;
    PERFORM pg_sleep(0.01);
  END LOOP;
  RAISE 'a session is left';
END $$`

test('an UPDATE drops what it made wrong, and nothing else', async (t) => {
  const { app, database } = await createBench(t)
  await app.ready
  t.is(await app.caches.profile.get({ id: 1 }), 'Ada')
  t.is(await app.caches.profile.get({ id: 2 }), 'Bob')
  t.is(app.caches.profile.peek({ id: 1 }), 'Ada')
  await database.query("UPDATE users SET name = 'Eve' WHERE id = 1")
  await app.sync()
  t.is(app.caches.profile.peek({ id: 1 }), undefined)
  t.is(app.caches.profile.peek({ id: 2 }), 'Bob')
  t.is(await app.caches.profile.get({ id: 1 }), 'Eve')
  t.like(app.stats(), { changes: 1, gaps: 1, ignored: 0, caches: { profile: { loads: 3, invalidated: 1 } } })
})

test('a load that read the old row and ends after the change is not kept', async (t) => {
  const read = createDeferred<void>()
  const release = createDeferred<void>()
  let hold = true
  const { app, database } = await createBench(t, {
    loaders: {
      profile: async ({ id }) => {
        const name = await readName(bench.database, id)
        if (!hold) return name
        hold = false
        read.resolve()
        await release.promise
        return name
      },
      motd: () => 'hello',
    },
  })
  const bench = { database }
  await app.ready
  const early = app.caches.profile.get({ id: 1 })
  await read.promise
  await database.query("UPDATE users SET name = 'Eve' WHERE id = 1")
  await app.sync()
  const late = app.caches.profile.get({ id: 1 })
  release.resolve()
  t.is(await early, 'Ada')
  t.is(await late, 'Eve')
  t.is(app.caches.profile.peek({ id: 1 }), 'Eve')
  t.is(app.stats().caches['profile']?.fenced, 1)
})

test('after its backend is killed the runtime believes nothing until the feed is proven again', async (t) => {
  const { app, database, clock } = await createBench(t)
  await app.ready
  await app.caches.profile.get({ id: 1 })
  const down = once(app, 'state', ({ state }) => state === 'down')
  await database.query(TERMINATE)
  await down
  t.is(app.caches.profile.peek({ id: 1 }), undefined)
  await database.query("UPDATE users SET name = 'Eve' WHERE id = 1")
  t.is(await app.caches.profile.get({ id: 1 }), 'Eve', 'reads go to the loader')
  t.is(app.caches.profile.peek({ id: 1 }), undefined, 'and nothing is stored')
  const live = once(app, 'state', ({ state }) => state === 'live')
  clock.advance(10_000)
  await live
  t.is(app.caches.profile.peek({ id: 1 }), undefined)
  t.is(await app.caches.profile.get({ id: 1 }), 'Eve')
  t.is(app.caches.profile.peek({ id: 1 }), 'Eve')
  t.like(app.health(), { state: 'live', epoch: 2 })
})

test('a trigger that was lost while the feed was away is noticed before anything is believed again', async (t) => {
  const { app, database, clock } = await createBench(t)
  await app.ready
  await app.caches.profile.get({ id: 1 })
  const down = once(app, 'state', ({ state }) => state === 'down')
  await database.query(TERMINATE)
  await down
  await database.query('ALTER TABLE users DISABLE TRIGGER stalemate_r_update')
  const lost = once(app, 'coverage')
  // Long enough to come back, too short for a heartbeat.
  clock.advance(1_000)
  t.is((await lost).uncovered.length, 1)
  t.is(await app.caches.profile.get({ id: 1 }), 'Ada')
  t.is(app.caches.profile.peek({ id: 1 }), undefined)
  await app.caches.motd.get({})
  t.is(app.caches.motd.peek({}), 'hello')
})

test('a load that began while the feed was lost is not kept when it ends after the return', async (t) => {
  const release = createDeferred<void>()
  let hold = false
  const { app, database, clock } = await createBench(t, {
    loaders: {
      profile: async () => {
        if (hold) await release.promise
        return 'from the time of the loss'
      },
      motd: () => 'hello',
    },
  })
  await app.ready
  const down = once(app, 'state', ({ state }) => state === 'down')
  await database.query(TERMINATE)
  await down
  hold = true
  const reading = app.caches.profile.get({ id: 1 })
  const live = once(app, 'state', ({ state }) => state === 'live')
  clock.advance(10_000)
  await live
  release.resolve()
  await reading
  t.is(app.caches.profile.peek({ id: 1 }), undefined)
})

test('a database that is down at the start is waited for, and reads go to the loader meanwhile', async (t) => {
  const database = await createDatabase(t, { template: INSTALLED })
  const proxy = await createProxy(t, { target: database.connectionString })
  proxy.refuse(true)
  const clock = createClock()
  const app = await createStalemate<InstalledCaches>({
    manifest: MANIFEST,
    connection: { connectionString: proxy.connectionString },
    clock,
    loaders: { profile: async ({ id }) => await readName(database, id), motd: () => 'hello' },
  })
  t.teardown(() => app.close())
  t.is(app.health().state, 'starting')
  t.is(await app.caches.profile.get({ id: 1 }), 'Ada')
  t.is(app.caches.profile.peek({ id: 1 }), undefined)
  await t.throwsAsync(app.sync(), { code: 'feed-silent' })
  proxy.refuse(false)
  const waiting = setInterval(() => clock.advance(1_000), 10)
  t.teardown(() => clearInterval(waiting))
  await app.ready
  clearInterval(waiting)
  t.is(app.health().state, 'live')
})

test('a connection that went half-open is distrusted from the last proof, and given up', async (t) => {
  const database = await createDatabase(t, { template: INSTALLED })
  const proxy = await createProxy(t, { target: database.connectionString })
  const clock = createClock()
  const app = await createStalemate<InstalledCaches>({
    manifest: MANIFEST,
    connection: { connectionString: proxy.connectionString },
    clock,
    loaders: { profile: async ({ id }) => await readName(database, id), motd: () => 'hello' },
  })
  t.teardown(() => app.close())
  await app.ready
  await app.caches.profile.get({ id: 1 })
  proxy.pause()
  await database.query("UPDATE users SET name = 'Eve' WHERE id = 1")
  clock.advance(14_999)
  t.is(app.health().state, 'live')
  clock.advance(1)
  t.is(app.caches.profile.peek({ id: 1 }), undefined)
  t.is(await app.caches.profile.get({ id: 1 }), 'Eve')
  proxy.cut()
  proxy.resume()
  const gap = once(app, 'gap')
  const live = once(app, 'state', ({ state }) => state === 'live')
  const waiting = setInterval(() => clock.advance(1_000), 10)
  t.teardown(() => clearInterval(waiting))
  t.regex((await gap).cause, /missed-heartbeat|disconnect/)
  await live
  clearInterval(waiting)
  t.is(await app.caches.profile.get({ id: 1 }), 'Eve')
})

for (const [how, reason, sql] of [
  ['missing', 'missing', 'DROP TRIGGER stalemate_r_update ON users'],
  ['missing for what is below the table', 'partition', 'CREATE TABLE guests () INHERITS (users)'],
  ['disabled', 'disabled', 'ALTER TABLE users DISABLE TRIGGER stalemate_r_update'],
  [
    'changed',
    'changed',
    'CREATE OR REPLACE FUNCTION stalemate.r_users_update() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NULL; END$$',
  ],
] as const) {
  test(`a cache whose trigger is ${how} at the start is not trusted, and others are`, async (t) => {
    const { app } = await createBench(t, { sql })
    await app.ready
    t.is(await app.caches.profile.get({ id: 1 }), 'Ada')
    t.is(app.caches.profile.peek({ id: 1 }), undefined)
    await app.caches.motd.get({})
    t.is(app.caches.motd.peek({}), 'hello')
    t.like(app.health(), { state: 'live', trusted: ['motd'] })
    t.deepEqual(app.health().uncovered, [{ table: 'users', trigger: 'stalemate_r_update', reason }])
  })

  test(`a trigger that becomes ${how} while running is noticed with the next heartbeat, and its return too`, async (t) => {
    const { app, database, clock } = await createBench(t)
    await app.ready
    await app.caches.profile.get({ id: 1 })
    await database.query(sql)
    const lost = once(app, 'coverage')
    clock.advance(5_000)
    t.is((await lost).uncovered.length, 1)
    t.is(app.caches.profile.peek({ id: 1 }), undefined)
    await database.query("UPDATE users SET name = 'Eve' WHERE id = 1")
    await database.query(
      `DROP TABLE users CASCADE; DROP SCHEMA stalemate CASCADE; ${INSTALLED.replace('Ada', 'Eve')}`,
    )
    const back = once(app, 'coverage')
    clock.advance(5_000)
    t.is((await back).uncovered.length, 0)
    t.is(app.caches.profile.peek({ id: 1 }), undefined, 'what was held before is not believed again')
    t.is(await app.caches.profile.get({ id: 1 }), 'Eve')
    t.is(app.caches.profile.peek({ id: 1 }), 'Eve')
  })
}

test('a message that does not decode gives everything up, and the runtime stays live', async (t) => {
  const { app, database } = await createBench(t)
  await app.ready
  await app.caches.profile.get({ id: 1 })
  await database.query("SELECT pg_notify('stalemate_r', 'what is this')")
  await app.sync()
  t.is(app.caches.profile.peek({ id: 1 }), undefined)
  t.is(await app.caches.profile.get({ id: 1 }), 'Ada')
  t.is(app.caches.profile.peek({ id: 1 }), 'Ada')
  t.like(app.health(), { state: 'live', epoch: 2 })
})

test('a listener that throws harms nobody, and is reported', async (t) => {
  const { app, database } = await createBench(t)
  await app.ready
  await app.caches.profile.get({ id: 1 })
  app.on('change', () => {
    throw new Error('a bug of the listener')
  })
  const failure = once(app, 'error')
  await database.query("UPDATE users SET name = 'Eve' WHERE id = 1")
  t.like((await failure).error, { message: 'a bug of the listener' })
  t.is(app.caches.profile.peek({ id: 1 }), undefined)
})

test('closing leaves no connection, serves nothing, and rejects who waits', async (t) => {
  const { app, database } = await createBench(t)
  const { ready } = app
  await app.close()
  await app.close()
  await t.throwsAsync(ready, { code: 'closed' })
  await t.throwsAsync(app.caches.profile.get({ id: 1 }), { code: 'closed' })
  await t.throwsAsync(app.sync(), { code: 'closed' })
  t.is(app.health().state, 'closed')
  await t.notThrowsAsync(database.query(SESSIONS_END))
})

test('who waits for a database that refuses is told why', async (t) => {
  const { app } = await createBench(t, {
    connection: { connectionString: 'postgresql://127.0.0.1:1/nowhere' },
  })
  const { error } = await once(app, 'error')
  t.is((error as NodeJS.ErrnoException).code, 'ECONNREFUSED')
  t.is(app.health().state, 'starting')
  await app.close()
  await t.throwsAsync(app.ready, { code: 'closed' })
})

test('wrong use is refused before anything is started', async (t) => {
  const connection = { connectionString: 'postgres://127.0.0.1:1/none' }
  const loaders = { profile: () => '', motd: () => '' }
  await t.throwsAsync(createStalemate<InstalledCaches>({ manifest: {} as never, connection, loaders }), {
    code: 'manifest-invalid',
  })
  await t.throwsAsync(
    createStalemate<InstalledCaches>({
      manifest: MANIFEST,
      connection,
      loaders: { motd: () => '' } as never,
    }),
    { code: 'loader-missing', message: 'Cache profile has no loader.' },
  )
  for (const options of [{ maxSilence: -1 }, { maxSilence: 9_000 }, { heartbeatInterval: Number.NaN }]) {
    await t.throwsAsync(
      createStalemate<InstalledCaches>({ manifest: MANIFEST, connection, loaders, ...options }),
      { code: 'option-invalid' },
    )
  }
})
