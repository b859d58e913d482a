import test from 'ava'
import { readCoverage } from '../../src/coverage/read-coverage.ts'
import { buildManifest } from '../../src/emit/manifest.ts'
import { install, listenTo, describe, migrationSql } from '../helpers/installation.ts'
import { cacheRule, makePlan, tableRule } from '../helpers/plans.ts'
import type { TestDatabase } from '../helpers/database.ts'

const rules = (name: string) =>
  makePlan(
    [cacheRule('board', 'board:{user_id}', {})],
    [
      tableRule({ table: 'calls', cache: 'board', params: { user_id: 'user_id' } }),
      tableRule({ table: 'calls', schema: 'archive', cache: 'board', params: { user_id: 'user_id' } }),
    ],
    { name },
  )

const TABLES = `CREATE SCHEMA archive; CREATE TABLE calls (user_id text); CREATE TABLE archive.calls (user_id text)`

/** Everything that could be left behind. */
async function inventory(database: TestDatabase): Promise<readonly unknown[]> {
  const { rows } = await database.query(`
    SELECT 'trigger' AS kind, tgname::text AS name FROM pg_trigger
    UNION ALL SELECT 'function', oid::regprocedure::text FROM pg_proc
    UNION ALL SELECT 'relation', oid::regclass::text FROM pg_class WHERE relnamespace <> 'pg_toast'::regnamespace
    UNION ALL SELECT 'schema', nspname FROM pg_namespace
    UNION ALL SELECT 'comment', description FROM pg_description
    ORDER BY 1, 2`)
  return rows
}

test('down removes everything that up made', async (t) => {
  const plan = rules('app')
  const { database } = await install(t, plan, TABLES)
  await database.query(migrationSql(plan).down)
  const before = await inventory(database)
  await database.query(migrationSql(plan).up)
  t.notDeepEqual(await inventory(database), before)
  await database.query(migrationSql(plan).down)
  t.deepEqual(await inventory(database), before)
  t.is((await database.query(`SELECT FROM pg_namespace WHERE nspname = 'stalemate'`)).rowCount, 0)
})

test('down leaves a schema in which somebody else put something', async (t) => {
  const plan = rules('app')
  const { database } = await install(t, plan, TABLES)
  await database.query('CREATE TABLE stalemate.mine (id int)')
  await database.query(migrationSql(plan).down)
  t.is((await database.query('SELECT FROM stalemate.mine')).rowCount, 0)
})

test('down removes the triggers of a table that was renamed, or dropped', async (t) => {
  const plan = rules('app')
  const { database } = await install(t, plan, TABLES)
  await database.query('ALTER TABLE calls RENAME TO phone_calls; DROP TABLE archive.calls')
  await database.query(migrationSql(plan).down)
  t.is((await database.query(`SELECT FROM pg_trigger WHERE tgrelid = 'phone_calls'::regclass`)).rowCount, 0)
})

test('two rulesets share a database, and one goes without the other', async (t) => {
  const one = rules('one')
  const two = rules('two')
  const { database, writer, sentBy } = await install(t, one, TABLES)
  await database.query(migrationSql(two).up)
  const heardByTwo = await listenTo(database, two.channel)
  t.deepEqual(await sentBy(`INSERT INTO calls VALUES ('a')`), ['insert board user_id=a'])
  t.deepEqual(describe(await heardByTwo()), ['insert board user_id=a'])
  await database.query(migrationSql(one).down)
  t.deepEqual(await sentBy(`INSERT INTO calls VALUES ('b')`), ['plan'], 'the runtimes hear that it went')
  t.deepEqual(describe(await heardByTwo()), ['insert board user_id=b'])
  await writer.query(migrationSql(two).down)
  t.is((await database.query(`SELECT FROM pg_namespace WHERE nspname = 'stalemate'`)).rowCount, 0)
})

test('what is installed covers the manifest, and what was changed by hand does not', async (t) => {
  const plan = rules('app')
  const { database, writer } = await install(t, plan, TABLES)
  const coverage = () =>
    readCoverage(async (text, values) => await writer.query(text, [...values]), buildManifest(plan))
  t.deepEqual(await coverage(), [])
  await database.query('ALTER TABLE calls DISABLE TRIGGER stalemate_app_update')
  t.deepEqual(await coverage(), [{ table: 'calls', trigger: 'stalemate_app_update', reason: 'disabled' }])
})

test('every object says what it is and whose', async (t) => {
  const { database } = await install(t, rules('app'), TABLES)
  const { rows } = await database.query<{ name: string; comment: string }>(`
    SELECT p.oid::regprocedure::text AS name, obj_description(p.oid, 'pg_proc') AS comment FROM pg_proc p
    WHERE pronamespace = 'stalemate'::regnamespace
    UNION ALL SELECT tgname::text, obj_description(oid, 'pg_trigger') FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL SELECT nspname::text, obj_description(oid, 'pg_namespace') FROM pg_namespace WHERE nspname = 'stalemate'`)
  t.is(rows.length, 2 + 8 + 8 + 1)
  for (const { comment } of rows) t.regex(comment, /^stalemate/)
  t.true(rows.some(({ comment }) => comment.includes('ruleset app: update of archive.calls')))
})

test('the functions run with the rights of their owner and a path that nobody can change', async (t) => {
  const { database } = await install(t, rules('app'), TABLES)
  const { rows } = await database.query<{ definer: boolean; config: string[] | null; acl: string }>(`
    SELECT prosecdef AS definer, proconfig AS config, has_function_privilege('public', oid, 'EXECUTE')::text AS acl
    FROM pg_proc WHERE pronamespace = 'stalemate'::regnamespace AND prorettype = 'trigger'::regtype`)
  t.is(rows.length, 8)
  for (const row of rows) {
    t.deepEqual(row, { definer: true, config: ['search_path=pg_catalog, pg_temp'], acl: 'false' })
  }
})
