import test from 'ava'
import { compileRules } from '../src/compile.ts'
import { changedKeys } from '../src/plan/changed-keys.ts'
import { createDatabase } from './helpers/database.ts'
import { describe, listenTo } from './helpers/installation.ts'

const RULES = `
version: 1
name: shop
feed: notify
caches:
  cart:
    key: cart:{user_id}
    params: { user_id: int }
  stock:
    key: stock:{item}:{day}
    params: { item: text, day: date }
tables:
  orders:
    - invalidate: cart
      columns: [state]
      when: orders.state <> 'draft' -- not yet placed
    - invalidate: stock:{item}:*
      on: [insert, delete]
`

const paths = [
  'migrations/0001_initial.up.sql',
  'migrations/0001_initial.down.sql',
  'installed.json',
  'manifest.json',
  'plan.json',
  'caches.ts',
  'rules.schema.json',
  'RULES.md',
]

test('rule text becomes files, the same bytes each time', async (t) => {
  const { files, diagnostics, plan } = await compileRules({ 'rules/shop.yaml': RULES })
  t.deepEqual(diagnostics, [])
  t.deepEqual([...files.keys()], paths)
  t.deepEqual(JSON.parse(files.get('plan.json') ?? ''), JSON.parse(JSON.stringify(plan)))
  t.regex(files.get('migrations/0001_initial.up.sql') ?? '', /^-- .* of shop\.yaml/)
  const again = await compileRules(new Map([['rules/shop.yaml', RULES]]))
  t.deepEqual([...again.files], [...files])
})

test('a wrong rule gives diagnostics and no file', async (t) => {
  const compiled = await compileRules({
    'rules/shop.yaml': RULES.replace('invalidate: cart', 'invalidate: card'),
  })
  t.is(compiled.plan, undefined)
  t.is(compiled.ruleset, undefined)
  t.is(compiled.files.size, 0)
  t.true(compiled.diagnostics.some(({ severity }) => severity === 'error'))
})

test('the rules that were written are the rules that run', async (t) => {
  const { files, plan } = await compileRules({ 'rules/shop.yaml': RULES })
  if (plan === undefined) return t.fail()
  const database = await createDatabase(t, {
    sql: 'CREATE TABLE orders (user_id int, item text, state text, note text)',
  })
  await database.query(files.get('migrations/0001_initial.up.sql') ?? '')
  const received = await listenTo(database, plan.channel)
  const sentBy = async (text: string) => {
    await database.query(text)
    return describe(await received())
  }
  t.deepEqual(await sentBy(`INSERT INTO orders VALUES (1, 'tea', 'placed'), (2, 'tea', 'draft')`), [
    'insert cart user_id=1',
    'insert stock item=tea',
  ])
  t.deepEqual(
    changedKeys(plan, { table: 'orders', op: 'insert', new: { user_id: 1, item: 'tea', state: 'placed' } })
      .keys,
    ['cart:1', 'stock:tea:*'],
  )
  t.deepEqual(await sentBy(`UPDATE orders SET note = 'x'`), [])
  t.deepEqual(await sentBy(`UPDATE orders SET state = 'placed'`), ['update cart user_id=2'])
})

test('what a cache says of its values reaches the runtime', async (t) => {
  const rules =
    'version: 1\nname: shop\ncaches:\n  basket: { key: basket, stale-if-error: 1m, negative-ttl: 5s, max-size: 1.5kb, values: frozen, when-untrusted: serve, untrusted-for: 5m }\n  plain: { key: plain }\n'
  const { files } = await compileRules({ 'rules/shop.yaml': rules })
  const manifest = JSON.parse(files.get('manifest.json') ?? '{}') as { caches: Record<string, object> }
  t.like(manifest.caches['basket'], { staleIfError: 60_000, negativeTtl: 5_000 })
  t.like(manifest.caches['basket'], { maxSize: 1536, values: 'frozen', untrustedFor: 300_000 })
  for (const name of ['maxSize', 'values', 'untrustedFor']) t.false(name in (manifest.caches['plain'] ?? {}))
  t.false('staleIfError' in (manifest.caches['plain'] ?? {}))
})
