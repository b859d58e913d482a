import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import fc from 'fast-check'
import { proposeRules, type ProposeOptions } from '../../src/catalog/propose-rules.ts'
import { parseRules } from '../../src/rules/parse-rules.ts'
import type { Catalog, CatalogRelation } from '../../src/catalog/catalog.ts'
import type { Ruleset } from '../../src/rules/ruleset.ts'
import { createDatabase } from '../helpers/database.ts'
import { ROOT } from '../helpers/root.ts'
import { CALL_CENTRE } from './call-centre.ts'
import { OBJECTS, readDatabase } from './objects.ts'
import { catalogOf, column, foreignKey, table } from './parts.ts'

const GOLDEN = join(ROOT, 'test/golden/proposal/call-centre.yaml')

/** Compiles a proposal, which must be without a fault. */
async function parse(text: string): Promise<Ruleset> {
  const { ruleset, diagnostics } = await parseRules({ 'rules/app.yaml': text })
  if (ruleset === undefined || diagnostics.length > 0)
    throw new Error(`${JSON.stringify(diagnostics, undefined, 1)}\n${text}`)
  return ruleset
}

/** The rules of a proposal, as `table -> cache(param=column, ...)`. */
async function propose(catalog: Catalog, options?: ProposeOptions): Promise<string[]> {
  const { rules } = await parse(proposeRules(catalog, options))
  return rules.map(({ table: { name }, cache, params }) => {
    const sources = params.map(
      (source) => `${source.param}=${source.kind === 'column' ? source.column : '?'}`,
    )
    return `${name} -> ${cache}(${sources.join(', ')})`
  })
}

test('the proposal for a call centre is the one that was read and found good', async (t) => {
  const catalog = await readDatabase(await createDatabase(t, { template: CALL_CENTRE }))
  const text = proposeRules(catalog, { name: 'Call Centre' })
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(GOLDEN, text)
  t.is(text, readFileSync(GOLDEN, 'utf8'))
  t.is((await parse(text)).rules.length, 10)
})

test('a database with one of each kind of object gives rules that compile', async (t) => {
  const catalog = await readDatabase(await createDatabase(t, { template: OBJECTS }))
  const text = proposeRules(catalog)
  t.deepEqual(
    (await parse(text)).caches.map(({ template }) => template.source),
    [
      'Odd_Name:{Odd_Column}',
      'events:{id}:{year}',
      'hints:{id}',
      'kinds:{id}',
      'orders:{id}',
      'sales_customers:{tenant}:{customer}',
    ],
  )
  t.true(text.includes('# - bare has no primary key.\n'))
  t.regex(text, /# - spread has the foreign table spread_remote below it/)
})

test('params are called what most columns that refer to them are called', async (t) => {
  const referring = (name: string, ...names: string[]) =>
    table(name, {
      columns: [column('id'), ...names.map((one) => column(one))],
      foreignKeys: names.map((one) => foreignKey([one], 'users', ['id'])),
    })
  const catalog = catalogOf([table('users'), referring('a', 'user_id', 'owner'), referring('b', 'user_id')])
  t.deepEqual(await propose(catalog), [
    'a -> a(id=id)',
    'a -> users(user_id=owner)',
    'a -> users(user_id=user_id)',
    'b -> b(id=id)',
    'b -> users(user_id=user_id)',
    'users -> users(user_id=id)',
  ])
})

test('a column that is wider than the key it refers to makes the param wider', async (t) => {
  const items = table('items', {
    columns: [column('id'), column('shop', 'int8')],
    foreignKeys: [foreignKey(['shop'], 'shops', ['id'])],
  })
  const text = proposeRules(catalogOf([table('shops', { columns: [column('id', 'int4')] }), items]))
  const { caches } = await parse(text)
  t.deepEqual(caches.find(({ name }) => name === 'shops')?.params, [{ name: 'shop', type: 'bigint' }])
})

test('a table without a primary key is watched for what it refers to', async (t) => {
  const log: CatalogRelation = table('log', {
    columns: [column('user_id')],
    foreignKeys: [foreignKey(['user_id'], 'users', ['id'])],
  })
  const { primaryKey: _, ...unkeyed } = log
  const catalog = catalogOf([table('users'), unkeyed])
  t.deepEqual(await propose(catalog), ['log -> users(user_id=user_id)', 'users -> users(user_id=id)'])
  t.true(proposeRules(catalog).includes('# - log has no primary key.'))
})

test('a foreign key to something else than the primary key is said, not guessed', async (t) => {
  const orders = table('orders', {
    columns: [column('id'), column('code', 'text')],
    foreignKeys: [foreignKey(['code'], 'shops', ['code'])],
  })
  const shops = table('shops', { columns: [column('id'), column('code', 'text')] })
  const catalog = catalogOf([shops, orders])
  t.deepEqual(await propose(catalog), ['orders -> orders(id=id)', 'shops -> shops(id=id)'])
  t.regex(
    proposeRules(catalog),
    /# - orders \(code\) refers to shops \(code\), which is not its primary key\./,
  )
})

test('a key of a type that no param has is said, not guessed', async (t) => {
  const catalog = catalogOf([table('t', { columns: [column('id', 'timestamptz')] })])
  t.regex(proposeRules(catalog), /# - t: the column id of the primary key is of type timestamptz/)
  const { ruleset } = await parseRules({ 'a.yaml': proposeRules(catalog) })
  t.not(ruleset, undefined)
})

test('past the limit the tables with the fewest foreign keys stand in comments that can be taken out', async (t) => {
  const leaf = (name: string) =>
    table(name, {
      columns: [column('id'), column('hub_id')],
      foreignKeys: [foreignKey(['hub_id'], 'hub', ['id'])],
    })
  const catalog = catalogOf([table('hub'), leaf('a'), leaf('b'), leaf('true'), table('alone')])
  const text = proposeRules(catalog, { limit: 2 })
  t.deepEqual(
    (await parse(text)).caches.map(({ name }) => name),
    ['a', 'hub'],
  )
  const [head = '', tail = ''] = text.split('# The other tables.')
  const others = tail.split('\n').slice(1).join('\n').replaceAll(/^# /gm, '')
  const all = await parseRules({ 'rules/app.yaml': head, 'rules/others.yaml': others })
  t.deepEqual(all.diagnostics, [])
  t.deepEqual(
    all.ruleset?.caches.map(({ name }) => name),
    ['a', 'alone', 'b', 'hub', 'true'],
  )
  t.is(all.ruleset?.rules.length, 8)
})

test('a rule whose cache is past the limit waits in a comment', async (t) => {
  const rim = table('rim', {
    columns: [column('id'), column('a_id'), column('b_id')],
    foreignKeys: [foreignKey(['a_id'], 'a', ['id']), foreignKey(['b_id'], 'b', ['id'])],
  })
  const text = proposeRules(catalogOf([table('a'), table('b'), rim]), { limit: 1 })
  t.deepEqual(
    (await parse(text)).rules.map(({ cache }) => cache),
    ['rim'],
  )
  t.true(text.includes('\n    # - invalidate: a\n'))
})

test('a table whose rules all wait in comments waits with them', async (t) => {
  const { primaryKey: _, ...log } = table('log', {
    columns: [column('a_id'), column('b_id')],
    foreignKeys: [foreignKey(['a_id'], 'a', ['id']), foreignKey(['b_id'], 'b', ['id'])],
  })
  const names = ['one', 'two', 'three']
  const hub = table('hub', {
    columns: [column('id'), ...names.map((name) => column(name))],
    foreignKeys: names.map((name) => foreignKey([name], 'hub', ['id'])),
  })
  const text = proposeRules(catalogOf([table('a'), table('b'), log, hub]), { limit: 2 })
  t.is((await parse(text)).rules.length, 4)
  t.true(text.includes('\n  # log:\n'))
})

test('a column that refers to two tables makes both wrong, and one that refers twice makes one rule', async (t) => {
  const twice = (name: string) => ({ ...foreignKey(['user_id'], 'users', ['id']), name })
  const calls = table('calls', {
    columns: [column('id'), column('user_id')],
    foreignKeys: [foreignKey(['user_id'], 'accounts', ['id']), twice('a'), twice('b')],
  })
  t.deepEqual(await propose(catalogOf([table('accounts'), table('users'), calls])), [
    'accounts -> accounts(user_id=id)',
    'calls -> calls(id=id)',
    'calls -> users(user_id=user_id)',
    'calls -> accounts(user_id=user_id)',
    'users -> users(user_id=id)',
  ])
})

test('an empty database gives a text with an example, and a limit of nothing too', async (t) => {
  for (const text of [proposeRules(catalogOf([])), proposeRules(catalogOf([table('a')]), { limit: 0 })]) {
    t.true(text.includes('- invalidate: dashboard'))
    const { diagnostics } = await parseRules({ 'a.yaml': text })
    t.deepEqual(
      diagnostics.filter(({ severity }) => severity === 'error'),
      [],
    )
  }
})

for (const name of ['r__', '__r__', '9__', 'a--b__', 'é'.repeat(50), `${'r'.repeat(39)}__r`]) {
  test(`a ruleset for a database that is called ${name} has a name that compiles`, async (t) => {
    t.notThrows(() => proposeRules(catalogOf([table('a')]), { name }))
    await t.notThrowsAsync(parse(proposeRules(catalogOf([table('a')]), { name })))
  })
}

test('whatever tables and columns are called, the proposal compiles', async (t) => {
  const name = fc
    .oneof(
      fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' }),
      fc.constantFrom(
        'true',
        'null',
        'on',
        'constructor',
        '__proto__',
        'a b',
        'A',
        'a',
        "a'b",
        'a"b',
        '#',
        'x: y',
      ),
      fc.string({
        minLength: 1,
        maxLength: 6,
        unit: fc.constantFrom('\n', '\0', '\u2028', '\u0085', ':', '{', '}', '*', '%', '.'),
      }),
    )
    .filter((text) => Buffer.byteLength(text) <= 63)
  const types = fc.constantFrom('uuid', 'int4', 'int8', 'text', 'date', 'json')
  const relation = fc.record({
    schema: fc.oneof(fc.constant('public'), name),
    name,
    columns: fc.uniqueArray(fc.tuple(name, types), {
      minLength: 1,
      maxLength: 4,
      selector: ([text]) => text,
    }),
    keys: fc.integer({ min: 0, max: 2 }),
    target: fc.nat(),
  })
  const relations = fc.uniqueArray(relation, {
    maxLength: 6,
    selector: (one) => JSON.stringify([one.schema, one.name]),
  })
  await fc.assert(
    fc.asyncProperty(relations, fc.string(), fc.integer({ min: 1, max: 8 }), async (all, ruleset, limit) => {
      const tables = all.map(({ schema, name: text, columns, keys, target }): CatalogRelation => {
        const { primaryKey: _, ...bare } = table(text, {
          schema,
          columns: columns.map(([one, type]) => column(one, type)),
        })
        const to = all[target % all.length]
        const toColumns = to?.columns.slice(0, to.keys).map(([one]) => one) ?? []
        const key = {
          ...foreignKey(
            columns.slice(-toColumns.length).map(([one]) => one),
            to?.name ?? '',
            toColumns,
          ),
        }
        const references = { ...key.references, schema: to?.schema ?? '' }
        const isKey = toColumns.length > 0 && key.columns.length === toColumns.length
        return {
          ...bare,
          ...(keys > 0 && { primaryKey: columns.slice(0, keys).map(([one]) => one) }),
          foreignKeys: isKey ? [{ ...key, references }] : [],
        }
      })
      const text = proposeRules(catalogOf(tables), { name: ruleset, limit })
      const { diagnostics } = await parseRules({ 'rules/app.yaml': text })
      t.deepEqual(diagnostics, [], text)
    }),
    { numRuns: 300 },
  )
})
