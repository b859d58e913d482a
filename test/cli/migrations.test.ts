import test from 'ava'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { makeFolder, runCommand, type Outcome } from '../helpers/io.ts'
import type { ExecutionContext } from 'ava'

const RULES = `version: 1
name: shop
caches:
  basket:
    key: basket:{user_id}
    params: { user_id: uuid }
tables:
  items:
    - invalidate: basket
      when: amount > 0
`
const CHANGED = RULES.replace('amount > 0', 'amount > 1')
const MORE = `${CHANGED}  orders:\n    - invalidate: basket\n`

type Project = {
  readonly cwd: string
  readonly generated: string
  /** Writes the rules and compiles, or whatever else is asked for. */
  readonly compile: (rules: string, ...line: string[]) => Promise<Outcome>
  readonly check: () => Promise<Outcome>
  /** Names of the up migrations. */
  readonly migrations: () => Promise<readonly string[]>
  readonly read: () => Promise<ReadonlyMap<string, string>>
}

async function makeProject(t: ExecutionContext, ...history: string[]): Promise<Project> {
  const cwd = await makeFolder(t)
  const generated = join(cwd, 'generated')
  await mkdir(join(cwd, 'rules'))
  const list = async (): Promise<string[]> => {
    const entries = await readdir(generated, { recursive: true, withFileTypes: true })
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(generated.length + 1))
      .sort()
  }
  const project: Project = {
    cwd,
    generated,
    compile: async (rules, ...line) => {
      await writeFile(join(cwd, 'rules', 'shop.yaml'), rules)
      return runCommand(['compile', ...line], { cwd })
    },
    check: () => runCommand(['check'], { cwd }),
    migrations: async () =>
      (await list()).flatMap((path) => /^migrations\/(.*)\.up\.sql$/.exec(path)?.[1] ?? []),
    read: async () => {
      const names = await list()
      return new Map(
        await Promise.all(
          names.map(async (name) => [name, await readFile(join(generated, name), 'utf8')] as const),
        ),
      )
    },
  }
  for (const rules of history) t.is((await project.compile(rules)).code, 0)
  return project
}

test('a changed condition adds a migration that replaces functions and nothing else', async (t) => {
  const { compile, migrations, read } = await makeProject(t, RULES)
  const before = await read()
  const { code, stdout } = await compile(CHANGED)
  t.is(code, 0)
  t.true(stdout.includes('created  generated/migrations/0002_change_items.up.sql\n'))
  t.true(stdout.endsWith('next: stalemate apply\n'))
  t.deepEqual(await migrations(), ['0001_initial', '0002_change_items'])
  const after = await read()
  for (const [path, text] of before) if (path.startsWith('migrations/')) t.is(after.get(path), text, path)
  for (const side of ['up', 'down']) {
    const sql = after.get(`migrations/0002_change_items.${side}.sql`) ?? ''
    t.is(sql.match(/^CREATE OR REPLACE FUNCTION /gm)?.length, 3)
    t.notRegex(sql, /\bTRIGGER\b|\bDROP\b/)
  }
})

test('compiling again, and rules that only look different, change no byte', async (t) => {
  const { compile, read, check } = await makeProject(t, RULES, MORE)
  const before = await read()
  for (const rules of [
    MORE,
    `# a word\n${MORE}\n# another\n`,
    MORE.replace('{ user_id: uuid }', '\n      user_id: uuid'),
  ]) {
    t.is((await compile(rules)).code, 0)
    t.deepEqual(await read(), before)
  }
  t.is((await check()).code, 0)
})

test('a change that no trigger has to know of adds no migration', async (t) => {
  const { compile, migrations, read } = await makeProject(t, RULES)
  t.is((await compile(RULES.replace('    params', '    ttl: 1m\n    params'))).code, 0)
  t.deepEqual(await migrations(), ['0001_initial'])
  t.true((await read()).get('manifest.json')?.includes('"ttl": 60000'))
})

test('--name names the migration, and only a name that a file can have', async (t) => {
  const { compile, migrations } = await makeProject(t, RULES)
  const wrong = await compile(CHANGED, '--name', '../x')
  t.is(wrong.code, 2)
  t.true(wrong.stderr.includes('such as watch_orders'))
  t.is((await compile(CHANGED, '--name', 'be_strict')).code, 0)
  t.deepEqual(await migrations(), ['0001_initial', '0002_be_strict'])
})

test('check fails as long as changed rules have no migration, and writes none', async (t) => {
  const { cwd, check, compile, migrations } = await makeProject(t, RULES)
  await writeFile(join(cwd, 'rules', 'shop.yaml'), CHANGED)
  const { code, stdout } = await check()
  t.is(code, 1)
  t.true(stdout.includes('missing  generated/migrations/0002_change_items.up.sql\n'), stdout)
  t.deepEqual(await migrations(), ['0001_initial'])
  await compile(CHANGED)
  t.is((await check()).code, 0)
})

test('--amend writes the last migration anew from what was there before it', async (t) => {
  const amended = await makeProject(t, RULES, CHANGED)
  const { code, stdout } = await amended.compile(MORE, '--amend', '--name', 'more')
  t.is(code, 0)
  t.true(stdout.includes('removed  generated/migrations/0002_change_items.up.sql\n'), stdout)
  t.true(stdout.includes('only for databases that do not have it'))
  const direct = await makeProject(t, RULES)
  await direct.compile(MORE, '--name', 'more')
  t.deepEqual(await amended.read(), await direct.read())
  await amended.compile(MORE, '--amend')
  t.deepEqual(await amended.read(), await direct.read())
})

test('--amend of the first migration is compiling for the first time', async (t) => {
  const amended = await makeProject(t, RULES)
  await amended.compile(MORE, '--amend')
  t.deepEqual(await amended.read(), await (await makeProject(t, MORE)).read())
})

test('--amend with the rules as they were before takes the migration away', async (t) => {
  const { compile, read, migrations, check } = await makeProject(t, RULES)
  const before = await read()
  await compile(MORE)
  await compile(RULES, '--amend')
  t.deepEqual(await migrations(), ['0001_initial'])
  t.deepEqual(await read(), before)
  t.is((await check()).code, 0)
})

test('what was before a migration that was taken away is not guessed', async (t) => {
  const { compile } = await makeProject(t, RULES, CHANGED, MORE)
  t.is((await compile(CHANGED, '--amend')).code, 0)
  const { code, stderr } = await compile(MORE, '--amend')
  t.is(code, 1)
  t.regex(stderr, /^error migrations-diverged: .*\nhint: Compile without --amend/)
})

test('two branches that added a migration each are told how to merge, and the way works', async (t) => {
  const [ours, theirs] = [await makeProject(t, RULES, CHANGED), await makeProject(t, RULES)]
  await theirs.compile(
    RULES.replace('basket\n      when', 'basket\n      on: [insert]\n      when'),
    '--name',
    'theirs',
  )
  for (const side of ['up', 'down']) {
    const file = `migrations/0002_theirs.${side}.sql`
    await writeFile(join(ours.generated, file), (await theirs.read()).get(file) ?? '')
  }
  const before = await ours.read()
  for (const { code, stderr } of [
    await ours.compile(MORE),
    await ours.check(),
    await ours.compile(MORE, '--amend'),
  ]) {
    t.is(code, 1)
    t.regex(
      stderr,
      /^error migrations-diverged: migrations\/0002_change_items.up.sql and migrations\/0002_theirs.up.sql have the same number\.\nhint: .*compile again/,
    )
  }
  t.deepEqual(await ours.read(), before)
  for (const side of ['up', 'down']) await rm(join(ours.generated, `migrations/0002_theirs.${side}.sql`))
  t.is((await ours.compile(MORE)).code, 0)
  t.deepEqual(await ours.migrations(), ['0001_initial', '0002_change_items', '0003_watch_orders'])
})

const diverged = test.macro<[string, (project: Project) => Promise<unknown>, RegExp]>({
  exec: async (t, _what, break_, message) => {
    const project = await makeProject(t, RULES, CHANGED)
    await break_(project)
    const before = await project.read()
    const { code, stderr } = await project.compile(MORE)
    t.is(code, 1)
    t.regex(stderr, /^error migrations-diverged: .*\nhint: /)
    t.regex(stderr, message)
    t.deepEqual(await project.read(), before)
  },
  title: (_title, what) => `compile refuses ${what}, and writes nothing`,
})

const edit = async ({ generated }: Project, file: string, change: (text: string) => string): Promise<void> =>
  writeFile(join(generated, file), change(await readFile(join(generated, file), 'utf8')))

test(
  diverged,
  'a migration that was edited',
  (project) => edit(project, 'migrations/0002_change_items.up.sql', (text) => `${text}-- more\n`),
  /0002_change_items\.up\.sql is not as it was compiled\.\nhint: .*--amend/,
)
test(
  diverged,
  'an earlier migration whose way down was edited',
  (project) => edit(project, 'migrations/0001_initial.down.sql', () => ''),
  /0001_initial\.down\.sql is not as it was compiled\.\nhint: (?!.*--amend)/,
)
test(
  diverged,
  'a migration that is missing',
  ({ generated }) => rm(join(generated, 'migrations/0001_initial.up.sql')),
  /0001_initial\.up\.sql is not there/,
)
test(
  diverged,
  'a migration that nobody compiled',
  ({ generated }) => writeFile(join(generated, 'migrations/0003_mine.up.sql'), 'SELECT 1'),
  /0003_mine\.up\.sql is no migration that installed\.json knows/,
)
test(
  diverged,
  'migrations without installed.json',
  ({ generated }) => rename(join(generated, 'installed.json'), join(generated, 'other.json')),
  /no installed\.json/,
)
test(
  diverged,
  'an installed.json with marks of a conflict',
  (project) => edit(project, 'installed.json', (text) => `<<<<<<< ours\n${text}`),
  /installed\.json is not JSON/,
)
test(
  diverged,
  'an installed.json that was merged by hand',
  (project) => edit(project, 'installed.json', (text) => text.replace('insert of', 'insertion of')),
  /installed\.json is not as it was compiled/,
)

test('rules of another name do not go on with the migrations of these', async (t) => {
  const { compile } = await makeProject(t, RULES)
  const { code, stderr } = await compile(RULES.replace('name: shop', 'name: store'))
  t.is(code, 1)
  t.regex(stderr, /^error migrations-diverged: .*shop.*store/)
})

test('files with other line ends are the same files', async (t) => {
  const { compile, generated, read } = await makeProject(t, RULES, CHANGED)
  for (const path of (await read()).keys())
    await edit({ generated } as Project, path, (text) => text.replaceAll('\n', '\r\n'))
  t.is((await compile(MORE)).code, 0)
})
