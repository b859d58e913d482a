import test, { type ExecutionContext } from 'ava'
import { readCoverage } from '../../src/coverage/read-coverage.ts'
import { buildManifest } from '../../src/emit/manifest.ts'
import type { Plan } from '../../src/plan/plan.ts'
import { createDatabase, type TestDatabase } from '../helpers/database.ts'
import { migrationSql } from '../helpers/installation.ts'
import { cacheRule, makePlan, tableRule } from '../helpers/plans.ts'

const TABLES = 'CREATE TABLE calls (user_id text)'

function createPlan(name: string, feed: Plan['feed'] = 'outbox'): Plan {
  const rules = [tableRule({ table: 'calls', cache: 'board', params: { user_id: 'user_id' } })]
  return { ...makePlan([cacheRule('board', 'board:{user_id}', {})], rules, { name }), feed }
}

async function install(t: ExecutionContext, ...plans: readonly Plan[]): Promise<TestDatabase> {
  const database = await createDatabase(t, { sql: TABLES })
  for (const plan of plans) await database.query(migrationSql(plan).up)
  return database
}

async function listObjects(database: TestDatabase): Promise<readonly string[]> {
  const { rows } = await database.query<{ name: string }>(`
    SELECT oid::regclass::text AS name FROM pg_class WHERE relnamespace = to_regnamespace('stalemate')
    UNION ALL SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = to_regnamespace('stalemate')
    ORDER BY 1`)
  return rows.map(({ name }) => name)
}

async function readOutbox(database: TestDatabase): Promise<readonly unknown[]> {
  const { rows } = await database.query(`
    SELECT channel, message::json -> 'd' AS targets FROM
      (TABLE stalemate.outbox_0 UNION ALL TABLE stalemate.outbox_1 UNION ALL TABLE stalemate.outbox_2) AS outbox
    ORDER BY channel`)
  return rows
}

test('a write puts one row into the outbox, and sends nothing', async (t) => {
  const plan = createPlan('app')
  const database = await install(t, plan)
  const listener = await database.connect()
  const heard: unknown[] = []
  listener.on('notification', (message) => heard.push(message))
  await listener.query(`LISTEN ${plan.channel}`)
  await database.query(`INSERT INTO calls VALUES ('a'), ('b'), ('a')`)
  await listener.query('SELECT')
  t.deepEqual(heard, [])
  t.deepEqual(await readOutbox(database), [
    { channel: plan.channel, targets: [['board', ['user_id'], ['a', 'b']]] },
  ])
})

test('writers of one key do not wait for one another', async (t) => {
  const database = await install(t, createPlan('app'))
  const [first, second] = [await database.connect(), await database.connect()]
  await first.query(`BEGIN; INSERT INTO calls VALUES ('a')`)
  await second.query(`SET lock_timeout = '1ms'; BEGIN; INSERT INTO calls VALUES ('a'); COMMIT`)
  await first.query('COMMIT')
  t.is((await readOutbox(database)).length, 2)
})

test('a message is written outside of any block that catches errors', async (t) => {
  const database = await install(t, createPlan('app'))
  await database.query(`INSERT INTO calls VALUES ('a'); INSERT INTO calls VALUES ('a'), ('b');
    UPDATE calls SET user_id = 'c'; DELETE FROM calls; TRUNCATE calls`)
  // Such a block has a transaction id of its own, and the row would bear that one.
  const { rows } = await database.query(`
    SELECT xid::text::bigint & 4294967295 = xmin::text::bigint AS same FROM (
      SELECT xid, xmin FROM stalemate.outbox_0 UNION ALL SELECT xid, xmin FROM stalemate.outbox_1
      UNION ALL SELECT xid, xmin FROM stalemate.outbox_2
    ) AS outbox`)
  t.deepEqual(rows, Array(5).fill({ same: true }))
})

test('what is installed covers the manifest', async (t) => {
  const plan = createPlan('app')
  const database = await install(t, plan)
  const query = async (text: string, values: readonly unknown[]) => await database.query(text, [...values])
  t.deepEqual(await readCoverage(query, buildManifest(plan)), [])
  t.is(buildManifest(plan).feed, 'outbox')
})

test('down removes everything that up made', async (t) => {
  const plan = createPlan('app')
  const database = await install(t, plan)
  t.true((await listObjects(database)).length > 10)
  await database.query(migrationSql(plan).down)
  t.deepEqual(await listObjects(database), [])
  t.is((await database.query(`SELECT FROM pg_namespace WHERE nspname = 'stalemate'`)).rowCount, 0)
})

test('two rulesets share the outbox, and one goes without the other', async (t) => {
  const [one, two] = [createPlan('one'), createPlan('two')]
  const database = await install(t, one, two)
  await database.query(`INSERT INTO calls VALUES ('a')`)
  t.is((await readOutbox(database)).length, 2)
  await database.query(migrationSql(one).down)
  await database.query(`INSERT INTO calls VALUES ('b')`)
  t.is((await readOutbox(database)).length, 3)
  await database.query(migrationSql(two).down)
  t.deepEqual(await listObjects(database), [])
})

test('a ruleset that notifies stays when one with an outbox goes', async (t) => {
  const [outbox, notify] = [createPlan('one'), createPlan('two', 'notify')]
  const database = await install(t, outbox, notify)
  await database.query(migrationSql(outbox).down)
  await database.query(`INSERT INTO calls VALUES ('a')`)
  t.false((await listObjects(database)).some((name) => name.includes('outbox')))
  await database.query(migrationSql(notify).down)
  t.deepEqual(await listObjects(database), [])
})

test('every object says what it is, and nobody may call the functions unasked', async (t) => {
  const database = await install(t, createPlan('app'))
  const { rows } = await database.query<{ name: string; comment: string | null }>(`
    SELECT oid::regclass::text AS name, obj_description(oid, 'pg_class') AS comment FROM pg_class
    WHERE relnamespace = 'stalemate'::regnamespace AND relkind IN ('r', 'S')
    UNION ALL SELECT oid::regprocedure::text, obj_description(oid, 'pg_proc') FROM pg_proc
    WHERE pronamespace = 'stalemate'::regnamespace`)
  t.is(rows.length, 6 + 4 + 4)
  for (const { comment, name } of rows) t.regex(comment ?? '', /^stalemate, /, name)
  const open = await database.query(`SELECT FROM pg_proc
    WHERE pronamespace = 'stalemate'::regnamespace AND has_function_privilege('public', oid, 'EXECUTE')`)
  t.is(open.rowCount, 0)
})

test('a transaction whose id lies in another range writes to another table', async (t) => {
  const database = await install(t, createPlan('app'))
  const { rows } = await database.query<{ body: string }>(
    `SELECT prosrc AS body FROM pg_proc WHERE proname = 'outbox_v1' AND pronamespace = 'stalemate'::regnamespace`,
  )
  const body = rows[0]?.body ?? ''
  t.true(body.includes('txid_current() >> 16) % 3'))
  // A range of two ids instead of 65,536 shows all tables within a few transactions.
  await database.query(`
    CREATE OR REPLACE FUNCTION stalemate.outbox_v1(bell regclass, channel text, message text) RETURNS void
    LANGUAGE plpgsql AS $body$${body.replaceAll('>> 16', '>> 1')}$body$`)
  for (let turn = 0; turn < 12; turn += 1) await database.query(`INSERT INTO calls VALUES ('a')`)
  for (const table of [0, 1, 2]) {
    t.not((await database.query(`SELECT FROM stalemate.outbox_${table}`)).rowCount, 0, `outbox_${table}`)
  }
})
