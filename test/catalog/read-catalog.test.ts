import test from 'ava'
import { formatCatalog, parseCatalog } from '../../src/catalog/catalog-file.ts'
import { findColumn, findEnum } from '../../src/catalog/find.ts'
import { readCatalog, type Query } from '../../src/catalog/read-catalog.ts'
import { createDatabase } from '../helpers/database.ts'
import { OBJECTS, columnOf, connectQuery, readDatabase, tableOf } from './objects.ts'

const id = { base: { schema: 'pg_catalog', name: 'int4' }, category: 'N', type: 'integer' }

test('each kind of relation is told apart', async (t) => {
  const catalog = await readDatabase(await createDatabase(t, { template: OBJECTS }))
  const kinds = Object.fromEntries(catalog.relations.map(({ name, kind }) => [name, kind]))
  t.deepEqual(kinds, {
    'Odd "Name"': 'table',
    animals: 'table',
    bare: 'table',
    cats: 'table',
    customers: 'table',
    events: 'partitioned',
    events_2025: 'partition',
    events_new: 'partition',
    events_old: 'partition',
    hints: 'table',
    kinds: 'table',
    kinds_stored: 'materialized-view',
    kinds_view: 'view',
    orders: 'table',
    remote: 'foreign-table',
    scratch: 'table',
    spread: 'partitioned',
    spread_remote: 'foreign-table',
  })
})

test('columns come with their types, domains unfolded, in the order of the table', async (t) => {
  const catalog = await readDatabase(await createDatabase(t, { template: OBJECTS }))
  const names = tableOf(catalog, 'kinds').columns.map(({ name }) => name)
  t.deepEqual(names.slice(0, 4), ['id', 'small', 'number', 'big'])
  t.false(names.some((name) => name.includes('dropped')))
  const column = (name: string) => columnOf(catalog, 'kinds', name)
  t.deepEqual(column('id'), {
    name: 'id',
    type: 'uuid',
    base: { schema: 'pg_catalog', name: 'uuid' },
    category: 'U',
    nullable: false,
  })
  t.is(column('short').type, 'character varying(20)')
  t.like(column('score'), {
    type: 'public.tiny',
    base: { schema: 'pg_catalog', name: 'int4' },
    domain: { schema: 'public', name: 'tiny' },
    nullable: false,
  })
  t.like(column('mail'), { base: { name: 'citext' }, domain: { name: 'email' } })
  t.like(column('tags'), { type: 'text[]', category: 'A' })
  t.like(column('stage'), { type: 'sales.stage', category: 'E' })
  t.is(column('number').identity, 'always')
  t.is(column('big').identity, 'by-default')
  t.is(column('sum').generated, 'stored')
  t.is(column('twice').generated, 'virtual')
  t.is(column('small').generated, undefined)
})

test('collations tell whether they are deterministic and ignore case', async (t) => {
  const catalog = await readDatabase(await createDatabase(t, { template: OBJECTS }))
  const collation = (name: string) => columnOf(catalog, 'kinds', name).collation
  t.is(collation('words'), undefined)
  t.is(collation('id'), undefined)
  t.like(collation('c'), { schema: 'pg_catalog', name: 'C', deterministic: true, caseInsensitive: false })
  t.like(collation('address'), { name: 'default', deterministic: true, caseInsensitive: true })
  t.like(collation('insensitive'), { provider: 'icu', deterministic: false, caseInsensitive: true })
  t.like(collation('accents'), { provider: 'icu', deterministic: false, caseInsensitive: false })
})

test('keys and indexes are read, and what is no key is none', async (t) => {
  const catalog = await readDatabase(await createDatabase(t, { template: OBJECTS }))
  const customers = tableOf(catalog, 'customers', 'sales')
  t.deepEqual(customers.primaryKey, ['tenant', 'id'])
  t.deepEqual(customers.uniqueKeys, [['tenant', 'code']])
  const index = (name: string) => customers.indexes.find((one) => one.name === name)
  t.deepEqual(index('lower_email'), {
    name: 'lower_email',
    method: 'btree',
    columns: ['code'],
    unique: false,
  })
  t.deepEqual(index('including')?.columns, ['id'])
  t.is(index('hashed')?.method, 'hash')
  t.is(index('partial_email')?.predicate, '(email IS NOT NULL)')
  t.is(tableOf(catalog, 'bare').primaryKey, undefined)
})

test('foreign keys name both sides and what follows', async (t) => {
  const catalog = await readDatabase(await createDatabase(t, { template: OBJECTS }))
  t.deepEqual(tableOf(catalog, 'orders').foreignKeys, [
    {
      name: 'orders_parent_fkey',
      columns: ['parent'],
      references: { schema: 'public', name: 'orders', columns: ['id'] },
      onDelete: 'set-null',
      onUpdate: 'no-action',
    },
    {
      name: 'orders_tenant_customer_fkey',
      columns: ['tenant', 'customer'],
      references: { schema: 'sales', name: 'customers', columns: ['tenant', 'id'] },
      onDelete: 'cascade',
      onUpdate: 'restrict',
    },
  ])
  t.deepEqual(tableOf(catalog, 'hints').foreignKeys, [], 'what is not enforced says nothing')
})

test('partitions, inheritance, row security, triggers and persistence are read', async (t) => {
  const catalog = await readDatabase(await createDatabase(t, { template: OBJECTS }))
  t.is(tableOf(catalog, 'events').partitionKey, 'RANGE (year)')
  t.like(tableOf(catalog, 'events_new'), { partitionKey: 'LIST (year)', partitionOf: { name: 'events' } })
  t.like(tableOf(catalog, 'events_2025'), { partitionOf: { name: 'events_new' }, inherits: [] })
  t.deepEqual(tableOf(catalog, 'cats').inherits, [{ schema: 'public', name: 'animals' }])
  t.is(tableOf(catalog, 'kinds').rowSecurity, 'off')
  t.is(tableOf(catalog, 'orders').rowSecurity, 'on')
  t.is(tableOf(catalog, 'customers', 'sales').rowSecurity, 'forced')
  t.true(tableOf(catalog, 'animals').hasTriggers)
  t.false(tableOf(catalog, 'cats').hasTriggers, 'a trigger of ours is no news')
  t.is(tableOf(catalog, 'scratch').persistence, 'unlogged')
  t.deepEqual(tableOf(catalog, 'Odd "Name"').columns[0], { name: 'Odd Column', ...id, nullable: false })
})

test('enums are read with their labels in order', async (t) => {
  const catalog = await readDatabase(await createDatabase(t, { template: OBJECTS }))
  t.deepEqual(findEnum(catalog, { schema: 'public', name: 'mood' })?.labels, ['sad', 'ok', 'happy'])
  t.deepEqual(findEnum(catalog, { schema: 'public', name: 'nothing' })?.labels, [])
  t.is(catalog.enums.length, 3)
})

test('only the schemas asked for are read, with the enums that their columns use', async (t) => {
  const database = await createDatabase(t, { template: OBJECTS })
  const sales = await readDatabase(database, { schemas: ['sales'] })
  t.deepEqual(sales.schemas, ['sales'])
  t.deepEqual(
    sales.relations.map(({ name }) => name),
    ['customers'],
  )
  t.deepEqual(
    sales.enums.map(({ name }) => name),
    ['stage'],
  )
  const both = await readDatabase(database)
  t.deepEqual(both.schemas, ['public', 'sales'])
  const error = await t.throwsAsync(readDatabase(database, { schemas: ['slaes'] }), {
    code: 'option-invalid',
  })
  t.regex(error.message, /"slaes"/)
})

test('an enum of a schema that is not read is there when a column uses it', async (t) => {
  const database = await createDatabase(t, { template: OBJECTS })
  const catalog = await readDatabase(database, { schemas: ['public'] })
  t.deepEqual(
    catalog.enums.map(({ schema, name }) => `${schema}.${name}`),
    ['public.mood', 'public.nothing', 'sales.stage'],
  )
})

test('temporary tables are no part of a catalog, in no session', async (t) => {
  const database = await createDatabase(t)
  const query = await connectQuery(database)
  await query('CREATE TEMPORARY TABLE passing (id int PRIMARY KEY)')
  t.deepEqual((await readCatalog(query)).relations, [])
})

test('reading twice gives the same text, whatever the session says', async (t) => {
  const database = await createDatabase(t, { template: OBJECTS })
  const first = await readDatabase(database)
  const query = await connectQuery(database)
  await query(`SET search_path = sales, public; SET quote_all_identifiers = on; SET DateStyle = 'German'`)
  const second = await readCatalog(query)
  t.is(formatCatalog(second), formatCatalog(first))
  const { rows } = await query('SHOW search_path')
  t.is(rows[0]?.['search_path'], 'sales, public', 'the session is as it was')
})

test('a catalog is frozen through and through', async (t) => {
  const catalog = await readDatabase(await createDatabase(t, { template: OBJECTS }))
  t.true(Object.isFrozen(catalog.relations))
  t.true(Object.isFrozen(tableOf(catalog, 'kinds').columns[0]?.base))
})

test('a catalog that was written is read back as it was', async (t) => {
  const catalog = await readDatabase(await createDatabase(t, { template: OBJECTS }))
  const text = formatCatalog(catalog)
  t.deepEqual(parseCatalog(text), catalog)
  t.is(formatCatalog(parseCatalog(text)), text)
})

test('an error leaves no transaction open, and is the one that is seen', async (t) => {
  const query = await connectQuery(await createDatabase(t))
  const failing: Query = (text, values) => query(text.includes('pg_enum') ? 'SELECT 1 / 0' : text, values)
  await t.throwsAsync(readCatalog(failing), { message: /division by zero/ })
  const { rows } = await query('SELECT now() = statement_timestamp() AS outside')
  t.true(rows[0]?.['outside'])
})

test('everything is read in one snapshot', async (t) => {
  const database = await createDatabase(t, { sql: 'CREATE TABLE one (id int)' })
  const query = await connectQuery(database)
  const meddling: Query = async (text, values) => {
    if (text.includes('attgenerated')) await database.query('ALTER TABLE one ADD COLUMN late int')
    return query(text, values)
  }
  t.is(findColumn(tableOf(await readCatalog(meddling), 'one'), 'late'), undefined)
})

test('five hundred tables are read within three seconds', async (t) => {
  const database = await createDatabase(t, {
    sql: `
    DO $$ BEGIN FOR n IN 1..500 LOOP
      EXECUTE format('CREATE TABLE t%s (id uuid PRIMARY KEY, parent uuid REFERENCES t%s, a int, b text,
        c timestamptz, d jsonb, e boolean, f varchar(20), g bigint, h date)', n, greatest(1, n - 1));
      EXECUTE format('CREATE INDEX ON t%s (parent)', n);
    END LOOP; END $$`,
  })
  const query = await connectQuery(database)
  const start = performance.now()
  const catalog = await readCatalog(query)
  const took = performance.now() - start
  t.log(`${Math.round(took)} ms`)
  t.is(catalog.relations.length, 500)
  t.is(tableOf(catalog, 't500').foreignKeys[0]?.references.name, 't499')
  t.true(took < 3000, `took ${Math.round(took)} ms`)
})
