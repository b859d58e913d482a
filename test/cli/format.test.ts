import test, { type ExecutionContext } from 'ava'
import { drizzle } from 'drizzle-orm/node-postgres'
import { migrate } from 'drizzle-orm/node-postgres/migrator'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { runner } from 'node-pg-migrate'
import { createDatabase, type TestDatabase } from '../helpers/database.ts'
import { makeFolder, runCommand, type Outcome } from '../helpers/io.ts'
import { deployByPrisma } from '../helpers/prisma.ts'

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
const TABLES = 'CREATE TABLE items (id int PRIMARY KEY, user_id uuid, amount int);\n'

/** Another tool, as its users run it. */
type Tool = {
  /** The migration that makes the application's own tables. */
  readonly own: Readonly<Record<string, string>>
  readonly folder: string
  readonly up: (database: TestDatabase, folder: string) => Promise<unknown>
  readonly down?: (database: TestDatabase, folder: string) => Promise<unknown>
}

const runPgMigrate = (database: TestDatabase, dir: string, direction: 'up' | 'down', count: number) =>
  runner({
    databaseUrl: database.connectionString,
    dir,
    direction,
    count,
    migrationsTable: 'pgmigrations',
    log: () => undefined,
  })

const tools: Readonly<Record<string, Tool>> = {
  'node-pg-migrate': {
    folder: 'migrations',
    own: { '1700000000000_tables.sql': `-- Up Migration\n${TABLES}-- Down Migration\nDROP TABLE items;\n` },
    up: (database, folder) => runPgMigrate(database, folder, 'up', Infinity),
    down: (database, folder) => runPgMigrate(database, folder, 'down', 1),
  },
  drizzle: {
    folder: 'drizzle',
    own: {
      '0000_tables.sql': TABLES,
      'meta/_journal.json': JSON.stringify({
        version: '7',
        dialect: 'postgresql',
        entries: [{ idx: 0, version: '7', when: 1700000000000, tag: '0000_tables', breakpoints: true }],
      }),
    },
    up: async (database, migrationsFolder) =>
      migrate(drizzle(await database.connect()), { migrationsFolder }),
  },
  prisma: {
    folder: 'prisma/migrations',
    own: {
      '20240101000000_tables/migration.sql': TABLES,
      'migration_lock.toml': 'provider = "postgresql"\n',
    },
    up: (database, folder) => deployByPrisma(database.connectionString, folder),
  },
}

type Project = {
  readonly cwd: string
  readonly compile: (rules: string, ...line: string[]) => Promise<Outcome>
  readonly read: () => Promise<ReadonlyMap<string, string>>
}

async function makeProject(t: ExecutionContext, name: string, { own, folder }: Tool): Promise<Project> {
  const cwd = await makeFolder(t)
  await mkdir(join(cwd, 'rules'))
  for (const [path, text] of Object.entries(own)) {
    await mkdir(dirname(join(cwd, folder, path)), { recursive: true })
    await writeFile(join(cwd, folder, path), text)
  }
  return {
    cwd,
    compile: async (rules, ...line) => {
      await writeFile(join(cwd, 'rules', 'shop.yaml'), rules)
      const outcome = await runCommand(['compile', '--format', name, ...line], { cwd })
      t.is(outcome.code, 0, outcome.stderr)
      return outcome
    },
    read: async () => {
      const entries = await readdir(join(cwd, folder), { recursive: true, withFileTypes: true })
      const paths = entries.filter((entry) => entry.isFile()).map((one) => join(one.parentPath, one.name))
      return new Map(
        await Promise.all(paths.sort().map(async (path) => [path, await readFile(path, 'utf8')] as const)),
      )
    },
  }
}

const readBody = async (database: TestDatabase): Promise<string> => {
  const { rows } = await database.query<{ prosrc: string }>(
    `SELECT prosrc FROM pg_proc WHERE proname = 'shop__items_insert'`,
  )
  return rows[0]?.prosrc ?? ''
}

const readRecords = async (database: TestDatabase): Promise<readonly number[]> => {
  const { rows } = await database.query<{ number: number }>(
    `SELECT number FROM stalemate.migrations WHERE ruleset = 'shop' ORDER BY number`,
  )
  return rows.map((row) => row.number)
}

for (const [name, tool] of Object.entries(tools)) {
  test(`${name} applies the migrations, among its own, and Stalemate knows of it`, async (t) => {
    const project = await makeProject(t, name, tool)
    const database = await createDatabase(t)
    const folder = join(project.cwd, tool.folder)
    await project.compile(RULES)
    await tool.up(database, folder)
    t.true((await readBody(database)).includes('amount > 0'))
    const line = ['apply', '--url', database.connectionString]
    const applied = await runCommand(line, { cwd: project.cwd })
    t.regex(applied.stdout, /^up to date/, applied.stderr)
    const before = await project.read()
    await project.compile(RULES)
    t.deepEqual(await project.read(), before)
    const { stdout } = await project.compile(CHANGED)
    t.regex(stdout, /next: (?:node-pg-migrate up|prisma migrate deploy|drizzle-kit migrate)\n$/)
    const after = await project.read()
    for (const [path, text] of before) if (path.endsWith('.sql')) t.is(after.get(path), text, path)
    await tool.up(database, folder)
    t.true((await readBody(database)).includes('amount > 1'))
    t.deepEqual(await readRecords(database), [1, 2])
    t.regex((await runCommand(line, { cwd: project.cwd })).stdout, /^up to date/)
    t.is((await runCommand(['check', '--format', name], { cwd: project.cwd })).code, 0)
    if (tool.down === undefined) return
    await tool.down(database, folder)
    t.true((await readBody(database)).includes('amount > 0'))
    t.deepEqual(await readRecords(database), [1])
    await tool.down(database, folder)
    t.is(await readBody(database), '')
  })
}

for (const [name, tool] of Object.entries(tools)) {
  test(`--amend writes the last migration of ${name} anew, under the number that it has`, async (t) => {
    const { compile, read } = await makeProject(t, name, tool)
    await compile(RULES)
    await compile(CHANGED)
    const before = await read()
    await compile(CHANGED.replace('> 1', '> 2'), '--amend', '--name', 'more')
    const after = await read()
    t.is(after.size, before.size)
    const rename = (path: string): string => path.replace('0002_change_items', '0002_more')
    t.deepEqual([...after.keys()], [...before.keys()].map(rename))
    const last = [...after].filter(([path]) => path.includes('0002_more'))
    t.true(last.some(([, text]) => text.includes('amount > 2')))
    t.false(last.some(([, text]) => text.includes('amount > 1')))
    // What was changed and is changed back needs no migration.
    await compile(RULES, '--amend')
    t.deepEqual(
      [...(await read()).keys()],
      [...before.keys()].filter((path) => !path.includes('0002_change_items')),
    )
    t.false([...(await read()).values()].some((text) => text.includes('0002_')))
  })
}

test('--dir without another tool is wrong use', async (t) => {
  const { code, stderr } = await runCommand(['compile', '--dir', 'x'], { cwd: await makeFolder(t) })
  t.is(code, 2)
  t.regex(stderr, /Name the tool with --format/)
})
