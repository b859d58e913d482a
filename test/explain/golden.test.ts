import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { compileRules } from '../../src/compile.ts'
import { explainTarget } from '../../src/explain/explain-target.ts'
import { formatAnswers } from '../../src/explain/format-explanation.ts'
import { ROOT } from '../helpers/root.ts'
import { catalogOf, column, table } from '../catalog/parts.ts'

const folder = join(ROOT, 'test/golden/explain')
const update = process.env['UPDATE_GOLDEN'] === '1'
const key = '4f3c2a1e-8f6d-4a57-9b0a-1d2e3f405162'

async function compileShop(t: ExecutionContext) {
  const text = readFileSync(join(folder, 'shop.yaml'), 'utf8')
  const { ruleset, plan, files, diagnostics } = await compileRules({ 'rules/shop.yaml': text })
  if (ruleset === undefined || plan === undefined) throw new Error(JSON.stringify(diagnostics))
  t.deepEqual(
    diagnostics.filter(({ severity }) => severity === 'error'),
    [],
  )
  return { ruleset, plan, files }
}

for (const [name, targets] of Object.entries({
  tables: ['orders', 'sales.order_lines', 'customers', '"Odd ""Table"""'],
  columns: [
    'orders.status',
    'orders.customer_number',
    'orders.note',
    'public.orders.unheard_of',
    'sales.order_lines.amount',
    'customers.id',
  ],
  caches: ['basket', 'stock', 'forgotten'],
  keys: [
    `basket:${key}`,
    'report:*:2026-03:orders',
    'report:*:2026-03:calls',
    'orders:*',
    `report:{customer_id}:*`,
  ],
})) {
  test(`what is said about ${name} is as written down`, async (t) => {
    const shop = await compileShop(t)
    const texts = targets.map((target) => {
      const explanation = explainTarget(target, shop)
      if (!explanation.ok) throw new Error(explanation.message)
      return `$ stalemate explain ${target}\n${formatAnswers(explanation.answers)}`
    })
    const text = texts.join('\n')
    expectFile(t, `${name}.txt`, text)
    const long = text.split('\n').filter((line) => line.length > 80 && !line.startsWith('$'))
    t.deepEqual(long, [])
  })
}

test('RULES.md is emitted as written down', async (t) => {
  const { files } = await compileShop(t)
  expectFile(t, 'RULES.md', files.get('RULES.md') ?? '')
})

test('comments and empty lines in the rules change nothing in RULES.md', async (t) => {
  const text = readFileSync(join(folder, 'shop.yaml'), 'utf8')
  const { files } = await compileRules({ 'other/shop.yaml': `# One.\n\n${text.replace(/#.*\n/, '\n')}` })
  const { files: before } = await compileShop(t)
  t.is(files.get('RULES.md'), before.get('RULES.md'))
})

test('a name that a cache and a table share is answered for both', async (t) => {
  const explanation = explainTarget('orders', await compileShop(t))
  t.true(explanation.ok)
  t.deepEqual(explanation.ok && explanation.answers.map(({ subject }) => subject.kind), ['cache', 'table'])
})

test('the SQL is that of the triggers that see the change', async (t) => {
  const shop = await compileShop(t)
  const names = (target: string) => {
    const explanation = explainTarget(target, { ...shop, sql: true })
    return explanation.ok && explanation.answers.flatMap(({ sql }) => sql.map(({ name }) => name))
  }
  t.deepEqual(names('orders.status'), ['stalemate.shop__orders_update'])
  t.deepEqual(names('stock'), [
    'stalemate.shop__Odd "Table"_insert',
    'stalemate.shop__Odd "Table"_update',
    'stalemate.shop__Odd "Table"_delete',
    'stalemate.shop__Odd "Table"_truncate',
    'stalemate.shop__sales_order_lines_insert',
    'stalemate.shop__sales_order_lines_delete',
  ])
  t.deepEqual(names('forgotten'), [])
  const explanation = explainTarget('orders.status', { ...shop, sql: true })
  t.true(
    explanation.ok && formatAnswers(explanation.answers).includes('-- stalemate.shop__orders_update()\n'),
  )
})

const unknown: readonly (readonly [string, RegExp, string])[] = [
  ['ordes', /^Nothing is named ordes/, 'Did you mean orders?'],
  ['baskt', /^Nothing is named baskt/, 'Did you mean basket?'],
  ['orders.statsu', /^Nothing is named orders\.statsu/, 'Did you mean orders.status?'],
  ['basket:4f', /^basket:4f is no key of basket: "4f" is no uuid/, 'Write * for any value.'],
  ['warehouse', /^Nothing is named warehouse/, 'The caches are basket, forgotten, orders, report, stock; the tables orders, sales.order_lines, customers, "Odd ""Table""".'], // prettier-ignore
]
for (const [target, message, hint] of unknown) {
  test(`nothing is named ${target}, and the answer helps`, async (t) => {
    const explanation = explainTarget(target, await compileShop(t))
    t.false(explanation.ok)
    if (explanation.ok) return
    t.regex(explanation.message, message)
    t.is(explanation.hint, hint)
  })
}

test('a catalog knows tables and columns that no rule names', async (t) => {
  const shop = await compileShop(t)
  const catalog = catalogOf([
    table('orders', { columns: [column('status'), column('status2')] }),
    table('warehouse'),
  ])
  const reasons = (target: string) => {
    const explanation = explainTarget(target, { ...shop, catalog })
    return explanation.ok ? explanation.answers.at(-1)?.reasons.length : explanation.hint
  }
  t.is(reasons('warehouse'), 0)
  t.is(reasons('warehouse.id'), 0)
  t.is(reasons('orders.status2'), 1)
  t.is(reasons('orders.stauts'), 'Did you mean orders.status?')
})

test('lines are as wide as the terminal, and colours come where they are asked for', async (t) => {
  const explanation = explainTarget('orders', await compileShop(t))
  if (!explanation.ok) throw new Error(explanation.message)
  const text = formatAnswers(explanation.answers, {
    width: 50,
    paint: (style, part) => (style === 'bold' ? part.toUpperCase() : part),
  })
  t.true(
    text.split('\n').every((line) => line.length <= 50 || !line.trim().includes(' ')),
    text,
  )
  t.true(text.startsWith('ORDERS'))
})

function expectFile(t: ExecutionContext, name: string, text: string): void {
  const path = join(folder, name)
  if (update) writeFileSync(path, text)
  t.true(existsSync(path), `${path} is missing; UPDATE_GOLDEN=1 writes it`)
  t.is(text, readFileSync(path, 'utf8'))
}
