import test from 'ava'
import fc from 'fast-check'
import { readCoverage } from '../../src/coverage/read-coverage.ts'
import { emitStrings } from '../helpers/emit-strings.ts'
import { FEEDS } from '../../src/manifest/manifest.ts'
import { readManifest } from '../../src/manifest/read-manifest.ts'
import { buildPlan } from '../../src/plan/build-plan.ts'
import type { Ruleset } from '../../src/rules/ruleset.ts'
import { createDatabase, type TestDatabase } from '../helpers/database.ts'
import { describe, listenTo } from '../helpers/installation.ts'
import { cacheRule, makeRuleset, tableRule, type RuleOptions } from '../helpers/plans.ts'

const TABLES = `
  CREATE SCHEMA sales;
  CREATE TABLE calls (user_id text, state text);
  CREATE TABLE users (user_id text, state text);
  CREATE TABLE sales.calls (user_id text, state text);
  CREATE TABLE sales_calls (user_id text, state text);`

const NAMES = [
  ['public', 'calls'],
  ['public', 'users'],
  ['sales', 'calls'],
  ['public', 'sales_calls'],
] as const
const OPERATIONS = ['insert', 'update', 'delete', 'truncate'] as const

const rule: fc.Arbitrary<RuleOptions> = fc
  .record({
    table: fc.constantFrom(...NAMES),
    cache: fc.constantFrom('board', 'list'),
    on: fc.subarray([...OPERATIONS], { minLength: 1 }),
    when: fc.constantFrom('true', `state = 'a'`, `state = 'b'`),
    bound: fc.boolean(),
  })
  .map(({ table: [schema, table], cache, on, when, bound }) => ({
    schema,
    table,
    cache,
    on,
    params: bound ? { user_id: 'user_id' } : {},
    when,
    reads: ['state'],
  }))

/** Rulesets one after another, as somebody edits them. */
const walk = fc.array(fc.array(rule, { maxLength: 4 }), { minLength: 2, maxLength: 5 })

const feeds = fc.array(fc.constantFrom(...FEEDS), { minLength: 5, maxLength: 5 })

function rulesetOf(rules: readonly RuleOptions[], feed: Ruleset['feed'] = 'notify'): Ruleset {
  const caches = ['board', 'list'].map((name) => cacheRule(name, `${name}:{user_id}`, {}))
  return { ...makeRuleset(caches, rules.map(tableRule)), feed }
}

function emit(ruleset: Ruleset, previous?: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  return emitStrings(buildPlan(ruleset), { ruleset, schema: {}, sources: ['rules.yaml'], previous })
}

/** Everything of ours in the catalogs, without what differs each time it is made. */
async function dump(database: TestDatabase): Promise<readonly unknown[]> {
  const { rows } = await database.query(`
    SELECT 'function' AS kind, p.oid::regprocedure::text AS name, pg_get_functiondef(p.oid) AS text,
           p.proacl::text AS rights, obj_description(p.oid, 'pg_proc') AS comment
    FROM pg_proc p WHERE p.pronamespace = to_regnamespace('stalemate')
    UNION ALL SELECT 'trigger', tgrelid::regclass || '.' || tgname, pg_get_triggerdef(oid), tgenabled::text,
           obj_description(oid, 'pg_trigger') FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL SELECT 'schema', nspname, '', nspacl::text, obj_description(oid, 'pg_namespace')
    FROM pg_namespace WHERE nspname NOT LIKE 'pg_t%'
    UNION ALL SELECT 'relation', oid::regclass::text, relkind::text, relacl::text, obj_description(oid, 'pg_class')
    FROM pg_class WHERE relnamespace = to_regnamespace('stalemate')
    UNION ALL SELECT 'publication', pubname, puballtables::text, '', obj_description(oid, 'pg_publication')
    FROM pg_publication
    UNION ALL SELECT 'comments', count(*)::text, '', '', '' FROM pg_description
    ORDER BY 1, 2`)
  return rows
}

/** Also after a walk that failed. */
async function clear(database: TestDatabase): Promise<void> {
  await database.query('DROP SCHEMA IF EXISTS stalemate CASCADE; DROP PUBLICATION IF EXISTS stalemate_app')
}

type Written = {
  readonly files: ReadonlyMap<string, string>
  readonly added: string | undefined
}

/** What compiling each ruleset after the one before writes. */
function compileAll(
  rulesets: readonly (readonly RuleOptions[])[],
  feeds: readonly Ruleset['feed'][] = [],
): readonly Written[] {
  const written: Written[] = []
  for (const [index, rules] of rulesets.entries()) {
    const previous = written.at(-1)?.files
    const files = emit(rulesetOf(rules, feeds[index]), previous)
    const added = [...files.keys()].find((path) => path.endsWith('.up.sql') && previous?.has(path) !== true)
    written.push({ files, added })
  }
  return written
}

const sqlOf = ({ files, added }: Written, side: 'up' | 'down'): string =>
  added === undefined ? '' : (files.get(added.replace('.up.sql', `.${side}.sql`)) ?? '')

test('walks over rulesets are covered at each step, and the way back finds each catalog again', async (t) => {
  const database = await createDatabase(t, { sql: TABLES })
  const query = (text: string, values: readonly unknown[]) => database.query(text, [...values])
  await fc.assert(
    fc.asyncProperty(walk, feeds, async (rulesets, feeds) => {
      const steps = compileAll(rulesets, feeds)
      await clear(database)
      const catalogs = [await dump(database)]
      for (const step of steps) {
        await database.query(sqlOf(step, 'up'))
        catalogs.push(await dump(database))
        const manifest = readManifest(JSON.parse(step.files.get('manifest.json') ?? ''))
        t.deepEqual(await readCoverage(query, manifest), [])
      }
      for (const step of steps.toReversed()) {
        t.deepEqual(await dump(database), catalogs.pop())
        await database.query(sqlOf(step, 'down'))
      }
      t.deepEqual(await dump(database), catalogs.pop())
    }),
    { numRuns: 25, includeErrorInReport: true },
  )
})

test('after each step of a walk the triggers say what those of a fresh installation say', async (t) => {
  const [walked, fresh] = [await createDatabase(t, { sql: TABLES }), await createDatabase(t, { sql: TABLES })]
  const heard = [await listenTo(walked, 'stalemate_app'), await listenTo(fresh, 'stalemate_app')] as const
  const tables = NAMES.map((names) => names.join('.'))
  const work = tables
    .map(
      (table) => `INSERT INTO ${table} VALUES ('1', 'a'), ('2', 'b');
        UPDATE ${table} SET user_id = user_id || 'x'; DELETE FROM ${table}; TRUNCATE ${table};`,
    )
    .join('\n')
  await fc.assert(
    fc.asyncProperty(walk, async (rulesets) => {
      const steps = compileAll(rulesets)
      for (const database of [walked, fresh]) await clear(database)
      for (const step of steps) {
        await walked.query(sqlOf(step, 'up'))
        const [once] = compileAll([rulesets[steps.indexOf(step)] ?? []])
        if (once === undefined) return
        await fresh.query(sqlOf(once, 'up'))
        for (const database of [walked, fresh]) await database.query(work)
        const [ours, theirs] = [describe(await heard[0]()), describe(await heard[1]())]
        const changes = (texts: readonly string[]) => texts.filter((text) => text !== 'plan')
        t.deepEqual(changes(ours), changes(theirs))
        await fresh.query(sqlOf(once, 'down'))
      }
      for (const step of steps.toReversed()) await walked.query(sqlOf(step, 'down'))
    }),
    { numRuns: 10, includeErrorInReport: true },
  )
})

const board = (more: Partial<RuleOptions> = {}): RuleOptions => ({
  table: 'calls',
  cache: 'board',
  params: { user_id: 'user_id' },
  ...more,
})

test('a change of what a table is watched for takes no lock on any table of the user', async (t) => {
  const database = await createDatabase(t, { sql: TABLES })
  const steps = compileAll([
    [board()],
    [board({ when: `state = 'a'`, reads: ['state'] })],
    [board({ on: ['insert'] }), board({ cache: 'list', on: ['update'] })],
    [board()],
  ])
  const client = await database.connect()
  const [first, ...others] = steps
  if (first === undefined) return t.fail()
  await client.query(sqlOf(first, 'up'))
  // Somebody writes all the time.
  const writer = await database.connect()
  await writer.query(`BEGIN; LOCK TABLE calls IN ACCESS EXCLUSIVE MODE`)
  const locks = async (): Promise<readonly unknown[]> => {
    const { rows } = await client.query(`
      SELECT relation::regclass::text AS relation, mode FROM pg_locks JOIN pg_class c ON c.oid = relation
      -- Catalogs and their TOAST tables have been there from the beginning.
      WHERE pid = pg_backend_pid() AND c.oid >= 16384`)
    return rows
  }
  await client.query(`SET lock_timeout = '1s'; BEGIN`)
  for (const step of others) {
    t.truthy(step.added)
    await client.query(sqlOf(step, 'up'))
  }
  for (const step of others.toReversed()) await client.query(sqlOf(step, 'down'))
  t.deepEqual(await locks(), [])
  await client.query('COMMIT')
  await writer.query('ROLLBACK')
})

test('triggers are dropped only with their table', (t) => {
  const steps = compileAll([
    [board(), board({ table: 'users' })],
    [board({ on: ['insert'] }), board({ table: 'users' })],
    [board({ on: ['insert'] })],
    [board()],
  ])
  t.deepEqual(
    steps.map(
      (step) =>
        sqlOf(step, 'up')
          .match(/^(?:DROP FUNCTION|CREATE TRIGGER)/gm)
          ?.sort() ?? [],
    ),
    [Array(8).fill('CREATE TRIGGER'), [], Array(4).fill('DROP FUNCTION'), []],
  )
  const idle = sqlOf(steps[1] ?? t.fail(), 'up')
  t.regex(
    idle,
    /COMMENT ON FUNCTION stalemate\.app__calls_delete\(\) IS '.*delete of calls makes nothing wrong';/,
  )
})

test('a compiler that renders the same rules otherwise adds a migration named by its version', (t) => {
  const [first] = compileAll([[board()]])
  if (first === undefined) return t.fail()
  const older = emit(rulesetOf([board({ when: 'true' })]))
  const previous = new Map([...older, ['plan.json', first.files.get('plan.json') ?? '']])
  const files = emit(rulesetOf([board()]), previous)
  const added = [...files.keys()].find((path) => path.startsWith('migrations/0002'))
  t.regex(added ?? '', /^migrations\/0002_stalemate_\d+_\d+_\d+\w*\.up\.sql$/)
})
