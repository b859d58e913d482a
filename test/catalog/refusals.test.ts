import test from 'ava'
import { refuseColumn, refuseTable } from '../../src/catalog/refusals.ts'
import { explainMisfit, paramTypeOf, typeFits } from '../../src/catalog/type-fits.ts'
import { createDatabase } from '../helpers/database.ts'
import { OBJECTS, columnOf, readDatabase, tableOf } from './objects.ts'

const TYPES = ['uuid', 'int', 'bigint', 'text', 'boolean', 'date', 'mood', 'sales.stage']

/** Column -> the types of params that can hold its values. */
const FITTING: Readonly<Record<string, readonly string[]>> = {
  id: ['uuid'],
  small: ['int', 'bigint'],
  number: ['int', 'bigint'],
  big: ['bigint'],
  score: ['int', 'bigint'],
  words: ['text'],
  short: ['text'],
  ident: ['text'],
  padded: [],
  address: [],
  mail: [],
  mood: ['mood'],
  stage: ['sales.stage'],
  day: ['date'],
  at: [],
  yes: ['boolean'],
  tags: [],
  body: [],
}

test('a param holds the values of columns of its own type, and of no other', async (t) => {
  const catalog = await readDatabase(await createDatabase(t, { template: OBJECTS }))
  for (const [name, fitting] of Object.entries(FITTING)) {
    const column = columnOf(catalog, 'kinds', name)
    t.deepEqual(
      TYPES.filter((type) => typeFits(catalog, type, column)),
      fitting,
      name,
    )
    t.is(paramTypeOf(catalog, column), fitting[0], name)
    for (const type of TYPES.filter((type) => !fitting.includes(type))) {
      const reason = explainMisfit(catalog, type, column)
      t.regex(reason?.message ?? '', /^The column .*\.$/)
      t.regex(reason?.hint ?? '', /\.$/)
    }
  }
})

test('what does not fit is explained, with the type that does', async (t) => {
  const catalog = await readDatabase(await createDatabase(t, { template: OBJECTS }))
  const explain = (type: string, name: string) =>
    explainMisfit(catalog, type, columnOf(catalog, 'kinds', name))
  t.deepEqual(explain('int', 'big'), {
    message: 'The column big is of type bigint, which a param of type int cannot hold.',
    hint: 'Declare the param as bigint.',
  })
  t.is(explain('text', 'mood')?.hint, 'Declare the param as mood.')
  t.is(explain('text', 'stage')?.hint, 'Declare the param as sales.stage.')
  t.regex(explain('text', 'padded')?.message ?? '', /filled up with blanks/)
  t.regex(explain('text', 'mail')?.message ?? '', /A equals a/)
  t.regex(explain('text', 'at')?.hint ?? '', /No param can/)
  t.regex(explain('moood', 'mood')?.message ?? '', /neither a type of params nor an enum/)
})

/** Relation -> code and severity of what speaks against it. */
const REFUSED: Readonly<Record<string, readonly string[]>> = {
  kinds: [],
  orders: [],
  events: [],
  events_new: ['error partition'],
  events_2025: ['error partition'],
  kinds_view: ['error view'],
  kinds_stored: ['error materialized-view'],
  remote: ['error foreign-table'],
  spread: ['error foreign-child'],
  spread_remote: ['error foreign-table'],
  scratch: ['warning unlogged'],
  animals: ['warning inherited'],
  cats: [],
}

test('tables that cannot be watched are refused, with a reason and a way out', async (t) => {
  const catalog = await readDatabase(await createDatabase(t, { template: OBJECTS }))
  for (const [name, expected] of Object.entries(REFUSED)) {
    const refusals = refuseTable(catalog, tableOf(catalog, name))
    t.deepEqual(
      refusals.map(({ severity, code }) => `${severity} ${code}`),
      expected,
      name,
    )
    for (const { message, hint } of refusals) {
      t.true(message.startsWith(name) || message.includes(name), message)
      t.regex(message, /^[^.]*\.$/, 'one sentence')
      t.regex(hint, /\.$/)
    }
  }
  const [partition] = refuseTable(catalog, tableOf(catalog, 'events_2025'))
  t.is(partition?.hint, 'Watch events instead.')
})

/** Column -> what speaks against it as a param. */
const COLUMNS: Readonly<Record<string, readonly string[]>> = {
  id: [],
  words: [],
  c: [],
  sum: [],
  twice: ['virtual-column'],
  address: ['case-insensitive'],
  mail: ['case-insensitive'],
  insensitive: ['case-insensitive'],
  accents: ['non-deterministic'],
}

test('columns that are no params are refused, and watched all the same where that works', async (t) => {
  const catalog = await readDatabase(await createDatabase(t, { template: OBJECTS }))
  for (const [name, expected] of Object.entries(COLUMNS)) {
    const column = columnOf(catalog, 'kinds', name)
    const refusals = refuseColumn(column, 'param')
    t.deepEqual(
      refusals.map(({ code }) => code),
      expected,
      name,
    )
    for (const { message } of refusals) t.true(message.includes(name))
    t.is(refuseColumn(column, 'watch').length, name === 'twice' ? 1 : 0)
  }
})
