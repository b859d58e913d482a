import test from 'ava'
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseCatalog } from '../../src/catalog/catalog-file.ts'
import { createDatabase } from '../helpers/database.ts'
import { makeFolder, runCommand } from '../helpers/io.ts'

const TABLES = `
CREATE TABLE users (id uuid PRIMARY KEY, name text);
CREATE TABLE calls (id uuid PRIMARY KEY, user_id uuid REFERENCES users);
CREATE SCHEMA sales;
CREATE TABLE sales.orders (id int PRIMARY KEY);
`
const template = TABLES

test('pull writes the catalog, and pulling again touches nothing', async (t) => {
  const [cwd, database] = [await makeFolder(t), await createDatabase(t, { template })]
  const line = ['pull', '--url', database.connectionString]
  const first = await runCommand(line, { cwd })
  t.is(first.stderr, '')
  t.is(first.code, 0)
  t.true(
    first.stdout.startsWith('created  generated/catalog.json\n3 tables and views in 2 schemas of database "'),
  )
  const path = join(cwd, 'generated', 'catalog.json')
  const catalog = parseCatalog(await readFile(path, 'utf8'))
  t.deepEqual(
    catalog.relations.map(({ schema, name }) => `${schema}.${name}`),
    ['public.calls', 'public.users', 'sales.orders'],
  )
  const { mtimeMs } = await stat(path)
  const second = await runCommand(line, { cwd })
  t.true(second.stdout.startsWith('up to date  generated/catalog.json\n'))
  t.is((await stat(path)).mtimeMs, mtimeMs)
  await database.query('ALTER TABLE users ADD COLUMN email text')
  t.true((await runCommand(line, { cwd })).stdout.startsWith('updated  generated/catalog.json\n'))
})

test('pull --schema reads only these, and --json tells what', async (t) => {
  const [cwd, database] = [await makeFolder(t), await createDatabase(t, { template })]
  const env = { DATABASE_URL: database.connectionString }
  const line = ['pull', '--out', 'made', '--json', '--schema']
  const { code, stdout } = await runCommand([...line, 'sales'], { cwd, env })
  t.is(code, 0)
  t.like(JSON.parse(stdout), {
    command: 'pull',
    ok: true,
    schemas: ['sales'],
    relations: 1,
    files: [{ path: 'made/catalog.json', state: 'created' }],
  })
  const wrong = await runCommand([...line, 'slaes'], { cwd, env })
  t.is(wrong.code, 1)
  t.like(JSON.parse(wrong.stdout), { ok: false, error: { code: 'option-invalid' } })
})

for (const command of ['pull', 'init']) {
  test(`${command} of a database that is not there says which, and writes nothing`, async (t) => {
    const cwd = await makeFolder(t)
    const url = 'postgres://me:hush@localhost:1/app'
    const { code, stdout, stderr } = await runCommand([command, '--url', url], { cwd })
    t.is(code, 1)
    t.regex(stderr, /^error connection-failed: database "app" on localhost:1 cannot be reached/)
    t.false((stdout + stderr).includes('hush'))
    t.deepEqual(await readdir(cwd), [])
  })

  test(`${command} without a database named is wrong use`, async (t) => {
    const { code, stderr } = await runCommand([command], { cwd: await makeFolder(t) })
    t.is(code, 2)
    t.regex(stderr, /^error usage: No database is named\./)
  })
}

test('init writes rules that compile, and says what to do next', async (t) => {
  const [cwd, database] = [await makeFolder(t), await createDatabase(t, { template })]
  const line = ['init', '--name', 'Shop', '--url', database.connectionString]
  const { code, stdout, stderr } = await runCommand(line, { cwd })
  t.is(stderr, '')
  t.is(code, 0)
  t.true(stdout.startsWith('created  rules/shop.yaml\na proposal from 3 tables of database "'))
  t.true(stdout.endsWith('next: read it, change it, then stalemate compile\n'))
  const compiled = await runCommand(['compile'], { cwd })
  t.is(compiled.code, 0, compiled.stderr)
  t.true(compiled.stdout.startsWith('shop: 3 caches, 4 watches on 3 tables\n'))
  const applied = await runCommand(['apply', '--url', database.connectionString], { cwd })
  t.is(applied.code, 0, applied.stderr)
})

test('init takes the name of the database for that of the ruleset', async (t) => {
  const [cwd, database] = [await makeFolder(t), await createDatabase(t, { template })]
  const env = { DATABASE_URL: database.connectionString }
  const { stdout } = await runCommand(['init', '--json', '--rules', 'cache'], { cwd, env })
  const name = database.name.slice(0, 40)
  t.like(JSON.parse(stdout), {
    ok: true,
    ruleset: name,
    files: [{ path: `cache/${name}.yaml`, state: 'created' }],
  })
})

test('init touches no rules that are there, but shows what it would propose', async (t) => {
  const [cwd, database] = [await makeFolder(t), await createDatabase(t, { template })]
  await mkdir(join(cwd, 'rules'))
  await writeFile(join(cwd, 'rules', 'mine.yml'), Buffer.from([0xff]))
  const env = { DATABASE_URL: database.connectionString }
  const refused = await runCommand(['init'], { cwd, env })
  t.is(refused.code, 1)
  t.regex(
    refused.stderr,
    /^error file-failed: There are rules already: rules\/mine\.yml\.\nhint: .*--dry-run/,
  )
  const shown = await runCommand(['init', '--dry-run', '--limit', '1'], { cwd, env })
  t.is(shown.code, 0)
  t.true(shown.stdout.startsWith('# yaml-language-server'))
  t.true(shown.stdout.includes('# The other tables.'))
  t.deepEqual(await readdir(join(cwd, 'rules')), ['mine.yml'])
})

test('a limit that is no number is wrong use', async (t) => {
  const { code, stderr } = await runCommand(['init', '--limit', 'all'], { cwd: await makeFolder(t) })
  t.is(code, 2)
  t.regex(stderr, /whole number/)
})
