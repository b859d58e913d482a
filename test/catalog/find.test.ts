import test from 'ava'
import fc from 'fast-check'
import { explainMissingColumn, explainMissingTable } from '../../src/catalog/explain-missing.ts'
import { findColumn, findDescendants, findTable } from '../../src/catalog/find.ts'
import { isIndexed } from '../../src/catalog/is-indexed.ts'
import type { CatalogIndex } from '../../src/catalog/catalog.ts'
import { catalogOf, column, table } from './parts.ts'

const catalog = catalogOf([
  table('calls', { columns: [column('id'), column('user_id')] }),
  table('orders', { schema: 'sales' }),
  table('calls_old', { kind: 'partition', partitionOf: { schema: 'public', name: 'calls' } }),
])
const calls = findTable(catalog, { schema: 'public', name: 'calls' })
/** Takes a name for meant when it begins with the same two letters. */
const suggest = (name: string, candidates: Iterable<string>): string | undefined =>
  [...candidates].find((candidate) => candidate.slice(0, 2) === name.slice(0, 2))

test('a table is found by schema and name, a column by name', (t) => {
  t.is(calls?.name, 'calls')
  t.is(findTable(catalog, { schema: 'sales', name: 'calls' }), undefined)
  t.is(calls && findColumn(calls, 'user_id')?.type, 'uuid')
  t.is(calls && findColumn(calls, 'constructor'), undefined)
})

test('every table of a catalog is found, whatever it is called', (t) => {
  const names = fc.uniqueArray(fc.record({ schema: fc.string(), name: fc.string() }), {
    selector: ({ schema, name }) => JSON.stringify([schema, name]),
  })
  fc.assert(
    fc.property(names, (all) => {
      const made = catalogOf(all.map(({ schema, name }) => table(name, { schema })))
      for (const wanted of all) t.is(findTable(made, wanted)?.name, wanted.name)
      t.is(findTable(made, { schema: 'no\0', name: 'such\0' }), undefined)
    }),
  )
})

test('descendants are partitions and heirs at any depth, each once', (t) => {
  const name = (text: string) => ({ schema: 'public', name: text })
  const made = catalogOf([
    table('a'),
    table('b', { inherits: [name('a')] }),
    table('c', { inherits: [name('a')] }),
    table('d', { inherits: [name('b'), name('c')] }),
    table('e', { kind: 'partition', partitionOf: name('d') }),
    table('f'),
  ])
  t.deepEqual(
    findDescendants(made, name('a'))
      .map((relation) => relation.name)
      .sort(),
    ['b', 'c', 'd', 'e'],
  )
})

const explains = test.macro({
  exec(t, schema: string, name: string, message: RegExp, hint: RegExp) {
    const reason = explainMissingTable(catalog, { schema, name }, suggest)
    t.regex(reason.message, message)
    t.regex(reason.hint, hint)
  },
  title: (_, schema: string, name: string) => `a table ${schema}.${name} that is missing is explained`,
})

test(explains, 'public', 'cals', /no table cals/, /^Did you mean calls\?$/)
test(explains, 'public', 'orders', /no table orders/, /^Did you mean sales\.orders\?$/)
test(explains, 'salse', 'orders', /no schema salse/, /^Did you mean sales\.orders\?$/)
test(explains, 'other', 'orders', /no schema other/, /public, sales.*stalemate pull/)
test(explains, 'public', 'zebra', /no table zebra/, /stalemate pull/)
test(explains, 'pg_catalog', 'pg_class', /belongs to PostgreSQL/, /your own/)
test(explains, 'information_schema', 'tables', /belongs to PostgreSQL/, /your own/)
test(explains, 'stalemate', 'migrations', /belongs to Stalemate/, /your own/)

test('a column that is missing is explained', (t) => {
  if (calls === undefined) return t.fail()
  t.deepEqual(explainMissingColumn(calls, 'usr', suggest), {
    message: 'calls has no column usr.',
    hint: 'Did you mean user_id?',
  })
  t.is(explainMissingColumn(calls, 'zebra', suggest).hint, 'It has id, user_id.')
  t.regex(explainMissingColumn(calls, 'xmin', suggest).message, /system column/)
  t.is(explainMissingColumn(table('bare', { columns: [] }), 'a', suggest).hint, 'It has none.')
})

const index = (columns: string[], given: Partial<CatalogIndex> = {}): CatalogIndex => ({
  name: 'i',
  method: 'btree',
  columns,
  unique: false,
  ...given,
})

const indexed = test.macro({
  exec(t, one: CatalogIndex, columns: string[], expected: boolean) {
    t.is(isIndexed(table('t', { indexes: [one] }), columns), expected)
  },
  title: (title = '') => `a look-up ${title}`,
})

test('finds the index of its column', indexed, index(['a']), ['a'], true)
test('finds an index that begins with its column', indexed, index(['a', 'b']), ['a'], true)
test('finds an index of its columns in another order', indexed, index(['b', 'a']), ['a', 'b'], true)
test('finds an index of one of its columns', indexed, index(['b']), ['a', 'b'], true)
test('finds no index that begins with another column', indexed, index(['b', 'a']), ['a'], false)
test('finds no index of an expression', indexed, index([]), ['a'], false)
test('finds a hash index', indexed, index(['a'], { method: 'hash' }), ['a'], true)
test('finds no index that knows no equality', indexed, index(['a'], { method: 'brin' }), ['a'], false)
test('finds no partial index', indexed, index(['a'], { predicate: '(b > 0)' }), ['a'], false)
test(
  'finds an index that leaves out NULLs',
  indexed,
  index(['a'], { predicate: '(a IS NOT NULL)' }),
  ['a'],
  true,
)
test(
  'finds an index that leaves out NULLs of a quoted column',
  indexed,
  index(['A'], { predicate: '("A" IS NOT NULL)' }),
  ['A'],
  true,
)
