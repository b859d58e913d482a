import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { createDatabase } from '../helpers/database.ts'
import { makeFolder, runCommand } from '../helpers/io.ts'

const SCHEMA = `
CREATE TABLE users (id int PRIMARY KEY, name text NOT NULL);
CREATE TABLE orders (id int PRIMARY KEY, user_id int NOT NULL, total int NOT NULL);
`
const RULES = `version: 1
name: shop
caches:
  basket:
    key: basket:{user_id}
    params: { user_id: int }
    query: SELECT u.name, o.total FROM users u JOIN orders o ON o.user_id = u.id WHERE u.id = :user_id
`

test('compile asks --url or --schema what queries mean, and check needs neither', async (t) => {
  const cwd = await makeFolder(t)
  await mkdir(join(cwd, 'rules'))
  await writeFile(join(cwd, 'rules/shop.yaml'), RULES)
  await writeFile(join(cwd, 'schema.sql'), `\\restrict abc\n${SCHEMA}SELECT pg_catalog.set_config('search_path', '', false);\n\\unrestrict abc\n`) // prettier-ignore
  const database = await createDatabase(t, { sql: SCHEMA })

  const unasked = await runCommand(['compile'], { cwd })
  t.is(unasked.code, 1)
  t.regex(unasked.stderr, /error query-not-locked {2}No database has been asked yet what the query means\./)

  const nowhere = await runCommand(['compile', '--schema', 'nothing.sql'], { cwd })
  t.is(nowhere.code, 1)
  t.regex(nowhere.stderr, /nothing\.sql cannot be read/)

  const dumped = await runCommand(['compile', '--schema', 'schema.sql'], { cwd })
  t.is(dumped.code, 0, dumped.stderr)
  const lock = await readFile(join(cwd, 'generated/queries.lock.json'), 'utf8')
  t.is((await runCommand(['check'], { cwd })).code, 0)

  const asked = await runCommand(['compile', '--url', database.connectionString], { cwd })
  t.is(asked.code, 0, asked.stderr)
  t.is(await readFile(join(cwd, 'generated/queries.lock.json'), 'utf8'), lock)
  t.is((await runCommand(['check'], { cwd })).code, 0)

  // What is known of the tables by now is not what the query was asked about.
  const client = await database.connect()
  await client.query('ALTER TABLE orders ALTER total TYPE numeric')
  t.is((await runCommand(['pull', '--url', database.connectionString], { cwd })).code, 0)
  const stale = await runCommand(['check'], { cwd })
  t.is(stale.code, 1)
  t.regex(stale.stderr, /query-not-locked {2}The tables of the query are not what they were when a database was asked\./) // prettier-ignore
  t.is((await runCommand(['compile', '--amend', '--url', database.connectionString], { cwd })).code, 0)
  t.is((await runCommand(['check'], { cwd })).code, 0)

  await client.query('DROP TABLE orders')
  const gone = await runCommand(['compile', '--url', database.connectionString], { cwd })
  t.is(gone.code, 1)
  t.regex(gone.stderr, /rules\/shop\.yaml:7:\d+ error query-refused {2}PostgreSQL refuses the query: relation "orders" does not exist\./) // prettier-ignore
})

test('explain shows what was derived for a cache, and the SQL that tells of it', async (t) => {
  const cwd = await makeFolder(t)
  await mkdir(join(cwd, 'rules'))
  await writeFile(join(cwd, 'rules/shop.yaml'), RULES)
  const database = await createDatabase(t, { sql: SCHEMA })
  t.is((await runCommand(['compile', '--url', database.connectionString], { cwd })).code, 0)
  const { code, stdout } = await runCommand(['explain', 'basket', '--sql'], { cwd })
  t.is(code, 0)
  t.regex(stdout, /orders\n {4}query {4}rules\/shop\.yaml:7\n {4}keys {5}basket:\{orders\.user_id\}/)
  t.regex(stdout, /users\n {4}query {4}rules\/shop\.yaml:7\n {4}keys {5}basket:\{users\.id\}/)
  for (const table of ['orders', 'users'])
    t.regex(stdout, new RegExp(`^-- stalemate\\.shop__${table}_update\\(\\)$`, 'm'))
})

test('--coverage asks also about rules of caches that are not derived', async (t) => {
  const cwd = await makeFolder(t)
  await mkdir(join(cwd, 'rules'))
  await writeFile(join(cwd, 'rules/shop.yaml'), `${RULES}    derive: false\n`)
  const database = await createDatabase(t, { sql: SCHEMA })
  t.is((await runCommand(['compile', '--url', database.connectionString], { cwd })).code, 0)
  t.is((await runCommand(['check'], { cwd })).code, 0)
  const { code, stderr } = await runCommand(['check', '--coverage'], { cwd })
  t.is(code, 1)
  t.is(stderr.match(/error rule-misses/g)?.length, 2)
})
