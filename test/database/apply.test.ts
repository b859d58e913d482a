import test from 'ava'
import { applyMigrations, type ApplyOptions } from '../../src/database/apply.ts'
import { checksumOf } from '../../src/plan/checksum.ts'
import type { Migration } from '../../src/database/migration.ts'
import { StalemateError } from '../../src/errors.ts'
import { createDatabase, type TestDatabase } from '../helpers/database.ts'
import { migrationSql } from '../helpers/installation.ts'
import { cacheRule, makePlan, tableRule } from '../helpers/plans.ts'
import { createProxy } from '../helpers/proxy.ts'
import type { Test } from '../helpers/test.ts'

function migration(number: number, name: string, up: string, down = ''): Migration {
  return { number, name, up, down, checksum: checksumOf(up) }
}

const plan = makePlan(
  [cacheRule('board', 'board:{user_id}', {})],
  [tableRule({ table: 'calls', cache: 'board', params: { user_id: 'user_id' } })],
)
const { up, down } = migrationSql(plan)
const initial = migration(1, 'initial', up, down)

async function prepare(t: Test) {
  const database = await createDatabase(t, { sql: 'CREATE TABLE calls (user_id text)' })
  const apply = (migrations: readonly Migration[], more: Partial<ApplyOptions> = {}) =>
    applyMigrations({
      connection: { connectionString: database.connectionString },
      ruleset: 'app',
      migrations,
      ...more,
    })
  return { database, apply }
}

async function triggers(database: TestDatabase): Promise<number> {
  return (await database.query(`SELECT FROM pg_trigger WHERE NOT tgisinternal`)).rowCount ?? 0
}

/** Who wrote each row of the catalogs and of our table: unchanged rows keep theirs. */
async function writtenBy(database: TestDatabase): Promise<readonly unknown[]> {
  const { rows } = await database.query(`
    SELECT 'class' AS of, oid, xmin::text, ctid::text FROM pg_class
    UNION ALL SELECT 'proc', oid, xmin::text, ctid::text FROM pg_proc
    UNION ALL SELECT 'trigger', oid, xmin::text, ctid::text FROM pg_trigger
    UNION ALL SELECT 'namespace', oid, xmin::text, ctid::text FROM pg_namespace
    UNION ALL SELECT 'description', objoid, xmin::text, ctid::text FROM pg_description
    UNION ALL SELECT 'migration', number, xmin::text, ctid::text FROM stalemate.migrations
    ORDER BY 1, 2, 3, 4`)
  return rows
}

/** A session in which PostgreSQL refuses to write. */
const readOnly = ({ connectionString }: TestDatabase) => ({
  connection: { connectionString, options: '-c default_transaction_read_only=on' },
})

test('pending migrations are applied in the order of their numbers, and recorded', async (t) => {
  const { database, apply } = await prepare(t)
  const second = migration(2, 'more', `COMMENT ON FUNCTION stalemate.app__calls_insert() IS 'stalemate: 2'`)
  const third = migration(10, 'last', `COMMENT ON FUNCTION stalemate.app__calls_insert() IS 'stalemate: 10'`)
  const { applied } = await apply([third, initial, second])
  t.deepEqual(
    applied.map(({ number }) => number),
    [1, 2, 10],
  )
  t.is(await triggers(database), 4)
  const { rows } = await database.query(
    `SELECT ruleset, number, name, checksum, applied_at <= now() AS past FROM stalemate.migrations ORDER BY number`,
  )
  t.deepEqual(rows[0], { ruleset: 'app', number: 1, name: 'initial', checksum: checksumOf(up), past: true })
  t.is(rows.length, 3)
  const { rows: comments } = await database.query(
    `SELECT obj_description('stalemate.app__calls_insert'::regproc, 'pg_proc') AS comment`,
  )
  t.deepEqual(comments, [{ comment: 'stalemate: 10' }])
})

test('what was applied is not touched again', async (t) => {
  const { database, apply } = await prepare(t)
  await apply([initial])
  const before = await writtenBy(database)
  t.deepEqual(await apply([initial], readOnly(database)), { applied: [] })
  t.deepEqual(await writtenBy(database), before)
})

test('applying what is applied waits for no lock', async (t) => {
  const { database, apply } = await prepare(t)
  await apply([initial])
  const holder = await database.connect()
  await holder.query(
    'BEGIN; LOCK TABLE calls IN ACCESS EXCLUSIVE MODE; SELECT pg_advisory_xact_lock(8319381529846178164)',
  )
  t.deepEqual(await apply([initial], { lockTimeout: 1 }), { applied: [] })
  await holder.query('ROLLBACK')
})

test('a dry run says what is pending and writes nothing', async (t) => {
  const { database, apply } = await prepare(t)
  const { applied } = await apply([initial], { dryRun: true, ...readOnly(database) })
  t.deepEqual(applied, [initial])
  t.is((await database.query(`SELECT FROM pg_namespace WHERE nspname = 'stalemate'`)).rowCount, 0)
})

test('a lock that is not free in time gives up, says so, and leaves nothing', async (t) => {
  const { database, apply } = await prepare(t)
  const holder = await database.connect()
  await holder.query(`BEGIN; INSERT INTO calls VALUES ('a')`)
  const error = await t.throwsAsync(apply([initial], { lockTimeout: 30 }), { instanceOf: StalemateError })
  t.is(error.code, 'lock-timeout')
  t.regex(error.message, /0001_initial .* 30 ms/)
  t.regex(error.hint ?? '', /try again/)
  t.is((await database.query(`SELECT FROM pg_namespace WHERE nspname = 'stalemate'`)).rowCount, 0)
  await holder.query('COMMIT')
  t.is((await apply([initial], { lockTimeout: 30 })).applied.length, 1)
})

test('two that apply at once apply each migration once', async (t) => {
  const { database, apply } = await prepare(t)
  const results = await Promise.all([apply([initial]), apply([initial]), apply([initial])])
  t.is(results.flatMap(({ applied }) => applied).length, 1)
  t.is(await triggers(database), 4)
})

test('a recorded migration whose file has changed is an error, other line ends are not', async (t) => {
  const { apply } = await prepare(t)
  await apply([initial])
  t.deepEqual(await apply([migration(1, 'initial', up.replaceAll('\n', '\r\n'))]), { applied: [] })
  const error = await t.throwsAsync(apply([migration(1, 'initial', `${up}-- more`)]), {
    instanceOf: StalemateError,
  })
  t.is(error.code, 'migration-changed')
  t.truthy(error.hint)
})

test('a migration that fails leaves nothing of itself, and those before it stay', async (t) => {
  const { database, apply } = await prepare(t)
  const bad = migration(2, 'bad', `CREATE TABLE stalemate.half (id int); SELECT nonsense`)
  const error = await t.throwsAsync(apply([initial, bad]), { instanceOf: StalemateError })
  t.is(error.code, 'migration-failed')
  t.regex(error.message, /0002_bad .*nonsense/)
  t.is(await triggers(database), 4)
  t.is((await database.query(`SELECT FROM pg_class WHERE relname = 'half'`)).rowCount, 0)
  t.is((await database.query(`SELECT FROM stalemate.migrations`)).rowCount, 1)
})

test('a table that is not there fails the migration with its name', async (t) => {
  const { database, apply } = await prepare(t)
  await database.query('DROP TABLE calls')
  await t.throwsAsync(apply([initial]), { code: 'migration-failed', message: /public\.calls/ })
})

test('a database that cannot be reached is told by its code', async (t) => {
  const options = { ruleset: 'app', migrations: [initial] }
  await t.throwsAsync(applyMigrations({ connection: { host: '/nowhere' }, ...options }), {
    code: 'connection-failed',
  })
})

test('taking the migration back takes its record along, so that it can be applied again', async (t) => {
  const { database, apply } = await prepare(t)
  await apply([initial])
  await database.query(down)
  t.is((await database.query(`SELECT FROM pg_namespace WHERE nspname = 'stalemate'`)).rowCount, 0)
  t.is((await apply([initial])).applied.length, 1)
  t.is(await triggers(database), 4)
})

test('records of another ruleset stay', async (t) => {
  const { database, apply } = await prepare(t)
  const other = migrationSql({ ...plan, ruleset: 'other' })
  await apply([initial])
  await apply([migration(1, 'initial', 'SELECT 1', other.down)], { ruleset: 'other' })
  await database.query(down)
  const { rows } = await database.query('SELECT ruleset FROM stalemate.migrations')
  t.deepEqual(rows, [{ ruleset: 'other' }])
})

/** Waits, in the server, until so many sessions of `apply` wait for a lock; fails after ten seconds. */
const lockWaiters = (count: number): string => `DO $$
BEGIN
  FOR attempt IN 1..1000 LOOP
    PERFORM pg_stat_clear_snapshot();
    IF ${count} = (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
                   AND application_name = 'stalemate apply' AND wait_event_type = 'Lock') THEN RETURN; END IF;
    PERFORM pg_sleep(0.01);
  END LOOP;
  RAISE 'there are not ${count} sessions that wait';
END $$`

test('a request for a lock ends with the one who made it, and holds up writers no longer', async (t) => {
  const { database, apply } = await prepare(t)
  const proxy = await createProxy(t, { target: database.connectionString })
  const blocker = await database.connect()
  await blocker.query('BEGIN; LOCK TABLE calls IN ROW EXCLUSIVE MODE')
  const connection = { connectionString: proxy.connectionString }
  const applying = t.throwsAsync(apply([initial], { connection, lockTimeout: 600_000 }))
  await database.query(lockWaiters(1))
  proxy.cut()
  await applying
  await t.notThrowsAsync(database.query(lockWaiters(0)))
})

test('triggers without records are neither installed again nor taken for missing', async (t) => {
  const { database, apply } = await prepare(t)
  await apply([initial])
  await database.query('DROP TABLE stalemate.migrations')
  await t.throwsAsync(apply([initial]), { code: 'migration-unrecorded' })
  await t.throwsAsync(apply([initial], { dryRun: true }), { code: 'migration-unrecorded' })
  t.deepEqual(await apply([initial], { unrecorded: 'leave' }), { applied: [] })
  t.is(await triggers(database), 4)
  // The names of another ruleset may begin as this one's do.
  t.deepEqual(await apply([], { ruleset: 'ap' }), { applied: [] })
  await database.query(down)
  t.is((await apply([initial])).applied.length, 1)
})

test('a role that may not says which one may', async (t) => {
  const { database, apply } = await prepare(t)
  await apply([initial])
  const role = `other_${database.name}`
  await database.query(`CREATE ROLE ${role} LOGIN; GRANT CREATE ON DATABASE ${database.name} TO ${role};
    CREATE TABLE notes (user_id text); ALTER TABLE notes OWNER TO ${role}`)
  t.teardown(() => database.query(`DROP OWNED BY ${role}; DROP TABLE IF EXISTS notes; DROP ROLE ${role}`))
  const other = makePlan(
    [cacheRule('board', 'board:{user_id}', {})],
    [tableRule({ table: 'notes', cache: 'board', params: { user_id: 'user_id' } })],
    { name: 'second' },
  )
  const connection = { connectionString: database.connectionString, options: `-c role=${role}` }
  const pending = [migration(1, 'initial', migrationSql(other).up)]
  for (const grants of [
    'SELECT',
    'GRANT USAGE, CREATE ON SCHEMA stalemate TO ROLE; GRANT SELECT ON stalemate.migrations TO ROLE',
  ]) {
    await database.query(grants.replaceAll('ROLE', role))
    const error = await t.throwsAsync<StalemateError>(apply(pending, { ruleset: 'second', connection }), {
      code: 'migration-failed',
    })
    t.regex(error?.message ?? '', /permission denied|must be owner/)
    t.regex(error?.hint ?? '', /belongs to the role that came first/)
    t.is(await triggers(database), 4)
  }
})
