import test, { type ExecutionContext } from 'ava'
import type { App } from '../../src/app.ts'
import { buildManifest } from '../../src/emit/manifest.ts'
import { createStalemate } from '../../src/engine.ts'
import type { Manifest } from '../../src/manifest/manifest.ts'
import type { Plan } from '../../src/plan/plan.ts'
import { createClock } from '../helpers/clock.ts'
import { createDeferred } from '../helpers/deferred.ts'
import { install } from '../helpers/installation.ts'
import { lookUpInTrigger } from '../helpers/lookup-trigger.ts'
import { cacheRule, makePlan, tableRule } from '../helpers/plans.ts'
import { waitUntil } from '../helpers/wait.ts'

type Caches = { board: { params: { user_id: number }; value: number } }

type Setting = {
  readonly plan: Plan
  readonly tables: string
  /** Leads of user $1. */
  readonly query: string
  /** Moves what lies between lead 1 and user 10 to user 20. */
  readonly move: string
}

const BOARD = cacheRule('board', 'board:{user_id}', { user_id: 'int' })

const SETTINGS: Readonly<Record<string, Setting>> = {
  'one table': {
    plan: makePlan(
      [BOARD],
      [
        tableRule({
          table: 'leads',
          cache: 'board',
          params: { user_id: 'agents.user_id' },
          via: ['agents ON agents.id = leads.agent_id'],
        }),
      ],
    ),
    tables: `
      CREATE TABLE agents (id int PRIMARY KEY, user_id int);
      CREATE TABLE leads (id int, agent_id int);
      INSERT INTO agents VALUES (1, 10);`,
    query: 'SELECT count(*)::int AS n FROM leads JOIN agents a ON a.id = agent_id WHERE a.user_id = $1',
    move: 'UPDATE agents SET user_id = 20 WHERE id = 1',
  },
  'two tables': {
    plan: makePlan(
      [BOARD],
      [
        tableRule({
          table: 'leads',
          cache: 'board',
          params: { user_id: 'teams.user_id' },
          via: ['agents ON agents.id = leads.agent_id', 'teams ON teams.id = agents.team_id'],
        }),
      ],
    ),
    tables: `
      CREATE TABLE teams (id int PRIMARY KEY, user_id int);
      CREATE TABLE agents (id int PRIMARY KEY, team_id int);
      CREATE TABLE leads (id int, agent_id int);
      INSERT INTO teams VALUES (1, 10), (2, 20);
      INSERT INTO agents VALUES (1, 1);`,
    query: `SELECT count(*)::int AS n FROM leads JOIN agents a ON a.id = agent_id JOIN teams t ON t.id = a.team_id
            WHERE t.user_id = $1`,
    move: 'UPDATE agents SET team_id = 2 WHERE id = 1',
  },
}

async function createBench(
  t: ExecutionContext,
  { plan, tables, query }: Setting,
  manifest?: Manifest,
  sql = '',
) {
  const { database, writer } = await install(t, plan, tables)
  if (sql !== '') await writer.query(sql)
  const clock = createClock()
  const count = async (user: number): Promise<number> =>
    (await database.query<{ n: number }>(query, [user])).rows[0]?.n ?? 0
  const app: App<Caches> = await createStalemate<Caches>({
    manifest: manifest ?? buildManifest(plan),
    connection: { connectionString: database.connectionString },
    loaders: { board: async ({ user_id }) => await count(user_id) },
    clock,
    linkTimeout: 60_000,
  })
  t.teardown(() => app.close())
  await app.ready
  return { app, database, writer, count, clock }
}

/**
 * Two transactions that each change one side of the join, both having looked before either commits. Returns the
 * users whose held value is wrong in the end.
 */
async function race(
  t: ExecutionContext,
  setting: Setting,
  {
    isolation,
    first,
    mutant,
  }: { readonly isolation: string; readonly first: 'lead' | 'move'; readonly mutant: boolean },
): Promise<readonly number[]> {
  const broken = mutant ? lookUpInTrigger(setting.plan, 'leads') : undefined
  const { app, database, writer, count } = await createBench(t, setting, broken?.manifest, broken?.sql)
  const mover = await database.connect()
  for (const client of [writer, mover]) await client.query(`BEGIN ISOLATION LEVEL ${isolation}`)
  await mover.query(setting.move)
  await writer.query('INSERT INTO leads VALUES (1, 1)')
  for (const client of first === 'lead' ? [writer, mover] : [mover, writer]) {
    await client.query('COMMIT')
    await app.sync()
    for (const user_id of [10, 20]) await app.caches.board.get({ user_id })
  }
  const wrong: number[] = []
  for (const user_id of [10, 20]) {
    t.not(app.caches.board.peek({ user_id }), undefined)
    if (app.caches.board.peek({ user_id }) !== (await count(user_id))) wrong.push(user_id)
  }
  return wrong
}

for (const [over, setting] of Object.entries(SETTINGS)) {
  for (const isolation of ['READ COMMITTED', 'REPEATABLE READ', 'SERIALIZABLE']) {
    for (const first of ['lead', 'move'] as const) {
      test(`over ${over}, under ${isolation}, the ${first} committed first, no user is left with an old value`, async (t) => {
        t.deepEqual(await race(t, setting, { isolation, first, mutant: false }), [])
      })
    }
    test(`over ${over}, under ${isolation}, a trigger that looks up by itself leaves the new user with an old value`, async (t) => {
      t.deepEqual(await race(t, setting, { isolation, first: 'move', mutant: true }), [20])
    })
  }
}

test('a change counts as applied, and life as proven, only when its links are resolved', async (t) => {
  const setting = SETTINGS['one table']
  if (setting === undefined) return
  const { app, database, writer, clock } = await createBench(t, setting)
  await app.caches.board.get({ user_id: 10 })
  // The look-up has to wait for a lock, the trigger has not.
  const blocker = await database.connect()
  await writer.query('BEGIN; INSERT INTO leads VALUES (1, 1)')
  await blocker.query('BEGIN; LOCK TABLE agents IN ACCESS EXCLUSIVE MODE')
  await writer.query('COMMIT')
  await database.query(WAITING)
  let isSynced = false
  const synced = app.sync().then(() => (isSynced = true))
  const tables: string[] = []
  const marked = createDeferred<void>()
  const applied = createDeferred<void>()
  app.on('change', ({ change }) => {
    tables.push(change.table)
    if (change.table === 'mark') marked.resolve()
    else applied.resolve()
  })
  // A heartbeat goes out; what is sent after it tells that it has come back.
  clock.advance(5_000)
  await database.query('SELECT pg_notify($1, $2)', [
    setting.plan.channel,
    '{"v":1,"t":"mark","o":"insert","d":[]}',
  ])
  await marked.promise
  t.true((app.health().silence ?? 0) >= 5_000)
  t.false(isSynced)
  await blocker.query('COMMIT')
  await applied.promise
  t.deepEqual(tables, ['mark', 'leads'])
  await synced
  // Between the proof and the trust stands a look at the triggers, on a connection of its own.
  await waitUntil(() => app.health().silence === 0, 'life to be proven')
  t.is(app.caches.board.peek({ user_id: 10 }), undefined)
})

test('a look-up that takes too long makes the whole cache wrong', async (t) => {
  const setting = SETTINGS['one table']
  if (setting === undefined) return
  const { app, database, writer, clock } = await createBench(t, setting)
  for (const user_id of [10, 20]) await app.caches.board.get({ user_id })
  const blocker = await database.connect()
  await writer.query('BEGIN; INSERT INTO leads VALUES (1, 1)')
  await blocker.query('BEGIN; LOCK TABLE agents IN ACCESS EXCLUSIVE MODE')
  await writer.query('COMMIT')
  await database.query(WAITING)
  const applied = createDeferred<readonly string[]>()
  app.on('change', ({ invalidations }) =>
    applied.resolve(invalidations.map((each) => (each.kind === 'all' ? each.reason : each.kind))),
  )
  clock.advance(60_000)
  t.deepEqual(await applied.promise, ['unresolved'])
  for (const user_id of [10, 20]) t.is(app.caches.board.peek({ user_id }), undefined)
  await blocker.query('COMMIT')
})

/** Returns once a look-up waits for a lock; fails after ten seconds. */
const WAITING = `DO $$
BEGIN
  FOR attempt IN 1..1000 LOOP
    PERFORM pg_stat_clear_snapshot();
    PERFORM FROM pg_stat_activity
      WHERE datname = current_database() AND application_name = 'stalemate' AND wait_event_type = 'Lock';
    IF FOUND THEN RETURN; END IF;
    PERFORM pg_sleep(0.01);
  END LOOP;
  RAISE 'nobody waits for a lock';
END $$`
