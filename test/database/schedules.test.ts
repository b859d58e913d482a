import { randomBytes } from 'node:crypto'
import test from 'ava'
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

const RULES = (name: string, schedule: string): string => `
version: 1
name: ${name}
feed: outbox
caches: { board: { key: "board:{id}", params: { id: int } } }
tables: { calls: [{ invalidate: board }] }
warming: { usual: { cache: board, params: [{ id: 1 }]${schedule} } }
`
const HOURLY = ', schedule: "0 * * * *"'

async function compile(name: string, schedule: string) {
  const { files, diagnostics } = await compileRules({ 'r.yaml': RULES(name, schedule) })
  if (diagnostics.length > 0) throw new Error(diagnostics[0]?.message)
  const up = files.get('migrations/0001_initial.up.sql') ?? ''
  const down = files.get('migrations/0001_initial.down.sql') ?? ''
  const migrations: Migration[] = [{ number: 1, name: 'initial', up, down, checksum: checksumOf(up) }]
  const manifest = readManifest(JSON.parse(files.get('manifest.json') ?? ''))
  return { ruleset: name, migrations, manifest, desired: readDesired(files) }
}

test('only rules with a schedule have a table of schedules, without which status finds fault, and which repair makes', async (t) => {
  const database = await createDatabase(t, { sql: 'CREATE TABLE calls (id int)' })
  const connection = { connectionString: database.connectionString }
  const isThere = async (): Promise<boolean> =>
    (await database.query(`SELECT to_regclass('stalemate.schedules') IS NOT NULL AS it`)).rows[0]?.['it'] === true // prettier-ignore
  await applyMigrations({ connection, ...(await compile('other', '')) })
  t.false(await isThere())
  const app = await compile('app', HOURLY)
  await applyMigrations({ connection, ...app })
  t.true(await isThere())
  t.deepEqual((await readStatus({ connection, ...app })).drifts, [])
  await database.query('DROP TABLE stalemate.schedules')
  t.like((await readStatus({ connection, ...app })).drifts, [
    { kind: 'shared-missing', object: 'table stalemate.schedules' },
  ])
  await repairDrift({ connection, ...app })
  t.true(await isThere())
  t.deepEqual((await readStatus({ connection, ...app })).drifts, [])
})

test('doctor asks for the rights that a schedule of shared entries needs', async (t) => {
  const database = await createDatabase(t, { sql: 'CREATE TABLE calls (id int)' })
  const app = await compile('app', HOURLY)
  await applyMigrations({ connection: { connectionString: database.connectionString }, ...app })
  const role = `schedules_${database.name}`
  const password = randomBytes(12).toString('hex')
  await database.query(`CREATE ROLE ${role} LOGIN PASSWORD '${password}'`)
  t.teardown(() => database.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`))
  const url = new URL(database.connectionString)
  Object.assign(url, { username: role, password })
  const lacks = async (manifest = app.manifest): Promise<readonly string[]> =>
    (await examine({ connection: { connectionString: url.href }, manifest, pause: async () => {} }))
      .flatMap(({ advice }) => advice ?? [])
      .filter((advice) => advice.includes('stalemate.schedules'))
      .sort()
  t.deepEqual(
    await lacks(),
    ['INSERT', 'SELECT', 'UPDATE'].map((right) => `GRANT ${right} ON TABLE stalemate.schedules TO ${role};`),
  )
  for (const grant of await lacks()) await database.query(grant)
  t.deepEqual(await lacks(), [])
  await database.query(`REVOKE ALL ON stalemate.schedules FROM ${role}`)
  t.deepEqual(await lacks((await compile('app', '')).manifest), [], 'without a schedule it needs none')
})

for (const [title, order] of [
  ['the ruleset with a schedule goes first', ['app', 'other']],
  ['the ruleset with a schedule goes last', ['other', 'app']],
] as const) {
  test(`down removes what was noted of schedules, and leaves nothing: ${title}`, async (t) => {
    const database = await createDatabase(t, { sql: 'CREATE TABLE calls (id int)' })
    const connection = { connectionString: database.connectionString }
    const rulesets = { app: await compile('app', HOURLY), other: await compile('other', '') }
    for (const one of Object.values(rulesets)) await applyMigrations({ connection, ...one })
    await database.query(
      `INSERT INTO stalemate.schedules (ruleset, warming, tick) VALUES ('app', 'usual', now()), ('other', 'usual', now())`,
    )
    const [first, last] = order
    await rollBack({ connection, ...rulesets[first] })
    t.deepEqual((await database.query('SELECT ruleset FROM stalemate.schedules')).rows, [{ ruleset: last }])
    await rollBack({ connection, ...rulesets[last] })
    t.is((await database.query(`SELECT FROM pg_namespace WHERE nspname = 'stalemate'`)).rowCount, 0)
  })
}
