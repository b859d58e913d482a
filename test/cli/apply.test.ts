import test from 'ava'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { createDatabase } from '../helpers/database.ts'
import { makeFolder, runCommand } from '../helpers/io.ts'
import type { ExecutionContext } from 'ava'
import type { AddressInfo } from 'node:net'
import type { TestDatabase } from '../helpers/database.ts'
import { waitUntil } from '../helpers/wait.ts'

const RULES = `version: 1
name: shop
caches:
  basket:
    key: basket:{user_id}
    params: { user_id: uuid }
tables:
  items:
    - invalidate: basket
`
const TABLES = 'CREATE TABLE items (id int PRIMARY KEY, user_id uuid, amount int)'

/** A project folder with compiled rules. */
async function makeProject(t: ExecutionContext): Promise<string> {
  const cwd = await makeFolder(t)
  await mkdir(join(cwd, 'rules'))
  await writeFile(join(cwd, 'rules', 'shop.yaml'), RULES)
  const { code, stderr } = await runCommand(['compile'], { cwd })
  t.is(code, 0, stderr)
  return cwd
}

/** What is there of ours, with the ids that change when it is made anew. */
async function readInstalled(database: TestDatabase): Promise<unknown[]> {
  const { rows } = await database.query(`
    SELECT 'trigger' AS kind, tgname AS name, oid, xmin::text FROM pg_trigger WHERE tgname LIKE 'stalemate%'
    UNION ALL SELECT 'function', p.proname, p.oid, p.xmin::text FROM pg_proc p
      JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = 'stalemate'
    UNION ALL SELECT 'relation', c.relname, c.oid, c.xmin::text FROM pg_class c
      JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'stalemate'
    ORDER BY 1, 2`)
  return rows
}

test('apply installs the triggers, and applying again touches nothing', async (t) => {
  const [cwd, database] = [await makeProject(t), await createDatabase(t, { sql: TABLES })]
  const line = ['apply', '--url', database.connectionString]
  const first = await runCommand(line, { cwd })
  t.is(first.stderr, '')
  t.is(first.code, 0)
  t.true(first.stdout.startsWith('applied  0001_initial\n'))
  t.true(first.stdout.includes(`database "${database.name}"`))
  const installed = await readInstalled(database)
  t.true(installed.length > 4)
  const second = await runCommand(line, { cwd })
  t.is(second.code, 0)
  t.regex(second.stdout, /^up to date {2}database "\w+" on \S+; nothing was touched\n$/)
  t.deepEqual(await readInstalled(database), installed)
})

test('apply --dry-run prints SQL that can be run, and touches nothing', async (t) => {
  const [cwd, database] = [await makeProject(t), await createDatabase(t, { sql: TABLES })]
  const env = { DATABASE_URL: database.connectionString }
  const { code, stdout, stderr } = await runCommand(['apply', '--dry-run'], { cwd, env })
  t.is(stderr, '')
  t.is(code, 0)
  t.deepEqual(await readInstalled(database), [])
  await database.query(stdout)
  const installed = await readInstalled(database)
  t.true(installed.length > 4)
  const after = await runCommand(['apply'], { cwd, env })
  t.regex(after.stdout, /^up to date /)
  t.deepEqual(await readInstalled(database), installed)
})

test('where records are lost, apply refuses, and --repair mends without installing anew', async (t) => {
  const [cwd, database] = [await makeProject(t), await createDatabase(t, { sql: TABLES })]
  const env = { DATABASE_URL: database.connectionString }
  await runCommand(['apply'], { cwd, env })
  await database.query('TRUNCATE stalemate.migrations')
  await database.query('ALTER TABLE items DISABLE TRIGGER stalemate_shop_insert')
  const refused = await runCommand(['apply'], { cwd, env })
  t.is(refused.code, 1)
  t.regex(refused.stderr, /no record says by which migrations/)
  const mended = await runCommand(['apply', '--repair'], { cwd, env })
  t.is(mended.code, 0, mended.stderr)
  t.regex(mended.stdout, /mended {2}trigger stalemate_shop_insert on public\.items: disabled/)
  t.is((await runCommand(['status'], { cwd, env })).code, 0)
})

test('apply finds the database by the PG* variables', async (t) => {
  const [cwd, database] = [await makeProject(t), await createDatabase(t, { sql: TABLES })]
  const url = new URL(database.connectionString)
  const env = {
    PGHOST: decodeURIComponent(url.searchParams.get('host') ?? url.hostname),
    PGPORT: url.port || url.searchParams.get('port') || '5432',
    PGUSER: decodeURIComponent(url.username),
    PGPASSWORD: decodeURIComponent(url.password),
    PGDATABASE: database.name,
  }
  const { code, stderr } = await runCommand(['apply'], { cwd, env })
  t.is(stderr, '')
  t.is(code, 0)
})

test('apply --json tells what was applied and what already was', async (t) => {
  const [cwd, database] = [await makeProject(t), await createDatabase(t, { sql: TABLES })]
  const apply = async (...more: string[]): Promise<unknown> => {
    const { stdout } = await runCommand(['apply', '--json', ...more], {
      cwd,
      env: { DATABASE_URL: database.connectionString },
      terminal: true,
    })
    return JSON.parse(stdout)
  }
  t.like(await apply('--dry-run'), { ok: true, dryRun: true, pending: ['0001_initial'], already: [] })
  t.like(await apply(), { command: 'apply', ok: true, dryRun: false, applied: ['0001_initial'], already: [] })
  t.like(await apply(), { ok: true, applied: [], already: ['0001_initial'] })
})

test('apply without a database named is wrong use', async (t) => {
  const { code, stderr } = await runCommand(['apply'], { cwd: await makeProject(t) })
  t.is(code, 2)
  t.regex(stderr, /^error usage: No database is named\.\nhint: .*--url.*DATABASE_URL.*PGHOST/)
})

test('a URL of another kind is wrong use, and its password stays hidden', async (t) => {
  for (const url of ['mysql://me:hush@host/db', 'postgres://me:hush@host:port/db', 'hush']) {
    const { code, stdout, stderr } = await runCommand(['apply', '--debug', '--url', url], {
      cwd: await makeProject(t),
    })
    t.is(code, 2)
    t.true(stderr.startsWith('error usage: --url is not a connection URL.\nhint: '), stderr)
    t.false((stdout + stderr).includes('hush'), stderr)
  }
})

test('apply before compile says so', async (t) => {
  const cwd = await makeFolder(t)
  const line = ['apply', '--url', 'postgres://localhost:1/app']
  const missing = await runCommand(line, { cwd })
  t.is(missing.code, 1)
  t.is(
    missing.stderr,
    'error file-failed: generated/migrations cannot be read: no such file or directory.\n' +
      'hint: Run stalemate compile first, or name the folder with --dir.\n',
  )
  await mkdir(join(cwd, 'generated', 'migrations'), { recursive: true })
  t.regex((await runCommand(line, { cwd })).stderr, /generated\/migrations holds no migration\./)
})

test('a migration without its way back is not applied', async (t) => {
  const cwd = await makeProject(t)
  await rm(join(cwd, 'generated', 'migrations', '0001_initial.down.sql'))
  const { code, stderr } = await runCommand(['apply', '--url', 'postgres://localhost:1/app'], { cwd })
  t.is(code, 1)
  t.regex(stderr, /0001_initial\.down\.sql cannot be read: no such file/)
})

test('two migrations of one number are not applied', async (t) => {
  const cwd = await makeProject(t)
  for (const way of ['up', 'down'])
    await writeFile(join(cwd, 'generated', 'migrations', `0001_other.${way}.sql`), '')
  const { code, stderr } = await runCommand(['apply', '--url', 'postgres://localhost:1/app'], { cwd })
  t.is(code, 1)
  t.regex(stderr, /holds two migrations with the number 1\./)
})

/** A server that answers every first message with an error, as PostgreSQL words it. */
async function refuseAll(t: ExecutionContext, sqlState: string, message: string): Promise<number> {
  const fields = Buffer.from(`SFATAL\0VFATAL\0C${sqlState}\0M${message}\0\0`)
  const length = Buffer.alloc(4)
  length.writeInt32BE(fields.length + 4)
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', () => socket.end(Buffer.concat([Buffer.from('E'), length, fields])))
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  t.teardown(() => server.close())
  return (server.address() as AddressInfo).port
}

test('a server that is not there is named with what to do, and the password stays hidden', async (t) => {
  const cwd = await makeProject(t)
  const line = ['apply', '--debug', '--url', 'postgres://me:hush@127.0.0.1:1/app']
  const { code, stdout, stderr } = await runCommand(line, { cwd })
  t.is(code, 1)
  t.true(
    stderr.startsWith(
      'error connection-failed: database "app" on 127.0.0.1:1 cannot be reached: connection refused.\n' +
        'hint: Check that PostgreSQL runs there, and that host and port are right.\n',
    ),
    stderr,
  )
  t.false((stdout + stderr).includes('hush'))
})

test('a wrong password is told without it', async (t) => {
  const cwd = await makeProject(t)
  const port = await refuseAll(t, '28P01', 'password authentication failed for user "me"')
  for (const more of [[], ['--json'], ['--debug']]) {
    const line = ['apply', '--url', `postgres://me:hush@127.0.0.1:${port}/app`, ...more]
    const { code, stdout, stderr } = await runCommand(line, { cwd })
    t.is(code, 1)
    t.regex(stdout + stderr, /cannot be reached: user or password is wrong\./)
    t.false((stdout + stderr).includes('hush'))
  }
})

test('a database that does not exist is told', async (t) => {
  const [cwd, database] = [await makeProject(t), await createDatabase(t)]
  const url = database.connectionString.replace(database.name, 'no_such')
  const { code, stderr } = await runCommand(['apply', '--url', url], { cwd })
  t.is(code, 1)
  t.regex(
    stderr,
    /^error connection-failed: database "no_such" on .* cannot be reached: the database does not/,
  )
})

test('a migration whose tables are missing leaves nothing behind', async (t) => {
  const [cwd, database] = [await makeProject(t), await createDatabase(t)]
  const { code, stderr } = await runCommand(['apply', '--url', database.connectionString], { cwd })
  t.is(code, 1)
  t.regex(stderr, /^error migration-failed: .*items/)
  t.deepEqual(await readInstalled(database), [])
})

test('a lock that others hold ends apply after the time given', async (t) => {
  const [cwd, database] = [await makeProject(t), await createDatabase(t, { sql: TABLES })]
  const other = await database.connect()
  await other.query('BEGIN; INSERT INTO items VALUES (1, NULL, 1)')
  const line = ['apply', '--url', database.connectionString, '--lock-timeout', '50ms']
  const { code, stderr } = await runCommand(line, { cwd })
  t.is(code, 1)
  t.regex(stderr, /^error lock-timeout: /)
  t.deepEqual(await readInstalled(database), [])
})

test('Ctrl-C ends an apply that waits for a lock', async (t) => {
  const [cwd, database] = [await makeProject(t), await createDatabase(t, { sql: TABLES })]
  const other = await database.connect()
  await other.query('BEGIN; LOCK TABLE items')
  const abort = new AbortController()
  const running = runCommand(['apply', '--url', database.connectionString, '--lock-timeout', '1m'], {
    cwd,
    signal: abort.signal,
  })
  const waiting = `SELECT FROM pg_locks WHERE NOT granted AND database = (SELECT oid FROM pg_database
    WHERE datname = current_database())`
  let ended: string | undefined
  void running.then(({ stderr }) => (ended = stderr))
  await waitUntil(async () => {
    if (ended !== undefined) throw new Error(`It ended before it waited: ${ended}`)
    return (await database.query(waiting)).rowCount !== 0
  }, 'an apply that waits for a lock')
  abort.abort('SIGINT')
  t.is((await running).code, 130)
})

test('down takes back what was applied last, and apply installs it again', async (t) => {
  const [cwd, database] = [await makeProject(t), await createDatabase(t, { sql: TABLES })]
  const env = { DATABASE_URL: database.connectionString }
  await runCommand(['apply'], { cwd, env })
  const installed = (await readInstalled(database)).length
  await writeFile(join(cwd, 'rules', 'shop.yaml'), `${RULES}      when: amount > 0\n`)
  t.is((await runCommand(['compile'], { cwd })).code, 0)
  t.is((await runCommand(['apply'], { cwd, env })).stdout.split('\n')[0], 'applied  0002_change_items')
  const planned = await runCommand(['down', '--dry-run', '--steps', '2'], { cwd, env })
  t.regex(planned.stdout, /^-- to be run on .*\n\n-- 0002_change_items\n[^]*\n-- 0001_initial\n/)
  const last = await runCommand(['down'], { cwd, env })
  t.is(last.stderr, '')
  t.is(last.code, 0)
  t.regex(last.stdout, /^taken back {2}0002_change_items\n1 migration on database /)
  t.is((await readInstalled(database)).length, installed)
  const first = await runCommand(['down', '--json'], { cwd, env })
  t.like(JSON.parse(first.stdout), { command: 'down', ok: true, dryRun: false, rolledBack: ['0001_initial'] })
  t.deepEqual(await readInstalled(database), [])
  t.regex(
    (await runCommand(['down'], { cwd, env })).stdout,
    /has no migration of these rules; nothing was touched/,
  )
  t.is((await runCommand(['apply'], { cwd, env })).code, 0)
  t.is((await runCommand(['down', '--steps', '0'], { cwd, env })).code, 2)
})
