import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { run } from '../../src/cli/run.ts'
import { createStalemate } from '../../src/engine.ts'
import { readManifest } from '../../src/manifest/read-manifest.ts'
import { createDatabase, type TestDatabase } from '../helpers/database.ts'
import { makeFolder, type Outcome, runCommand } from '../helpers/io.ts'
import { createRoles, type TestRole } from '../helpers/roles.ts'
import { ROOT } from '../helpers/root.ts'
import { readShown, type Shown, toArgv } from './commands.ts'

const RULES = `version: 1
name: app
caches:
  dashboard: { key: 'dashboard:{user_id}', params: { user_id: uuid } }
tables:
  calls: [{ invalidate: dashboard }]
  parent: [{ invalidate: dashboard }]
warming:
  active-dashboards: { cache: dashboard, params: SELECT DISTINCT user_id FROM calls }
`
const USER = '4f3c2a1e-8f6d-4a57-9b0a-1d2e3f405162'
const TABLES = `CREATE TABLE calls (id int, user_id uuid, status text); INSERT INTO calls VALUES (1, '${USER}', 'new');
  CREATE TABLE parent (user_id uuid, day int) PARTITION BY LIST (day)`

/** The project that the pages speak of, and what runs their commands in it. */
async function prepare(t: ExecutionContext) {
  const cwd = await makeFolder(t)
  await mkdir(join(cwd, 'rules'))
  const database = await createDatabase(t, { sql: TABLES })
  const env = { DATABASE_URL: database.connectionString }
  const setRules = async (rules: string): Promise<void> => {
    await writeFile(join(cwd, 'rules/app.yaml'), rules)
    const { code, stderr } = await runCommand(['compile'], { cwd, env })
    t.is(code, 0, stderr)
  }
  await setRules(RULES)
  const fill = (argv: readonly string[]): readonly string[] =>
    argv.map((word) => word.replace(/^postgres:.*/, database.connectionString))
  return {
    cwd,
    database,
    setRules,
    perform: async (argv: readonly string[]): Promise<Outcome> => runCommand(fill(argv), { cwd, env }),
    /** Runs a command that does not end by itself, and ends it once it has said so. */
    performUntil: async (argv: readonly string[], said: RegExp): Promise<Outcome> => {
      const end = new AbortController()
      const texts = { stdout: '', stderr: '' }
      const stream = (name: keyof typeof texts) => ({
        write: (text: string) => {
          texts[name] += text
          if (said.test(texts.stdout)) end.abort('SIGINT')
        },
      })
      const streams = { stdout: stream('stdout'), stderr: stream('stderr') }
      const code = await run(fill(argv), { ...streams, env, cwd, signal: end.signal })
      return { code, ...texts }
    },
  }
}
type Prepared = Awaited<ReturnType<typeof prepare>>

/** What of a command or statement was done, so that what it printed can be judged. */
type Step = {
  readonly shown: string
  /** What must be so for it to make sense. */
  readonly before?: () => Promise<unknown>
  /** Instead of running it as it stands. */
  readonly how?: () => Promise<Outcome>
  /** What it says where it did what the page tells; its exit code is 0. */
  readonly says?: RegExp
}

const DONE: Outcome = { code: 0, stdout: '', stderr: '' }

/** The steps for docs/operations.md, in its order. */
function operationsSteps(
  { database, setRules, perform, performUntil }: Prepared,
  roles: Readonly<Record<'owner' | 'migrator' | 'second' | 'monitor', TestRole>>,
): readonly Step[] {
  let token = ''
  const sql = async (text: string): Promise<Outcome> => (await database.query(text), DONE)
  const named = (text: string): string =>
    text
      .replaceAll('team_a', roles.owner.name)
      .replaceAll('team_b', roles.second.name)
      .replaceAll('app_monitor', roles.monitor.name)
      .replace('CREATE ROLE migrator LOGIN;', '')
      .replaceAll('migrator', roles.migrator.name)
      .replace('DATABASE app', `DATABASE ${database.name}`)
  const apply = () => perform(['apply'])
  /** As running instances would have done. */
  const read = () => database.query('TRUNCATE stalemate.outbox_0, stalemate.outbox_1, stalemate.outbox_2')
  const monitor =
    'GRANT USAGE ON SCHEMA stalemate TO app_monitor;\nGRANT SELECT ON stalemate.migrations TO app_monitor;'
  const migrator =
    'CREATE ROLE migrator LOGIN;\nGRANT team_a, team_b TO migrator;\nGRANT CREATE ON DATABASE app TO migrator;'
  const handover =
    '-- as migrator\nALTER SCHEMA stalemate OWNER TO migrator;\nALTER TABLE stalemate.migrations OWNER TO migrator;'
  const down = 'stalemate down --url postgres://owner@db.example.com:5432/app'
  return [
    { shown: 'stalemate apply', says: /^applied {2}0001_initial\n/ },
    { shown: `${down} --dry-run`, says: /^-- 0001_initial\n[^]*DROP FUNCTION/m },
    { shown: down, says: /^taken back {2}0001_initial\n/ },
    { shown: 'stalemate status', before: apply, says: /^as compiled / },
    {
      shown: 'stalemate apply --repair',
      before: () => database.query('ALTER TABLE calls DISABLE TRIGGER USER'),
      says: /^mended {2}trigger stalemate_app_insert on public\.calls: disabled\n/m,
    },
    { shown: 'stalemate doctor', before: read, says: /^nothing found for ruleset app with feed outbox\n/m },
    { shown: 'stalemate status', says: /^as compiled / },
    { shown: 'stalemate watch', how: () => performUntil(['watch'], /live/), says: /0 gaps|1 gap/ },
    {
      shown: `SELECT stalemate.cover_v1('parent')`,
      before: async () => {
        await database.query('CREATE TABLE parent_1 PARTITION OF parent FOR VALUES IN (1)')
        const { stdout } = await perform(['status'])
        if (!stdout.startsWith('partition ')) throw new Error(stdout)
      },
      how: async () => {
        await database.query(`SELECT stalemate.cover_v1('parent')`)
        return await perform(['status'])
      },
      says: /^as compiled /,
    },
    {
      shown: 'stalemate apply --repair',
      before: async () => {
        await setRules(RULES.replace('name: app', 'name: app\nddl: watch'))
        await apply()
        await database.query('DROP EVENT TRIGGER stalemate_app_altered')
      },
      says: /^mended {2}event trigger stalemate_app_altered: trigger-missing\n/m,
    },
    { shown: 'stalemate doctor', before: read, says: /^nothing found /m },
    { shown: 'stalemate down', says: /^taken back {2}0002_/ },
    {
      shown: 'DROP SCHEMA stalemate CASCADE',
      how: async () => {
        await database.query('DROP SCHEMA stalemate CASCADE')
        const { rows } = await database.query('SELECT tgname FROM pg_trigger WHERE NOT tgisinternal')
        return { ...DONE, stdout: `${rows.length} triggers` }
      },
      says: /^0 triggers$/,
    },
    {
      shown: 'stalemate doctor',
      before: async () => (await apply(), await read()),
      says: /^nothing found /m,
    },
    {
      shown: 'stalemate clear',
      how: () => perform(['clear', '--reason', 'a page']),
      says: /stalemate clear --confirm \S+\n/,
    },
    {
      shown: 'stalemate clear --cache dashboard --reason "a wrong import"',
      how: async () => {
        const line = 'stalemate clear --cache dashboard --reason "a wrong import"'
        const outcome = await perform(toArgv(line))
        token = /--confirm (\S+)/.exec(outcome.stdout)?.[1] ?? ''
        return outcome
      },
      says: /cache dashboard/,
    },
    {
      shown: 'stalemate clear --confirm TOKEN',
      how: () => perform(['clear', '--confirm', token]),
      says: /^cleared {2}cache dashboard[^]*epoch 1 /,
    },
    {
      shown: 'stalemate simulate "UPDATE ..."',
      how: () => perform(['simulate', `UPDATE calls SET status = 'done'`]),
      says: new RegExp(`dashboard:${USER}`),
    },
    { shown: monitor, how: () => sql(named(monitor)) },
    { shown: migrator, how: () => sql(named(migrator)) },
    {
      shown: 'stalemate apply --repair',
      // It stands before the statements that it belongs to. Here a superuser hands over; owners.test.ts has owners do it.
      how: async () => {
        await database.query(named(handover))
        return await perform(['apply', '--repair'])
      },
      says: /^mended {2}function stalemate\.outbox_v1: owner$/m,
    },
    { shown: handover, how: () => Promise.resolve(DONE) },
    {
      shown: 'DELETE FROM stalemate.habits',
      before: async () => {
        await setRules(`${RULES}  usual: { cache: dashboard, params: learned }\n`)
        await apply()
      },
    },
  ]
}

test('every command and statement of docs/operations.md does what the page tells, in the order of the page', async (t) => {
  const prepared = await prepare(t)
  const { database } = prepared
  const roles = await createRoles(t, database, ['owner', 'migrator', 'second', 'monitor'])
  const steps = operationsSteps(prepared, roles)
  const shown = await readShown('docs/operations.md')
  t.deepEqual(
    shown.map(({ text }) => text),
    steps.map((step) => step.shown),
  )
  for (const [place, { before, how, says }] of steps.entries()) {
    const { kind, text } = shown[place] as Shown
    await before?.()
    if (how === undefined && kind === 'sql') {
      await database.query(text)
      continue
    }
    const { code, stdout, stderr } = await (how?.() ?? prepared.perform(toArgv(text)))
    t.is(code, 0, `${text}\n${stdout}${stderr}`)
    if (says !== undefined) t.regex(stdout, says, text)
  }
})

/** Those whose commands are run by tests of their own: the page in its order, above and in readme.test.ts; and generated ones. */
const ELSEWHERE = new Set(['README.md', 'docs/operations.md'])
/** What stands for something, or can't end: what is run instead. */
const FILLED: Readonly<Record<string, string>> = {
  'stalemate explain': 'stalemate explain dashboard',
  'stalemate check --format ...': 'stalemate check --format prisma',
  'stalemate clear': 'stalemate clear --reason page',
  'stalemate dashboard': 'stalemate dashboard --port 0',
  'stalemate dashboard --url postgres://localhost/app':
    'stalemate dashboard --url postgres://localhost/app --port 0',
}

test('every command of the other pages runs in the project that they speak of', async (t) => {
  const prepared = await prepare(t)
  const { cwd, database, perform, performUntil } = prepared
  t.is((await perform(['compile', '--format', 'prisma'])).code, 0)
  t.is((await perform(['apply'])).code, 0)
  await startInstance(t, cwd, database)
  const pages = (await readdir(join(ROOT, 'docs'))).filter((name) => name.endsWith('.md'))
  const paths = [
    ...pages.map((name) => `docs/${name}`),
    'examples/call-centre/README.md',
    'examples/drizzle/README.md',
  ].filter((page) => !ELSEWHERE.has(page))
  const all = (await Promise.all(paths.map(readShown))).flat().filter(({ kind }) => kind === 'command')
  const distinct = new Map(all.map((shown) => [shown.text, shown]))
  t.true(distinct.size > 20)
  for (const { page, text } of distinct.values()) {
    const argv = toArgv(FILLED[text] ?? text)
    const { code, stdout, stderr } =
      argv[0] === 'dashboard' ? await performUntil(argv, /serving/) : await perform(argv)
    t.is(code, 0, `${page}: ${text}\n${stdout}${stderr}`)
    // One command takes back what others need.
    if (argv[0] === 'down') await perform(['apply'])
  }
})

/** An instance of the application, which `stalemate warm` asks. */
async function startInstance(t: ExecutionContext, cwd: string, database: TestDatabase): Promise<void> {
  const text = await readFile(join(cwd, 'generated/manifest.json'), 'utf8')
  const app = await createStalemate({
    manifest: readManifest(JSON.parse(text)),
    connection: { connectionString: database.connectionString },
    loaders: { dashboard: async () => await Promise.resolve({ calls: 1 }) },
  })
  t.teardown(() => app.close())
  await app.ready
}
