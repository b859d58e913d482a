import test from 'ava'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { formatCatalog } from '../../src/catalog/catalog-file.ts'
import { catalogOf, column, table } from '../catalog/parts.ts'
import { makeFolder, runCommand } from '../helpers/io.ts'
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
      columns: [amount]
`
const CATALOG = formatCatalog(
  catalogOf([
    table('items', { columns: [column('user_id'), column('amount', 'int4'), column('note', 'text')] }),
  ]),
)

async function makeProject(t: ExecutionContext, files: Readonly<Record<string, string>>): Promise<string> {
  const cwd = await makeFolder(t)
  for (const folder of ['rules', 'generated']) await mkdir(join(cwd, folder))
  for (const [path, text] of Object.entries(files)) await writeFile(join(cwd, path), text)
  return cwd
}

test('explain says what a change makes wrong, on standard output alone', async (t) => {
  const cwd = await makeProject(t, { 'rules/shop.yaml': RULES })
  const { code, stdout, stderr } = await runCommand(['explain', 'items.amount'], { cwd })
  t.is(stderr, '')
  t.is(code, 0)
  t.is(
    stdout,
    'items.amount  column\nAn update that changes it makes wrong:\n\n  basket:{items.user_id}\n' +
      '    rule     rules/shop.yaml:9\n    columns  amount, user_id\n\n' +
      'For whole rows that come and go: stalemate explain items\n',
  )
  const sql = await runCommand(['explain', 'items.amount', '--sql'], { cwd })
  t.true(sql.stdout.startsWith(stdout))
  t.regex(sql.stdout, /^-- stalemate\.shop__items_update\(\)\n#variable_conflict use_column\nDECLARE/m)
})

test('that nothing is made wrong is an answer, and a name that nothing has is wrong use', async (t) => {
  const cwd = await makeProject(t, { 'rules/shop.yaml': RULES, 'generated/catalog.json': CATALOG })
  const nothing = await runCommand(['explain', 'items.note'], { cwd })
  t.is(nothing.code, 0)
  t.true(nothing.stdout.startsWith('items.note  column\nAn update of it makes nothing wrong.\n'))
  const unknown = await runCommand(['explain', 'items.nota'], { cwd })
  t.is(unknown.code, 2)
  t.is(unknown.stdout, '')
  t.true(unknown.stderr.endsWith('hint: Did you mean items.note?\n'))
  t.is((await runCommand(['explain'], { cwd })).code, 2)
})

test('explain --json is one document, also for wrong rules', async (t) => {
  const cwd = await makeProject(t, { 'rules/shop.yaml': RULES })
  const right = await runCommand(['explain', 'basket', '--json'], { cwd, terminal: true })
  t.is(right.stderr, '')
  t.like(JSON.parse(right.stdout), {
    command: 'explain',
    ok: true,
    target: 'basket',
    answers: [{ subject: { kind: 'cache' }, reasons: [{ table: 'items', rule: { line: 9 } }], sql: [] }],
  })
  await writeFile(join(cwd, 'rules/shop.yaml'), RULES.replace('uuid', 'uid'))
  const wrong = await runCommand(['explain', 'basket', '--json'], { cwd })
  t.is(wrong.code, 1)
  t.like(JSON.parse(wrong.stdout), { ok: false, diagnostics: [{ code: 'wrong-value' }] })
  const shown = await runCommand(['explain', 'basket'], { cwd })
  t.is(shown.code, 1)
  t.regex(shown.stderr, /^rules\/shop\.yaml:6:\d+ error wrong-value/)
})

test('compile and check hold the rules against the catalog that lies in the output folder', async (t) => {
  const cwd = await makeProject(t, { 'rules/shop.yaml': RULES, 'generated/catalog.json': CATALOG })
  const right = await runCommand(['compile'], { cwd })
  t.is(right.stderr, '')
  t.is(right.code, 0)
  t.true((await readdir(join(cwd, 'generated'))).includes('catalog.json'))
  const same = await runCommand(['check', '--json'], { cwd })
  t.is(same.code, 0)
  t.like(JSON.parse(same.stdout), { ok: true, diagnostics: [] })
  t.is(await readFile(join(cwd, 'generated/catalog.json'), 'utf8'), CATALOG)
  await writeFile(join(cwd, 'rules/shop.yaml'), RULES.replace('[amount]', '[amuont]'))
  for (const command of ['compile', 'check']) {
    const wrong = await runCommand([command], { cwd })
    t.is(wrong.code, 1)
    t.regex(wrong.stderr, /^rules\/shop\.yaml:10:17 error unknown-column {2}items has no column amuont\.\n/)
  }
})

test('a catalog that cannot be used fails the compilation and says how to get one', async (t) => {
  const cwd = await makeProject(t, { 'rules/shop.yaml': RULES, 'generated/catalog.json': '{}' })
  const { code, stderr } = await runCommand(['compile'], { cwd })
  t.is(code, 1)
  t.regex(stderr, /^error catalog-invalid: .*\nhint: Make it anew with `stalemate pull`\./)
  t.deepEqual(await readdir(join(cwd, 'generated')), ['catalog.json'])
})
