import test from 'ava'
import fc from 'fast-check'
import type { StalemateError } from '../../src/errors.ts'
import { formatCatalog, parseCatalog } from '../../src/catalog/catalog-file.ts'
import { catalogOf, column, table } from './parts.ts'

const catalog = catalogOf([table('users'), table('agents')])

const fails = test.macro({
  exec(t, text: string, message: RegExp) {
    const error = t.throws<StalemateError>(() => parseCatalog(text), { code: 'catalog-invalid' })
    t.regex(error.message, message)
    t.regex(error.hint ?? '', /stalemate pull/)
  },
  title: (title = '') => `${title} is no catalog`,
})

const changed = (change: (value: Record<string, unknown>) => void): string => {
  const value = JSON.parse(formatCatalog(catalog)) as Record<string, unknown>
  change(value)
  return JSON.stringify(value)
}

test('a text that is no JSON', fails, '{', /no JSON/)
test('null', fails, 'null', /does not say/)
test('a list', fails, '[]', /does not say/)
test('another kind of file', fails, '{"kind":"plan","version":1}', /does not say/)
test('a file of a later version', fails, '{"kind":"catalog","version":2}', /its version is 2.*reads 1/)
test('a file without a version', fails, '{"kind":"catalog"}', /its version is undefined/)
test(
  'a file with a part missing',
  fails,
  changed((value) => delete value['enums']),
  /enums/,
)
test(
  'a file with something unknown in it',
  fails,
  changed((value) => (value['secret'] = 1)),
  /additional/,
)
test(
  'a file with a relation of no shape',
  fails,
  changed((value) => (value['relations'] = [{ schema: 'public' }])),
  /\/relations\/0/,
)

test('a file whose parts were put in another order is the same catalog', (t) => {
  const text = changed((value) => (value['relations'] as unknown[]).reverse())
  t.is(formatCatalog(parseCatalog(text)), formatCatalog(catalog))
})

test('each column has a line of its own', (t) => {
  t.regex(formatCatalog(catalog), /^ +\{ "name": "id", "type": "uuid".*\},?$/m)
})

test('whatever tables are called, what is written is read back', (t) => {
  const name = fc.string({ minLength: 1, unit: 'binary' })
  const relations = fc.uniqueArray(
    fc
      .record({ schema: name, name, columns: fc.array(name.map((text) => column(text))) })
      .map((given) => table(given.name, given)),
    { selector: (one) => JSON.stringify([one.schema, one.name]) },
  )
  fc.assert(
    fc.property(relations, (tables) => {
      const made = catalogOf(tables)
      t.deepEqual(parseCatalog(formatCatalog(made)), made)
    }),
  )
})
