import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { compileRules } from '../../src/compile.ts'
import { applyMigrations } from '../../src/database/apply.ts'
import { readDesired } from '../../src/database/desired.ts'
import type { Migration } from '../../src/database/migration.ts'
import { repairDrift } from '../../src/database/repair.ts'
import { rollBack } from '../../src/database/roll-back.ts'
import { readStatus } from '../../src/database/status/status.ts'
import { StalemateError } from '../../src/errors.ts'
import { FEEDS, type FeedName } from '../../src/manifest/manifest.ts'
import { checksumOf } from '../../src/plan/checksum.ts'
import { createDatabase, type TestDatabase } from '../helpers/database.ts'
import { createRoles, type TestRole } from '../helpers/roles.ts'
import { ROOT } from '../helpers/root.ts'

/** Each with a ruleset and a table of its own, as two teams have them in one database. */
async function compileFor(name: string, table: string, feed: FeedName) {
  const { files } = await compileRules({
    'r.yaml': `
version: 1
name: ${name}
feed: ${feed}
caches: { board: { key: "board:{user_id}", params: { user_id: text } } }
tables: { ${table}: [{ invalidate: board }] }
`,
  })
  const up = files.get('migrations/0001_initial.up.sql') ?? ''
  const down = files.get('migrations/0001_initial.down.sql') ?? ''
  const migrations: Migration[] = [{ number: 1, name: 'initial', up, down, checksum: checksumOf(up) }]
  return { ruleset: name, desired: readDesired(files), migrations }
}
type Compiled = Awaited<ReturnType<typeof compileFor>>

async function prepare(t: ExecutionContext, feed: FeedName) {
  const database = await createDatabase(t, {
    sql: 'CREATE TABLE calls (user_id text); CREATE TABLE notes (user_id text)',
  })
  const roles = await createRoles(t, database, ['first', 'second', 'both', 'writer'])
  const { first, second, both, writer } = roles
  await database.query(`GRANT CREATE ON DATABASE ${database.name} TO ${first.name}, ${second.name};
    ALTER TABLE calls OWNER TO ${first.name}; ALTER TABLE notes OWNER TO ${second.name};
    GRANT SELECT, INSERT ON calls, notes TO ${writer.name}`)
  const [calls, notes] = await Promise.all([
    compileFor('calling', 'calls', feed),
    compileFor('noting', 'notes', feed),
  ])
  const as = ({ connectionString }: TestRole, { ruleset, migrations, desired }: Compiled) => ({
    apply: () => applyMigrations({ connection: { connectionString }, ruleset, migrations }),
    repair: () => repairDrift({ connection: { connectionString }, desired, migrations }),
    down: () => rollBack({ connection: { connectionString }, ruleset, migrations }),
    drifts: async () =>
      (await readStatus({ connection: { connectionString }, desired, migrations })).drifts.map(
        ({ kind, object }) => `${kind} ${object}`,
      ),
  })
  return { database, ...roles, calls, notes, as, both }
}

/** All of ours, with who wrote each row last: what is not touched keeps that. */
async function readOurs(database: TestDatabase): Promise<readonly unknown[]> {
  const { rows } = await database.query(`
    SELECT 'class' AS of, relname AS name, xmin::text, relacl::text AS acl FROM pg_class
      WHERE relnamespace = 'stalemate'::regnamespace
    UNION ALL SELECT 'proc', proname, xmin::text, proacl::text FROM pg_proc
      WHERE pronamespace = 'stalemate'::regnamespace
    UNION ALL SELECT 'schema', nspname, xmin::text, nspacl::text FROM pg_namespace WHERE nspname = 'stalemate'
    UNION ALL SELECT 'trigger', tgname, xmin::text, '' FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL SELECT 'row', ruleset, xmin::text, name FROM stalemate.migrations
    ORDER BY 1, 2`)
  return rows
}

/** Who owns what of ours: one name where all belongs to one. */
async function ownersOf(database: TestDatabase): Promise<readonly unknown[]> {
  const { rows } = await database.query<{ owner: string }>(`
    SELECT DISTINCT pg_get_userbyid(owner) AS owner FROM (
      SELECT nspowner AS owner FROM pg_namespace WHERE nspname = 'stalemate'
      UNION SELECT proowner FROM pg_proc WHERE pronamespace = 'stalemate'::regnamespace
      UNION SELECT relowner FROM pg_class WHERE relnamespace = 'stalemate'::regnamespace
    ) AS ours`)
  return rows.map(({ owner }) => owner)
}

/** The steps by which docs/operations.md gives one role all that two owners have. */
function readRecipe({ first, second, both }: Record<'first' | 'second' | 'both', TestRole>, name: string) {
  const page = readFileSync(join(ROOT, 'docs/operations.md'), 'utf8')
  const [grants = '', handover = ''] = [...page.matchAll(/```sql\n([^`]*migrator[^`]*)```/g)].map(
    ([, sql = '']) =>
      sql
        .replaceAll('team_a', first.name)
        .replaceAll('team_b', second.name)
        .replace('CREATE ROLE migrator LOGIN;', '')
        .replaceAll('migrator', both.name)
        .replace('DATABASE app', `DATABASE ${name}`),
  )
  return { grants, handover }
}

for (const feed of FEEDS) {
  test(`${feed}: an owner who is no member of the first one is refused before anything changes, whatever it is granted`, async (t) => {
    const { database, first, second, calls, notes, as } = await prepare(t, feed)
    await as(first, calls).apply()
    t.deepEqual(await ownersOf(database), [first.name])
    for (const grants of [
      'SELECT',
      `GRANT USAGE, CREATE ON SCHEMA stalemate TO ${second.name}`,
      `GRANT ALL ON ALL TABLES IN SCHEMA stalemate TO ${second.name};
       GRANT ALL ON ALL SEQUENCES IN SCHEMA stalemate TO ${second.name};
       GRANT ALL ON ALL FUNCTIONS IN SCHEMA stalemate TO ${second.name}`,
    ]) {
      await database.query(grants)
      const before = await readOurs(database)
      const error = await t.throwsAsync(as(second, notes).apply(), { instanceOf: StalemateError })
      t.is(error.code, 'migration-failed')
      t.regex(error.message, /nothing was changed: (?:permission denied for|must be owner of)/)
      t.regex(error.hint ?? '', /belongs to the role that came first/)
      // Another tool runs the same SQL, and is refused in the same place.
      const tool = await database.connect({ connectionString: second.connectionString })
      await t.throwsAsync(tool.query(notes.migrations[0]?.up ?? ''), {
        message: /permission denied for|must be owner of schema stalemate/,
      })
      t.deepEqual(await readOurs(database), before)
    }
  })

  test(`${feed}: an owner whose table another role watches rules over the table, and over nothing of ours`, async (t) => {
    const { database, both, first, second, writer, calls, notes, as } = await prepare(t, feed)
    await database.query(readRecipe({ first, second, both }, database.name).grants)
    await as(both, calls).apply()
    await as(both, notes).apply()
    t.deepEqual(await ownersOf(database), [both.name])
    const owner = await database.connect({ connectionString: second.connectionString })
    for (const refused of [
      'SELECT FROM stalemate.migrations',
      `CREATE OR REPLACE FUNCTION stalemate.noting__notes_insert() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'`,
      'DROP FUNCTION stalemate.noting__notes_insert() CASCADE',
      'ALTER TABLE calls DISABLE TRIGGER stalemate_calling_insert',
      'DROP SCHEMA stalemate CASCADE',
    ])
      await t.throwsAsync(owner.query(refused), { message: /permission denied|must be owner/ }, refused)
    t.deepEqual(await as(both, notes).drifts(), [])
    await owner.query('ALTER TABLE notes DISABLE TRIGGER stalemate_noting_insert')
    t.deepEqual(await as(both, notes).drifts(), ['disabled trigger stalemate_noting_insert on public.notes'])
    await as(both, notes).repair()
    t.deepEqual(await as(both, notes).drifts(), [])
    const client = await database.connect({ connectionString: writer.connectionString })
    await client.query(`INSERT INTO calls VALUES ('a'); INSERT INTO notes VALUES ('a')`)
  })

  test(`${feed}: one role for both owners takes over what the first one made, as documented, and each ruleset goes alone`, async (t) => {
    const { database, both, first, second, writer, calls, notes, as } = await prepare(t, feed)
    await as(first, calls).apply()
    const { grants, handover } = readRecipe({ first, second, both }, database.name)
    await database.query(grants)
    const migrator = await database.connect({ connectionString: both.connectionString })
    await migrator.query(handover)
    t.true((await as(both, calls).drifts()).every((drift) => drift.startsWith('owner ')))
    await as(both, calls).repair()
    t.deepEqual(await ownersOf(database), [both.name])
    await as(both, notes).apply()
    t.deepEqual([await as(both, calls).drifts(), await as(both, notes).drifts()], [[], []])
    // What the migrator has no more of the owners, the triggers do not need.
    await database.query(`REVOKE ${first.name}, ${second.name} FROM ${both.name}`)
    const client = await database.connect({ connectionString: writer.connectionString })
    await client.query(`INSERT INTO calls VALUES ('a'); INSERT INTO notes VALUES ('a')`)
    await database.query(`GRANT ${first.name}, ${second.name} TO ${both.name}`)
    await as(both, notes).down()
    t.deepEqual(await as(both, calls).drifts(), [])
    await client.query(`INSERT INTO calls VALUES ('a'); INSERT INTO notes VALUES ('a')`)
    await as(both, calls).down()
    t.is((await database.query(`SELECT FROM pg_namespace WHERE nspname = 'stalemate'`)).rowCount, 0)
  })
}

test('a member of the first owner that forgets SET ROLE is told by status, and mends it', async (t) => {
  const { database, both, first, second, calls, notes, as } = await prepare(t, 'outbox')
  await database.query(readRecipe({ first, second, both }, database.name).grants)
  await as(first, calls).apply()
  await as(both, notes).apply()
  const drifts = await as(both, notes).drifts()
  t.true(drifts.length > 4 && drifts.every((drift) => drift.startsWith('owner ')), drifts.join('\n'))
  await as(both, notes).repair()
  t.deepEqual(await ownersOf(database), [first.name])
  t.deepEqual([await as(both, calls).drifts(), await as(both, notes).drifts()], [[], []])
})

test('a member of the owner applies as it by a setting of the connection', async (t) => {
  const { database, both, first, writer, calls, as } = await prepare(t, 'outbox')
  await database.query(`GRANT ${first.name} TO ${both.name}`)
  const url = new URL(both.connectionString)
  url.searchParams.set('options', `-c role=${first.name}`)
  await as({ name: first.name, connectionString: url.href }, calls).apply()
  t.deepEqual(await ownersOf(database), [first.name])
  t.deepEqual(await as(both, calls).drifts(), [])
  const client = await database.connect({ connectionString: writer.connectionString })
  await client.query(`INSERT INTO calls VALUES ('a')`)
})
