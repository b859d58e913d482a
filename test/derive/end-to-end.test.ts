import test from 'ava'
import { compileRules } from '../../src/compile.ts'
import { askQuery } from '../../src/derive/ask-query.ts'
import { createStalemate } from '../../src/engine.ts'
import { explainTarget } from '../../src/explain/explain-target.ts'
import { formatAnswers } from '../../src/explain/format-explanation.ts'
import { readManifest } from '../../src/manifest/read-manifest.ts'
import { loadParser } from '../../src/sql/load-parser.ts'
import { createDatabase } from '../helpers/database.ts'

const SCHEMA = `
CREATE TABLE users (id int PRIMARY KEY, name text NOT NULL, team int);
CREATE TABLE agents (id int PRIMARY KEY, user_id int REFERENCES users);
CREATE TABLE leads (id int PRIMARY KEY, agent_id int REFERENCES agents, value int NOT NULL, stage text NOT NULL);
INSERT INTO users VALUES (1, 'Ada'), (2, 'Bob');
INSERT INTO agents VALUES (10, 1), (20, 2);
INSERT INTO leads VALUES (100, 10, 5, 'new'), (101, 20, 7, 'new');
`
const RULES = `
version: 1
name: shop
caches:
  dashboard:
    key: dashboard:{user_id}
    params: { user_id: int }
    one: true
    query: |
      SELECT u.name, coalesce(sum(l.value), 0) AS open_value
      FROM users u
      LEFT JOIN agents a ON a.user_id = u.id
      LEFT JOIN leads l ON l.agent_id = a.id AND l.stage <> 'won'
      WHERE u.id = :user_id
      GROUP BY u.id
  team:
    key: team:{team}
    params: { team: int }
    query: SELECT id, name FROM users WHERE team = :team ORDER BY id
`

test('a query alone makes a cache that is true: loader, rows and watches', async (t) => {
  const database = await createDatabase(t, { sql: SCHEMA })
  const client = await database.connect()
  const parser = await loadParser()
  const compiled = await compileRules(
    { 'rules.yaml': RULES },
    { ask: (query) => askQuery((text, values) => client.query(text, values && [...values]), query, parser) },
  )
  t.deepEqual(compiled.diagnostics, [])
  await client.query(compiled.files.get('migrations/0001_initial.up.sql') ?? '')
  const types = compiled.files.get('caches.ts') ?? ''
  t.regex(types, /value: \{ name: string; open_value: string( \| null)? \} \| null; query: true/)
  t.regex(types, /value: \{ id: number; name: string \}\[\]; query: true/)

  const app = await createStalemate({
    manifest: readManifest(JSON.parse(compiled.files.get('manifest.json') ?? '')),
    connection: { connectionString: database.connectionString },
    loaders: {},
  })
  t.teardown(() => app.close())
  await app.ready
  const { dashboard, team } = app.caches
  t.deepEqual(await dashboard?.getMany([{ user_id: 2 }, { user_id: 1 }, { user_id: 3 }]), [
    { name: 'Bob', open_value: '7' },
    { name: 'Ada', open_value: '5' },
    null,
  ])
  t.deepEqual(await team?.get({ team: 4 }), [])
  await client.query(`UPDATE leads SET value = 8 WHERE id = 100`)
  await app.sync()
  t.is(dashboard?.peek({ user_id: 1 }), undefined)
  t.deepEqual(dashboard?.peek({ user_id: 2 }), { name: 'Bob', open_value: '7' })
  t.deepEqual(await dashboard?.get({ user_id: 1 }), { name: 'Ada', open_value: '8' })

  await client.query(`UPDATE agents SET user_id = 2 WHERE id = 10; UPDATE users SET team = 4 WHERE id = 2`)
  await app.sync()
  t.deepEqual(await dashboard?.get({ user_id: 1 }), { name: 'Ada', open_value: '0' })
  t.deepEqual(await dashboard?.get({ user_id: 2 }), { name: 'Bob', open_value: '15' })
  t.deepEqual(await team?.get({ team: 4 }), [{ id: 2, name: 'Bob' }])

  const offline = await compileRules(
    { 'rules.yaml': RULES },
    { queries: compiled.files.get('queries.lock.json') },
  )
  t.deepEqual([...offline.files], [...compiled.files], 'the lock file spares the database')
  const { ruleset, plan } = offline
  if (ruleset === undefined || plan === undefined) return t.fail()
  const explanation = explainTarget('dashboard', { ruleset, plan })
  const text = explanation.ok
    ? formatAnswers(explanation.answers, { width: 100, paint: (_, shown) => shown })
    : ''
  t.regex(text, /leads\n +query +rules.yaml:9\n +keys +dashboard:\{agents.user_id\}/)
  t.regex(text, /when +\(stage <> \('won'\)::text\)/)
  t.regex(compiled.files.get('RULES.md') ?? '', /rules.yaml, query of dashboard/)

  const unknown = await compileRules({ 'rules.yaml': RULES })
  t.deepEqual(
    unknown.diagnostics.map(({ code, severity }) => [severity, code]),
    [
      ['error', 'query-not-locked'],
      ['error', 'query-not-locked'],
    ],
  )
})

test('a column of char(n) makes all entries wrong, with blanks and without: no key has its texts', async (t) => {
  const database = await createDatabase(t, {
    sql: `CREATE TABLE goods (code char(3) PRIMARY KEY, name text NOT NULL); INSERT INTO goods VALUES ('a', 'Ale'), ('bcd', 'Bread')`,
  })
  const client = await database.connect()
  const parser = await loadParser()
  const compiled = await compileRules(
    {
      'rules.yaml': `
version: 1
name: shop
caches:
  good:
    key: good:{code}
    params: { code: text }
    query: SELECT name FROM goods WHERE code = :code
`,
    },
    { ask: (query) => askQuery((text, values) => client.query(text, values && [...values]), query, parser) },
  )
  await client.query(compiled.files.get('migrations/0001_initial.up.sql') ?? '')
  const app = await createStalemate({
    manifest: readManifest(JSON.parse(compiled.files.get('manifest.json') ?? '')),
    connection: { connectionString: database.connectionString },
    loaders: {},
  })
  t.teardown(() => app.close())
  await app.ready
  const { good } = app.caches
  // For PostgreSQL a text with blanks is another one than what the column equals.
  t.deepEqual(await good?.getMany([{ code: 'a' }, { code: 'a  ' }]), [[{ name: 'Ale' }], []])
  await client.query(`UPDATE goods SET name = 'Apple' WHERE code = 'a'`)
  await app.sync()
  t.is(good?.peek({ code: 'a' }), undefined)
  t.is(good?.peek({ code: 'a  ' }), undefined)
  t.deepEqual(await good?.getMany([{ code: 'a' }, { code: 'a  ' }]), [[{ name: 'Apple' }], []])
})
