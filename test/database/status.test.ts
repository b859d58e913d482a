import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { readDesired } from '../../src/database/desired.ts'
import type { Migration } from '../../src/database/migration.ts'
import { repairDrift } from '../../src/database/repair.ts'
import type { DriftKind } from '../../src/database/status/finding.ts'
import { writeRecord } from '../../src/database/records.ts'
import { readStatus } from '../../src/database/status/status.ts'
import { compileRules } from '../../src/compile.ts'
import { checksumOf } from '../../src/plan/checksum.ts'
import { createDatabase, type TestDatabase } from '../helpers/database.ts'
import { ROOT } from '../helpers/root.ts'

const RULES = `
version: 1
name: app
feed: outbox
caches:
  board: { key: "board:{user_id}", params: { user_id: text } }
tables:
  calls: [{ invalidate: board, columns: [status], when: "status <> 'x'" }]
  measures: [{ invalidate: board }]
  notes: [{ invalidate: board }]
`
const TABLES = `
CREATE TABLE calls (user_id text, status text);
CREATE TABLE measures (user_id text, at date) PARTITION BY RANGE (at);
CREATE TABLE notes (user_id text);
CREATE TABLE bystander (user_id text);
CREATE FUNCTION bystander() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER theirs AFTER INSERT ON calls EXECUTE FUNCTION bystander();`

async function compile() {
  const { files } = await compileRules({ 'r.yaml': RULES })
  const read = (side: string): string => files.get(`migrations/0001_initial.${side}.sql`) ?? ''
  const migration: Migration = {
    number: 1,
    name: 'initial',
    up: read('up'),
    down: read('down'),
    checksum: checksumOf(read('up')),
  }
  return { desired: readDesired(files), migrations: [migration] }
}

async function prepare(t: ExecutionContext) {
  const compiled = await compile()
  const [migration] = compiled.migrations
  const database = await createDatabase(t, { template: `${TABLES}; ${migration!.up}` })
  const connection = { connectionString: database.connectionString }
  await writeRecord({ query: (text, values) => database.query(text, [...(values ?? [])]) }, 'app', migration!)
  const status = async () => (await readStatus({ connection, ...compiled })).drifts
  const repair = async (more: { lockTimeout?: number; dryRun?: boolean } = {}) =>
    await repairDrift({ connection, ...compiled, ...more })
  return { ...compiled, database, connection, status, repair }
}

/** Everything in the catalogs that somebody could miss, without ids. */
async function catalogOf(database: TestDatabase): Promise<readonly unknown[]> {
  const { rows } = await database.query(`
    SELECT 'trigger' AS kind, concat_ws(' ', tgrelid::regclass, pg_get_triggerdef(oid), tgenabled) AS what
    FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL SELECT 'function', concat_ws(' ', pg_get_functiondef(oid), proowner, obj_description(oid, 'pg_proc'), ARRAY(
      SELECT a.grantee FROM aclexplode(coalesce(proacl, acldefault('f', proowner))) AS a WHERE a.grantee <> proowner
    )) FROM pg_proc WHERE pronamespace IN ('public'::regnamespace, to_regnamespace('stalemate')) AND prokind = 'f'
    UNION ALL SELECT 'relation', concat_ws(' ', oid::regclass, relkind, relpersistence, relrowsecurity, relforcerowsecurity,
      relowner, EXISTS (SELECT FROM aclexplode(relacl) WHERE grantee = 0))
    FROM pg_class WHERE relnamespace IN ('public'::regnamespace, to_regnamespace('stalemate'))
    UNION ALL SELECT 'schema', concat_ws(' ', nspname, nspowner, EXISTS (
      SELECT FROM aclexplode(nspacl) AS a WHERE a.grantee <> nspowner
    )) FROM pg_namespace WHERE nspname = 'stalemate'
    ORDER BY 1, 2`)
  return rows
}

const OTHER_ROLE = `DO $$ BEGIN CREATE ROLE drift_other; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$`
const INSERT = 'stalemate.app__calls_insert()'

/** Each breaks one thing: what, how, and whether a repair mends it. */
const DRIFTS: readonly (readonly [title: string, kind: DriftKind, sql: string, mended: boolean])[] = [
  ['the schema is gone', 'schema-missing', 'DROP SCHEMA stalemate CASCADE', true],
  ['a function is gone', 'function-missing', `DROP FUNCTION ${INSERT} CASCADE`, true],
  ['a body does nothing', 'body', `CREATE OR REPLACE FUNCTION ${INSERT} RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS 'BEGIN RETURN NULL; END'`, true],
  ['a function is strict', 'definition', `ALTER FUNCTION ${INSERT} STRICT`, true],
  ['a function runs as the writer', 'security', `ALTER FUNCTION ${INSERT} SECURITY INVOKER`, true],
  ['a function finds names by another path', 'settings', `ALTER FUNCTION ${INSERT} SET search_path = public`, true],
  ['a function has a setting more', 'settings', `ALTER FUNCTION ${INSERT} SET work_mem = '1GB'`, true],
  ['a function belongs to somebody else', 'owner', `${OTHER_ROLE}; ALTER FUNCTION ${INSERT} OWNER TO drift_other`, true],
  ['everybody may call a trigger function', 'rights', `GRANT EXECUTE ON FUNCTION ${INSERT} TO PUBLIC`, true],
  ['a role may call a trigger function', 'rights', `${OTHER_ROLE}; GRANT EXECUTE ON FUNCTION ${INSERT} TO drift_other`, true],
  ['everybody may create in the schema', 'rights', 'GRANT CREATE ON SCHEMA stalemate TO PUBLIC', true],
  ['everybody may write messages', 'rights', 'GRANT INSERT ON stalemate.outbox_1 TO PUBLIC', true],
  ['a shared function is gone', 'function-missing', 'DROP FUNCTION stalemate.outbox_v1 CASCADE', true],
  ['a shared function is another', 'body', `DO $$ BEGIN EXECUTE replace(pg_get_functiondef('stalemate.outbox_v1'::regproc), 'BEGIN', 'BEGIN RETURN;'); END $$`, true],
  ['a table of the outbox is gone', 'shared-missing', 'DROP TABLE stalemate.outbox_2', true],
  ['an index of the outbox is gone', 'shared-missing', 'DROP INDEX stalemate.outbox_2_xid', true],
  ['the bell is gone', 'shared-missing', 'DROP SEQUENCE stalemate.stalemate_app', true],
  ['the readers would survive a crash', 'persistence', 'ALTER TABLE stalemate.readers SET LOGGED', true],
  ['messages would not survive a crash', 'persistence', 'ALTER TABLE stalemate.outbox_0 SET UNLOGGED', true],
  ['a table of the outbox belongs to somebody else', 'owner', `${OTHER_ROLE}; ALTER TABLE stalemate.outbox_0 OWNER TO drift_other`, true],
  ['a trigger is gone', 'trigger-missing', 'DROP TRIGGER stalemate_app_insert ON calls', true],
  ['a trigger is disabled', 'disabled', 'ALTER TABLE calls DISABLE TRIGGER stalemate_app_update', true],
  ['a trigger fires for replicas only', 'disabled', 'ALTER TABLE calls ENABLE REPLICA TRIGGER stalemate_app_update', true],
  ['all triggers of a table are disabled', 'disabled', 'ALTER TABLE calls DISABLE TRIGGER USER; ALTER TABLE calls ENABLE TRIGGER theirs', true],
  ['a trigger sees no rows', 'trigger', `CREATE OR REPLACE TRIGGER stalemate_app_delete AFTER DELETE ON calls FOR EACH STATEMENT EXECUTE FUNCTION stalemate.app__calls_delete()`, true],
  ['a trigger fires before', 'trigger', `CREATE OR REPLACE TRIGGER stalemate_app_truncate BEFORE TRUNCATE ON calls FOR EACH STATEMENT EXECUTE FUNCTION stalemate.app__calls_truncate()`, true],
  ['a partition was attached', 'partition', `CREATE TABLE measures_1 PARTITION OF measures FOR VALUES FROM ('2026-01-01') TO ('2026-02-01')`, true],
  ['a table inherits', 'partition', 'CREATE TABLE old_calls () INHERITS (calls)', true],
  ['a comment is gone', 'comment', `COMMENT ON FUNCTION ${INSERT} IS NULL`, true],
  ['a trigger stands on another table too', 'orphan', `CREATE TRIGGER stalemate_app_insert AFTER INSERT ON bystander REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION ${INSERT}`, true],
  ['a function of rules that are no more', 'orphan', `CREATE FUNCTION stalemate.app__old_insert() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'; COMMENT ON FUNCTION stalemate.app__old_insert() IS 'stalemate, ruleset app: insert of old makes entries wrong in: board'`, true],
  ['a table is dropped', 'table-missing', 'DROP TABLE notes', false],
  ['a table is renamed', 'table-missing', 'ALTER TABLE notes RENAME TO remarks', false],
  ['a column is renamed', 'column-missing', 'ALTER TABLE calls RENAME status TO state', false],
  ['a column of a condition is dropped', 'column-missing', 'ALTER TABLE calls DROP status', false],
  ['the database has a later migration', 'version', `INSERT INTO stalemate.migrations VALUES ('app', 2, 'later', '')`, false],
  ['the database has another migration', 'version', `UPDATE stalemate.migrations SET checksum = 'other'`, false],
] // prettier-ignore

/** Made in roles.test.ts, since it takes an owner who is no superuser. */
const ELSEWHERE = ['row-security']

test('every kind of drift is made on purpose, and stands in the documentation', (t) => {
  const source = readFileSync(join(ROOT, 'src/database/status/finding.ts'), 'utf8')
  const union = /export type DriftKind =\n(?: .*\n)+/.exec(source)?.[0] ?? ''
  const kinds = [...union.matchAll(/^ {2}\| '(.*)'/gm)].map(([, kind = '']) => kind)
  t.is(kinds.length, 20)
  t.deepEqual([...new Set([...DRIFTS.map(([, kind]) => kind), ...ELSEWHERE])].toSorted(), kinds.toSorted())
  const page = readFileSync(join(ROOT, 'docs/operations.md'), 'utf8')
  t.deepEqual(
    kinds.filter((kind) => !page.includes(`\`${kind}\``)),
    [],
  )
})

test('a database as compiled has no drift, and its repair touches nothing', async (t) => {
  const { status, repair, database } = await prepare(t)
  t.deepEqual(await status(), [])
  const before = await catalogOf(database)
  t.like(await repair(), { mended: [], left: [] })
  t.deepEqual(await catalogOf(database), before)
})

for (const [title, kind, sql, mended] of DRIFTS) {
  test(`${title}: ${kind}${mended ? ', and a repair mends it' : ''}`, async (t) => {
    const { status, repair, database } = await prepare(t)
    const before = await catalogOf(database)
    await database.query(sql)
    const drifted = await catalogOf(database)
    const found = await status()
    t.true(
      found.some((drift) => drift.kind === kind),
      JSON.stringify(found),
    )
    t.deepEqual(
      found.filter((drift) => drift.message === '' || drift.object === ''),
      [],
    )
    const planned = await repair({ dryRun: true })
    t.deepEqual(await catalogOf(database), drifted, 'a dry run touches nothing')
    const done = await repair()
    t.is(planned.mended.length === 0 && planned.left.length === 0, false)
    if (!mended) {
      t.true(done.left.some((drift) => drift.kind === kind))
      return
    }
    t.deepEqual(done.left, [])
    t.deepEqual(await status(), [])
    const news = /partition|inherits/.test(title)
    const after = await catalogOf(database)
    if (news) t.true(after.length > drifted.length)
    else if (kind !== 'schema-missing') t.deepEqual(after, before)
    // As a migration of another tool does it, where this database was mended before.
    await database.query(planned.mended.flatMap((drift) => drift.repair).join('\n'))
    t.deepEqual(await status(), [])
    t.deepEqual(await catalogOf(database), after)
  })
}
