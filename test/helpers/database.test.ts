import test from 'ava'
import { createDatabase } from './database.ts'
import { findSharedServer } from './server.ts'
import { prepareTemplate, withClient } from './template.ts'
import { uniqueName } from './unique-name.ts'

const template = `
  CREATE TABLE users (id int PRIMARY KEY, name text NOT NULL);
  INSERT INTO users VALUES (1, 'Ada');
`

async function exists(name: string): Promise<boolean> {
  return withClient(await findSharedServer(), async (admin) => {
    return (await admin.query('SELECT FROM pg_database WHERE datname = $1', [name])).rowCount === 1
  })
}

test('two clones of a template do not see each other', async (t) => {
  const [one, two] = await Promise.all([createDatabase(t, { template }), createDatabase(t, { template })])
  await one.query(`UPDATE users SET name = 'Grace'`)
  const { rows } = await two.query('TABLE users')
  t.deepEqual(rows, [{ id: 1, name: 'Ada' }])
  t.not(one.name, two.name)
})

test('a template that many ask for at once is built once', async (t) => {
  const url = await findSharedServer()
  const mark = uniqueName('mark')
  // A second build would fail: roles belong to the whole server.
  const sql = `CREATE ROLE ${mark}`
  const prepare = () => withClient(url, (client) => prepareTemplate(client, url, sql))
  const names = await Promise.all([prepare(), prepare(), prepare()])
  await withClient(url, (client) => client.query(`DROP ROLE ${mark}`))
  t.is(new Set(names).size, 1)
})

test('a template with an error in it is an error each time, and no database is left', async (t) => {
  const table = uniqueName('half')
  const broken = `CREATE TABLE ${table} (); SELECT 1 / 0`
  await t.throwsAsync(createDatabase(t, { template: broken }), { message: /division by zero/ })
  await t.throwsAsync(createDatabase(t, { template: broken }), { message: /division by zero/ })
})

test('SQL text of one database is not in the template', async (t) => {
  await createDatabase(t, { template, sql: 'DROP TABLE users' })
  const other = await createDatabase(t, { template })
  t.is((await other.query('TABLE users')).rowCount, 1)
})

test('a database is dropped after its test, whatever the test left in it', async (t) => {
  const ends: (() => unknown)[] = []
  const inner = { teardown: (end: () => unknown) => void ends.unshift(end) }
  const database = await createDatabase(inner, { template })
  const holder = await database.connect()
  await holder.query('BEGIN; LOCK TABLE users IN SHARE MODE')
  await database.query(`SELECT pg_create_logical_replication_slot($1, 'pgoutput')`, [uniqueName('slot')])
  await database.query(`BEGIN; CREATE TABLE left_over (); PREPARE TRANSACTION '${uniqueName('left')}'`)
  t.true(await exists(database.name))
  for (const end of ends) await end()
  t.false(await exists(database.name))
})
