import { randomBytes } from 'node:crypto'
import test, { type ExecutionContext } from 'ava'
import { compileRules } from '../../src/compile.ts'
import { applyMigrations } from '../../src/database/apply.ts'
import type { Migration } from '../../src/database/migration.ts'
import { rollBack } from '../../src/database/roll-back.ts'
import { examine } from '../../src/doctor/examine.ts'
import { createStalemate } from '../../src/engine.ts'
import { readManifest } from '../../src/manifest/read-manifest.ts'
import { checksumOf } from '../../src/plan/checksum.ts'
import { createDatabase, type TestDatabase } from '../helpers/database.ts'

const RULES = (name: string, learns: boolean): string => `
version: 1
name: ${name}
feed: outbox
caches: { board: { key: "board:{id}", params: { id: int } } }
tables: { calls: [{ invalidate: board }] }
${learns ? 'warming: { usual: { cache: board, params: learned, before-ready: true } }' : ''}
`

type Caches = { board: { params: { id: number }; value: string } }

async function compile(name: string, learns: boolean) {
  const { files, diagnostics } = await compileRules({ 'r.yaml': RULES(name, learns) })
  if (diagnostics.length > 0) throw new Error(diagnostics[0]?.message)
  const up = files.get('migrations/0001_initial.up.sql') ?? ''
  const down = files.get('migrations/0001_initial.down.sql') ?? ''
  const migrations: Migration[] = [{ number: 1, name: 'initial', up, down, checksum: checksumOf(up) }]
  return { ruleset: name, migrations, manifest: readManifest(JSON.parse(files.get('manifest.json') ?? '')) }
}

async function makeRole(t: ExecutionContext, database: TestDatabase, grants: (role: string) => string) {
  const role = `habits_${database.name}`
  const password = randomBytes(12).toString('hex')
  await database.query(`CREATE ROLE ${role} LOGIN PASSWORD '${password}'; ${grants(role)}`)
  t.teardown(() => database.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`))
  const url = new URL(database.connectionString)
  url.username = role
  url.password = password
  return { role, connection: { connectionString: url.href } }
}

test('a runtime with the rights that doctor asks for learns, and can do nothing else to what was learned', async (t) => {
  const database = await createDatabase(t, { sql: 'CREATE TABLE calls (id int)' })
  const { ruleset, migrations, manifest } = await compile('app', true)
  await applyMigrations({ connection: { connectionString: database.connectionString }, ruleset, migrations })
  const { role, connection } = await makeRole(t, database, () => '')
  const lacks = async (): Promise<readonly string[]> =>
    (await examine({ connection, manifest, pause: async () => {} })).flatMap(({ subject, level, advice }) =>
      subject === 'rights' && level !== 'fine' ? (advice ?? '') : [],
    )
  const grants = await lacks()
  for (const right of ['SELECT', 'INSERT', 'UPDATE'])
    t.true(grants.includes(`GRANT ${right} ON TABLE stalemate.habits TO ${role};`), right)
  for (const grant of grants) await database.query(grant)
  t.deepEqual(await lacks(), [])

  const errors: unknown[] = []
  const start = async () => {
    const app = await createStalemate<Caches>({
      manifest,
      connection,
      loaders: { board: ({ id }) => `board ${id}` },
      learn: true,
    })
    t.teardown(() => app.close())
    app.on('error', ({ error }) => errors.push(error))
    await app.ready
    return app
  }
  const first = await start()
  await first.caches.board.get({ id: 7 })
  await first.close()
  const second = await start()
  t.is(second.caches.board.peek({ id: 7 }), 'board 7')
  await second.close()
  t.deepEqual(errors, [])

  const client = await database.connect(connection)
  for (const statement of ['DELETE FROM', 'TRUNCATE', 'DROP TABLE'])
    await t.throwsAsync(client.query(`${statement} stalemate.habits`), {
      message: /permission denied|must be owner/,
    })
})

test('a role without the right to write tells it as an error, and goes on serving', async (t) => {
  const database = await createDatabase(t, { sql: 'CREATE TABLE calls (id int)' })
  const { ruleset, migrations, manifest } = await compile('app', true)
  await applyMigrations({ connection: { connectionString: database.connectionString }, ruleset, migrations })
  const { connection } = await makeRole(
    t,
    database,
    (role) => `GRANT USAGE ON SCHEMA stalemate TO ${role};
      GRANT ALL ON ALL TABLES IN SCHEMA stalemate TO ${role}; GRANT ALL ON ALL SEQUENCES IN SCHEMA stalemate TO ${role};
      GRANT ALL ON ALL FUNCTIONS IN SCHEMA stalemate TO ${role}; REVOKE INSERT ON stalemate.habits FROM ${role}`,
  )
  const app = await createStalemate<Caches>({
    manifest,
    connection,
    loaders: { board: ({ id }) => `board ${id}` },
    learn: true,
  })
  t.teardown(() => app.close())
  const errors: unknown[] = []
  app.on('error', ({ error }) => errors.push(error))
  await app.ready
  t.is(await app.caches.board.get({ id: 7 }), 'board 7')
  await app.close()
  t.like(errors, [{ message: 'permission denied for table habits' }])
})

for (const [title, order] of [
  ['the ruleset that learns goes first', ['app', 'other']],
  ['the ruleset that learns goes last', ['other', 'app']],
] as const) {
  test(`down takes back what was learned, and leaves nothing: ${title}`, async (t) => {
    const database = await createDatabase(t, { sql: 'CREATE TABLE calls (id int)' })
    const connection = { connectionString: database.connectionString }
    const rulesets = { app: await compile('app', true), other: await compile('other', false) }
    for (const { ruleset, migrations } of Object.values(rulesets))
      await applyMigrations({ connection, ruleset, migrations })
    await database.query(`INSERT INTO stalemate.habits VALUES ('app', 'board', 'x'), ('other', 'board', 'x')`)
    const [first, last] = order
    await rollBack({ connection, ...rulesets[first] })
    const { rows } = await database.query('SELECT ruleset FROM stalemate.habits')
    t.deepEqual(rows, [{ ruleset: last }])
    await rollBack({ connection, ...rulesets[last] })
    t.is((await database.query(`SELECT FROM pg_namespace WHERE nspname = 'stalemate'`)).rowCount, 0)
  })
}
