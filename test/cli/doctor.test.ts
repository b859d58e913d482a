import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { createDatabase } from '../helpers/database.ts'
import { makeFolder, runCommand } from '../helpers/io.ts'

const RULES = `
version: 1
name: shop
caches: { basket: { key: "basket:{user_id}", params: { user_id: text } } }
tables: { items: [{ invalidate: basket }] }
`

async function prepare(t: ExecutionContext) {
  const cwd = await makeFolder(t)
  await mkdir(join(cwd, 'rules'))
  await writeFile(join(cwd, 'rules', 'shop.yaml'), RULES)
  const database = await createDatabase(t, { sql: 'CREATE TABLE items (user_id text)' })
  const env = { DATABASE_URL: database.connectionString }
  const run = async (...argv: string[]) => await runCommand(argv, { cwd, env })
  t.is((await run('compile')).code, 0)
  return { database, run, cwd }
}

test('doctor says what is fine, and what to do about the rest', async (t) => {
  const { database, run } = await prepare(t)
  const before = await run('doctor')
  t.is(before.code, 1)
  t.regex(
    before.stdout,
    /^problem {2}outbox {8}The database has no outbox for stalemate_shop\.\n +Run `stalemate apply`\.$/m,
  )
  t.is((await run('apply')).code, 0)
  const fine = await run('doctor')
  t.is(fine.code, 0, fine.stdout)
  t.regex(fine.stdout, /^fine {5}connection {4}database "\w+" on \S+ answers\.\n/)
  t.true(fine.stdout.endsWith('nothing found for ruleset shop with feed outbox\n'))
  await database.query('ALTER TABLE items DISABLE TRIGGER USER')
  const found = await run('doctor', '--json')
  t.is(found.code, 1)
  const { findings, ...rest } = JSON.parse(found.stdout) as {
    findings: { subject: string; level: string; advice?: string }[]
  }
  t.like(rest, { command: 'doctor', ok: false, ruleset: 'shop', feed: 'outbox' })
  const problems = findings.filter(({ level }) => level === 'problem')
  t.deepEqual(
    problems.map(({ subject }) => subject),
    ['triggers'],
  )
  t.regex(problems[0]?.advice ?? '', /ENABLE TRIGGER/)
})

test('a database that cannot be reached is a finding, and none at all wrong use', async (t) => {
  const { cwd } = await prepare(t)
  const away = await runCommand(['doctor', '--url', 'postgres://x@127.0.0.1:1/x', '--json'], { cwd })
  t.is(away.code, 1)
  const { findings } = JSON.parse(away.stdout) as { findings: { message: string }[] }
  t.is(findings.length, 1)
  t.regex(findings[0]?.message ?? '', /cannot be reached: connection refused/)
  t.is((await runCommand(['doctor'], { cwd })).code, 2)
  t.is((await runCommand(['doctor', '--feed', 'x'], { cwd })).code, 2)
})
