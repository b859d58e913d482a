import test, { type ExecutionContext } from 'ava'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { createDatabase, type TestDatabase } from '../helpers/database.ts'
import { makeFolder, runCommand, type Outcome } from '../helpers/io.ts'
import { type Tool, TOOLS as tools } from '../helpers/migration-tools.ts'

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
