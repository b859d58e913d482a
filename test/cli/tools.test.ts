import test, { type ExecutionContext } from 'ava'
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { createDatabase, type TestDatabase } from '../helpers/database.ts'
import { listenTo } from '../helpers/installation.ts'
import { makeFolder, runCommand } from '../helpers/io.ts'
import { type Tool, TOOLS } from '../helpers/migration-tools.ts'
import { resolveByPrisma } from '../helpers/prisma.ts'

const RULES = `version: 1
name: shop
feed: notify
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

/** A project whose migrations another tool applies, and a database on which it has applied the first one. */
async function prepare(t: ExecutionContext, name: string, tool: Tool) {
  const cwd = await makeFolder(t)
  const folder = join(cwd, tool.folder)
  await mkdir(join(cwd, 'rules'))
  for (const [path, text] of Object.entries(tool.own)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), text)
  }
  const database = await createDatabase(t)
  const env = { DATABASE_URL: database.connectionString }
  const run = (...argv: string[]) => runCommand(argv, { cwd, env })
  const compile = async (rules: string): Promise<void> => {
    await writeFile(join(cwd, 'rules', 'shop.yaml'), rules)
    const { code, stderr } = await run('compile', '--format', name)
    t.is(code, 0, stderr)
  }
  const up = () => tool.up(database, folder)
  const isAsCompiled = async (): Promise<void> => {
    const { code, stdout, stderr } = await run('status')
    t.is(code, 0, stdout + stderr)
  }
  await compile(RULES)
  await up()
  await isAsCompiled()
  return { cwd, folder, database, run, compile, up, isAsCompiled }
}

/** Three kinds of drift: what fires no more, what is gone, and what does something else. */
const DRIFT = `ALTER TABLE items DISABLE TRIGGER stalemate_shop_insert;
DROP FUNCTION stalemate.shop__items_delete() CASCADE;
ALTER FUNCTION stalemate.shop__items_update() SECURITY INVOKER`

/** Everything of ours, and what the tool remembers. */
async function readState(database: TestDatabase): Promise<unknown> {
  const { rows } = await database.query(`
    SELECT pg_get_functiondef(oid) AS made, obj_description(oid, 'pg_proc') AS note FROM pg_proc
      WHERE pronamespace = to_regnamespace('stalemate')
    UNION ALL SELECT pg_get_triggerdef(oid) || tgenabled::text, obj_description(oid, 'pg_trigger') FROM pg_trigger
      WHERE NOT tgisinternal
    ORDER BY 1`)
  return rows
}

for (const [name, tool] of Object.entries(TOOLS)) {
  test(`${name}: what status finds is mended by apply --repair, and the tool goes on from there`, async (t) => {
    const { database, run, compile, up, isAsCompiled } = await prepare(t, name, tool)
    const before = await readState(database)
    await database.query(DRIFT)
    const found = await run('status')
    t.is(found.code, 1)
    for (const kind of ['disabled', 'function-missing', 'security'])
      t.regex(found.stdout, new RegExp(`^${kind} `, 'm'))
    // The tool has nothing to do: it remembers what it has applied, and not what is there.
    await up()
    t.is((await run('status')).code, 1)
    t.is((await run('apply', '--repair')).code, 0)
    await isAsCompiled()
    t.deepEqual(await readState(database), before)
    await compile(CHANGED)
    await up()
    await isAsCompiled()
  })

  test(`${name}: the SQL of a repair is a migration of the tool, which mends and tells running instances`, async (t) => {
    const { database, folder, run, compile, up, isAsCompiled } = await prepare(t, name, tool)
    const before = await readState(database)
    await database.query(DRIFT)
    const { code, stdout } = await run('apply', '--repair', '--dry-run')
    t.is(code, 0)
    await tool.add(folder, 'mend', stdout)
    const heard = await listenTo(database, 'stalemate_shop')
    await up()
    t.true((await heard()).some((message) => message.includes('"c":"plan"')))
    t.deepEqual(await readState(database), before)
    await isAsCompiled()
    // Where nothing differs it changes nothing.
    await database.query(stdout)
    t.deepEqual(await readState(database), before)
    // What comes later stands behind it.
    await compile(CHANGED)
    await up()
    await isAsCompiled()
  })

  test(`${name}: rules that went wrong are mended forwards, to what was there before`, async (t) => {
    const { database, compile, up, isAsCompiled } = await prepare(t, name, tool)
    const before = await readState(database)
    await compile(CHANGED)
    await up()
    t.notDeepEqual(await readState(database), before)
    await compile(RULES)
    await up()
    t.deepEqual(await readState(database), before)
    await isAsCompiled()
  })

  test(`${name}: a migration is taken back with the tool, its row included, and can be applied again`, async (t) => {
    const { cwd, database, folder, run, compile, up, isAsCompiled } = await prepare(t, name, tool)
    const [before, first] = [await readState(database), join(cwd, 'first')]
    await cp(join(cwd, 'generated'), first, { recursive: true })
    await compile(CHANGED)
    await up()
    const second = await readState(database)
    if (tool.down !== undefined) await tool.down(database, folder)
    else {
      const paths = await readdir(folder, { recursive: true })
      const path = paths.find((each) => /0002_.*down\.sql$/.test(each)) ?? ''
      await tool.execute?.(database, await readFile(join(folder, path), 'utf8'))
      t.deepEqual(await readState(database), before)
      // The tool thinks that it is applied, as long as it is not told.
      await up()
      t.deepEqual(await readState(database), before)
      if (name === 'prisma')
        await t.throwsAsync(resolveByPrisma(database.connectionString, dirname(path)), {
          message: /not in a failed state/,
        })
      await database.query(tool.forget ?? '')
    }
    t.deepEqual(await readState(database), before)
    t.regex((await run('status')).stdout, /^version +migration 0002_change_items +It is not applied yet/m)
    await up()
    t.deepEqual(await readState(database), second)
    await isAsCompiled()
    if (tool.down !== undefined) await tool.down(database, folder)
    else return
    // As after going back to the commit of before.
    await rm(join(cwd, 'generated'), { recursive: true })
    await cp(first, join(cwd, 'generated'), { recursive: true })
    await isAsCompiled()
  })
}

test('a change that fails for want of a lock is taken up again by the next run of the tool', async (t) => {
  for (const [name, tool] of Object.entries(TOOLS)) {
    if (name === 'prisma') continue
    const { database, compile, up, isAsCompiled } = await prepare(t, name, tool)
    await database.query('CREATE TABLE orders (user_id uuid)')
    const before = await readState(database)
    await compile(`${CHANGED}  orders: [{ invalidate: basket }]\n`)
    const writer = await database.connect()
    await writer.query('BEGIN; LOCK TABLE orders')
    await t.throwsAsync(up(), undefined, name)
    t.deepEqual(await readState(database), before)
    await writer.query('ROLLBACK')
    await up()
    await isAsCompiled()
  }
})
