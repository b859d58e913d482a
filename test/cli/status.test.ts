import test, { type ExecutionContext } from 'ava'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createDatabase } from '../helpers/database.ts'
import { makeFolder, runCommand } from '../helpers/io.ts'

function rules(tables: readonly string[]): string {
  return [
    'version: 1',
    'name: shop',
    'caches:',
    '  basket: { key: "basket:{user_id}", params: { user_id: text } }',
    'tables:',
    ...tables.map((table) => `  ${table}: [{ invalidate: basket }]`),
    '',
  ].join('\n')
}

async function prepare(t: ExecutionContext, tables: readonly string[]) {
  const cwd = await makeFolder(t)
  await mkdir(join(cwd, 'rules'))
  await writeFile(join(cwd, 'rules', 'shop.yaml'), rules(tables))
  const compiled = await runCommand(['compile'], { cwd })
  t.is(compiled.code, 0, compiled.stderr)
  const sql = tables.map((table) => `CREATE TABLE ${table} (user_id text)`).join(';')
  const database = await createDatabase(t, { sql })
  const env = { DATABASE_URL: database.connectionString }
  const run = async (...argv: string[]) => await runCommand(argv, { cwd, env })
  const applied = await run('apply')
  t.is(applied.code, 0, applied.stderr)
  return { database, run, cwd }
}

test('status says that all is as compiled, or what is not, and apply --repair mends it', async (t) => {
  const { database, run } = await prepare(t, ['items'])
  const fine = await run('status')
  t.is(fine.code, 0, fine.stderr)
  t.regex(
    fine.stdout,
    /^as compiled {2}database "\w+" on \S+ is what the migrations make \(4 triggers, 8 functions, 1 table\)\n$/,
  )
  await database.query('ALTER TABLE items DISABLE TRIGGER stalemate_shop_insert')
  const found = await run('status')
  t.is(found.code, 1)
  t.true(
    found.stdout.startsWith(
      'disabled  trigger stalemate_shop_insert on public.items  It is disabled.\n1 difference in ',
    ),
  )
  t.true(found.stdout.endsWith('next: stalemate apply --repair\n'))
  const dry = await run('apply', '--repair', '--dry-run')
  t.is(dry.code, 0)
  t.true(dry.stdout.includes('ALTER TABLE public.items ENABLE TRIGGER stalemate_shop_insert;'))
  t.is((await run('status')).code, 1)
  const mended = await run('apply', '--repair')
  t.is(mended.code, 0)
  t.true(mended.stdout.endsWith('mended  trigger stalemate_shop_insert on public.items: disabled\n'))
  t.is((await run('status')).code, 0)
  const again = await run('apply', '--repair')
  t.true(again.stdout.endsWith('nothing to mend\n'))
})

test('what people must decide is left by a repair, with exit code 1', async (t) => {
  const { database, run } = await prepare(t, ['items'])
  await database.query('ALTER TABLE items RENAME TO articles')
  const mended = await run('apply', '--repair', '--json')
  t.is(mended.code, 1)
  const { ok, left } = JSON.parse(mended.stdout) as { ok: boolean; left: { kind: string }[] }
  t.false(ok)
  t.deepEqual(
    left.map(({ kind }) => kind),
    ['table-missing'],
  )
})

test('status tells of a migration that is not applied yet', async (t) => {
  const { run, cwd, database } = await prepare(t, ['items'])
  await database.query('CREATE TABLE orders (user_id text)')
  await writeFile(join(cwd, 'rules', 'shop.yaml'), rules(['items', 'orders']))
  t.is((await run('compile')).code, 0)
  const found = await run('status')
  t.is(found.code, 1)
  t.regex(
    found.stdout,
    /^version +migration 0002_watch_orders +It is not applied yet: run stalemate apply\.\n/,
  )
  t.true(found.stdout.endsWith('next: stalemate apply\n'))
})

// Alone, so that the time of the process is that of the command.
test.serial('500 tables are compared in less than a second', async (t) => {
  const tables = Array.from({ length: 500 }, (_, number) => `t${number}`)
  const { run } = await prepare(t, tables)
  const times: number[] = []
  for (let round = 0; round < 3; round += 1) {
    const cpu = process.cpuUsage()
    const found = await run('status', '--json')
    const { user, system } = process.cpuUsage(cpu)
    t.is(found.code, 0)
    t.like(JSON.parse(found.stdout), { ok: true, drifts: [], compared: { tables: 500, triggers: 2000 } })
    times.push((user + system) / 1000)
  }
  // The time of this process, in the round that others disturbed least.
  t.true(Math.min(...times) < 1000, `${times.join(', ')} ms`)
  t.log(`${times.map(Math.round).join(', ')} ms of this process`)
})
