import { randomBytes } from 'node:crypto'
import test, { type ExecutionContext } from 'ava'
import { compileRules } from '../../src/compile.ts'
import { applyMigrations } from '../../src/database/apply.ts'
import { readDesired } from '../../src/database/desired.ts'
import type { Migration } from '../../src/database/migration.ts'
import { repairDrift } from '../../src/database/repair.ts'
import { rollBack } from '../../src/database/roll-back.ts'
import { readStatus } from '../../src/database/status/status.ts'
import { examine } from '../../src/doctor/examine.ts'
import { readManifest } from '../../src/manifest/read-manifest.ts'
import { checksumOf } from '../../src/plan/checksum.ts'
import { createDatabase } from '../helpers/database.ts'
import { createServer } from '../helpers/server.ts'

const RULES = (ddl: string): string => `
version: 1
name: app
ddl: ${ddl}
caches: { board: { key: "board:{user_id}", params: { user_id: text } } }
tables: { calls: [{ invalidate: board }] }
`
const OURS = `SELECT evtname::text AS name FROM pg_event_trigger ORDER BY 1`
const BOTH = ['stalemate_app_altered', 'stalemate_app_dropped']

/** The files of rules that said `ddl: watch`, or not, one time after another. */
async function compile(times: readonly string[]) {
  let previous: ReadonlyMap<string, string> | undefined
  for (const ddl of times) {
    const { files } = await compileRules({ 'r.yaml': RULES(ddl) }, { previous })
    previous = files
  }
  const files = previous ?? new Map<string, string>()
  const migrations = [...files.keys()].flatMap((path): Migration[] => {
    const [, number, name] = /^migrations\/(\d+)_(\w+)\.up\.sql$/.exec(path) ?? []
    if (number === undefined || name === undefined) return []
    const up = files.get(path) ?? ''
    const down = files.get(path.replace('.up.', '.down.')) ?? ''
    return [{ number: Number(number), name, up, down, checksum: checksumOf(up) }]
  })
  return { files, migrations, desired: readDesired(files) }
}

async function prepare(t: ExecutionContext, times: readonly string[]) {
  const compiled = await compile(times)
  const database = await createDatabase(t, { sql: 'CREATE TABLE calls (user_id text, n int)' })
  const connection = { connectionString: database.connectionString }
  const ours = async () => (await database.query<{ name: string }>(OURS)).rows.map(({ name }) => name)
  const status = async () => (await readStatus({ connection, ...compiled })).drifts
  await applyMigrations({ connection, ruleset: 'app', migrations: compiled.migrations })
  return { ...compiled, database, connection, ours, status }
}

test('the event triggers come and go with `ddl: watch`, and each way back restores what was', async (t) => {
  const { migrations, connection, ours, status } = await prepare(t, ['ignore', 'watch', 'ignore', 'watch'])
  t.is(migrations.length, 4)
  t.deepEqual(await ours(), BOTH)
  t.deepEqual(await status(), [])
  for (const expected of [[], BOTH, [], []]) {
    await rollBack({ connection, ruleset: 'app', migrations })
    t.deepEqual(await ours(), expected)
  }
})

test('the first migration takes its event triggers back, before all else that it drops', async (t) => {
  const { migrations, connection, database, ours } = await prepare(t, ['watch'])
  t.deepEqual(await ours(), BOTH)
  const warnings: unknown[] = []
  const client = await database.connect()
  client.on('notice', ({ severity, message }) => severity === 'WARNING' && warnings.push(message))
  await client.query(migrations[0]?.down ?? '')
  t.deepEqual(warnings, [])
  t.deepEqual(await ours(), [])
  await rollBack({ connection, ruleset: 'app', migrations }).catch(() => {})
  t.is((await database.query(`SELECT FROM pg_namespace WHERE nspname = 'stalemate'`)).rowCount, 0)
})

const DRIFTS: Readonly<Record<string, readonly [sql: string, expected: string]>> = {
  missing: ['DROP EVENT TRIGGER stalemate_app_dropped', 'trigger-missing'],
  disabled: ['ALTER EVENT TRIGGER stalemate_app_altered DISABLE', 'disabled'],
  'for replicas only': ['ALTER EVENT TRIGGER stalemate_app_altered ENABLE REPLICA', 'disabled'],
  'of another function': [
    `DROP EVENT TRIGGER stalemate_app_dropped;
     CREATE EVENT TRIGGER stalemate_app_dropped ON sql_drop EXECUTE FUNCTION stalemate.stalemate_app_altered()`,
    'trigger',
  ],
  'for other commands': [
    `DROP EVENT TRIGGER stalemate_app_altered;
     CREATE EVENT TRIGGER stalemate_app_altered ON ddl_command_end WHEN TAG IN ('CREATE TABLE')
       EXECUTE FUNCTION stalemate.stalemate_app_altered()`,
    'trigger',
  ],
  'with another body': [
    `CREATE OR REPLACE FUNCTION stalemate.stalemate_app_dropped() RETURNS event_trigger LANGUAGE plpgsql
       SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS 'BEGIN END'`,
    'body',
  ],
}
for (const [what, [sql, kind]] of Object.entries(DRIFTS)) {
  test(`an event trigger ${what} is drift, and is mended`, async (t) => {
    const { files, database, connection, status, ...compiled } = await prepare(t, ['watch'])
    await database.query(sql)
    t.deepEqual(
      (await status()).map((drift) => drift.kind),
      [kind],
    )
    const manifest = readManifest(JSON.parse(files.get('manifest.json') ?? ''))
    const told = (await examine({ connection, manifest })).filter(({ message }) =>
      /event trigger/.test(message),
    )
    t.is(told.length, ['trigger-missing', 'disabled'].includes(kind) ? 1 : 0)
    const { left } = await repairDrift({ connection, ...compiled })
    t.deepEqual(left, [])
    t.deepEqual(await status(), [])
  })
}

test('a role that is no superuser gets all the rest, a warning, and drift that a superuser can mend', async (t) => {
  const server = await createServer(t)
  const password = randomBytes(12).toString('hex')
  const database = await createDatabase(t, { server: server.connectionString })
  await database.query(`CREATE ROLE app_owner LOGIN PASSWORD '${password}';
    GRANT CREATE ON DATABASE ${database.name} TO app_owner;
    CREATE TABLE calls (user_id text, n int); ALTER TABLE calls OWNER TO app_owner`)
  const url = new URL(database.connectionString)
  url.username = 'app_owner'
  url.password = password
  const { migrations, desired } = await compile(['watch'])
  const owner = await database.connect({ connectionString: url.href })
  const warnings: string[] = []
  owner.on('notice', ({ severity, message = '' }) => severity === 'WARNING' && warnings.push(message))
  await owner.query(migrations[0]?.up ?? '')
  t.regex(warnings.join('\n'), /event triggers of ruleset app are not made, since only a superuser/)
  const connection = { connectionString: database.connectionString }
  const { drifts } = await readStatus({ connection, migrations, desired })
  t.deepEqual(new Set(drifts.map(({ kind }) => kind)), new Set(['trigger-missing']))
  const asOwner = { connectionString: url.href }
  await t.throwsAsync(
    repairDrift({ connection: asOwner, migrations, desired, dryRun: false }).then(({ left }) => {
      if (left.length > 0) throw new Error('left')
    }),
  )
  t.deepEqual((await repairDrift({ connection, migrations, desired })).left, [])
  // The functions are the owner's, so that what they do is done with the owner's rights.
  await owner.query('ALTER TABLE calls ALTER n TYPE bigint')
  const { rows } = await database.query<{ message: string }>('SELECT message FROM stalemate.outbox_0')
  t.true(rows.some(({ message }) => message.includes('["board","ddl"]')))
  await owner.query(migrations[0]?.down ?? '')
  t.is((await database.query(OURS)).rowCount, 0, 'the event trigger of the superuser goes with its function')
})

test('a command whose doing can not be found out succeeds, and tells all watched tables', async (t) => {
  const { database } = await prepare(t, ['watch'])
  await database.query(`CREATE OR REPLACE FUNCTION stalemate.cover_v1(parent regclass) RETURNS SETOF regclass
    LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''not now''; END'`)
  const warnings: string[] = []
  const client = await database.connect()
  client.on('notice', ({ severity, message = '' }) => severity === 'WARNING' && warnings.push(message))
  await client.query('CREATE TABLE more_calls () INHERITS (calls)')
  t.deepEqual(warnings, [
    'stalemate: what CREATE TABLE has done to cached values is not known, so all tables are told: not now',
  ])
  const { rows } = await database.query<{ message: string }>('SELECT message FROM stalemate.outbox_0')
  t.deepEqual(
    rows.map(({ message }) => JSON.parse(message)),
    [{ v: 1, t: 'calls', o: 'truncate', d: [['board', 'ddl']] }],
  )
})

test('a command that can not be told of fails, as a statement whose triggers can not tell', async (t) => {
  const { database } = await prepare(t, ['watch'])
  const { rows } = await database.query<{ signature: string }>(
    `SELECT oid::regprocedure::text AS signature FROM pg_proc WHERE pronamespace = 'stalemate'::regnamespace AND proname LIKE 'outbox%'`,
  )
  t.true(rows.length > 0)
  for (const { signature } of rows) await database.query(`DROP FUNCTION ${signature} CASCADE`)
  await t.throwsAsync(database.query('ALTER TABLE calls ALTER n TYPE bigint'), { code: '42883' })
  await database.query('CREATE TABLE other (n int)')
})

test('migrations to another feed and back, up and down, leave no event trigger that a command fails by', async (t) => {
  const { migrations, database, connection, status } = await prepare(t, [
    'watch',
    'watch\nfeed: notify',
    'watch',
  ])
  t.is(migrations.length, 3)
  t.deepEqual(await status(), [])
  const alter = 'ALTER TABLE calls ALTER n TYPE bigint'
  await database.query(alter)
  for (const _ of migrations) {
    await rollBack({ connection, ruleset: 'app', migrations })
    await database.query(alter)
  }
})
