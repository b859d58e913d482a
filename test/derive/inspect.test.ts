import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { compileRules } from '../../src/compile.ts'
import { askQuery } from '../../src/derive/ask-query.ts'
import { formatDiagnostic } from '../../src/rules/format-diagnostic.ts'
import { loadParser } from '../../src/sql/load-parser.ts'
import { createDatabase } from '../helpers/database.ts'
import { ROOT } from '../helpers/root.ts'

const SCHEMA = `
CREATE TABLE items (id int PRIMARY KEY, owner int NOT NULL, name text NOT NULL, at timestamptz NOT NULL);
CREATE TABLE secrets (id int PRIMARY KEY, owner int NOT NULL);
ALTER TABLE secrets ENABLE ROW LEVEL SECURITY;
CREATE TABLE prices (id int PRIMARY KEY, item int NOT NULL, cents int NOT NULL);
CREATE MATERIALIZED VIEW totals AS SELECT owner, count(*) AS items FROM items GROUP BY owner;
CREATE VIEW recent AS SELECT * FROM items WHERE at > now() - interval '1 day';
CREATE SEQUENCE numbers;
CREATE FOREIGN DATA WRAPPER away;
CREATE SERVER far FOREIGN DATA WRAPPER away;
CREATE FOREIGN TABLE remote (id int, owner int) SERVER far;
CREATE FUNCTION price_of(item int) RETURNS int LANGUAGE sql STABLE BEGIN ATOMIC SELECT cents FROM prices p WHERE p.item = price_of.item; END;
CREATE FUNCTION price_text(item int) RETURNS int LANGUAGE sql STABLE AS 'SELECT cents FROM prices p WHERE p.item = $1';
CREATE FUNCTION guess(item int) RETURNS int LANGUAGE plpgsql STABLE AS 'BEGIN RETURN (SELECT cents FROM prices p WHERE p.item = $1); END';
CREATE FUNCTION role_count() RETURNS bigint LANGUAGE sql STABLE AS 'SELECT count(*) FROM pg_roles';
CREATE FUNCTION double(n int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN 2 * n; END';
`

/** Queries over `:u`, with what stands beside them. What is said of them, and what is watched, stands in test/golden/queries. */
const CASES: Readonly<Record<string, readonly [query: string, beside?: string]>> = {
  'the time of a transaction': ["SELECT id FROM items WHERE owner = :u AND at > now() - interval '1 hour'"],
  'the date': ['SELECT id FROM items WHERE owner = :u AND at > current_date'],
  'the time in a view': ['SELECT id FROM recent WHERE owner = :u'],
  'random numbers': ['SELECT id, random() AS luck FROM items WHERE owner = :u'],
  'a sample': ['SELECT id FROM items TABLESAMPLE SYSTEM (10) WHERE owner = :u'],
  'a setting': ["SELECT id FROM items WHERE owner = :u AND name = current_setting('app.name')"],
  'a setting that is the same for all': ["SELECT id FROM items WHERE owner = :u AND name = current_setting('app.name')", 'session-independent: true'], // prettier-ignore
  'the role': ['SELECT id FROM items WHERE owner = :u AND name = current_user'],
  'row security': ['SELECT id FROM secrets WHERE owner = :u'],
  'row security that is the same for all': ['SELECT id FROM secrets WHERE owner = :u', 'session-independent: true'], // prettier-ignore
  'a system catalog': ['SELECT relname FROM pg_class WHERE oid::int = :u'],
  'a system catalog in a subquery': ['SELECT id FROM items WHERE owner = :u AND EXISTS (SELECT FROM pg_roles WHERE rolname = name)'], // prettier-ignore
  'the information schema': ['SELECT table_name FROM information_schema.tables WHERE table_name::int = :u'],
  'a system column': ['SELECT id, ctid::text AS place FROM items WHERE owner = :u'],
  'a foreign table': ['SELECT id FROM remote WHERE owner = :u'],
  'a sequence': ['SELECT last_value FROM numbers WHERE last_value = :u'],
  'the next number': ["SELECT nextval('numbers') AS number FROM items WHERE owner = :u"],
  'a materialized view': ['SELECT items FROM totals WHERE owner = :u'],
  'a function in SQL': ['SELECT id, price_of(id) AS cents FROM items WHERE owner = :u'],
  'a function in SQL that reads a system catalog': [
    'SELECT id, role_count() AS roles FROM items WHERE owner = :u',
  ],
  'a function in SQL as text': ['SELECT id, price_text(id) AS cents FROM items WHERE owner = :u'],
  'a function in another language': ['SELECT id, guess(id) AS cents FROM items WHERE owner = :u'],
  'a function of which is said what it reads': ['SELECT id, guess(id) AS cents FROM items WHERE owner = :u', 'depends-on: [prices]'], // prettier-ignore
  'a function of its arguments alone': ['SELECT id, double(id) AS twice FROM items WHERE owner = :u'],
  'a table that is not there': ['SELECT id FROM itmes WHERE owner = :u'],
}

test('what a query cannot be derived from is refused or warned of, with a reason', async (t) => {
  const database = await createDatabase(t, { sql: SCHEMA })
  const client = await database.connect()
  const parser = await loadParser()
  const path = join(ROOT, 'test', 'golden', 'queries', 'expected.txt')
  const parts: string[] = []
  for (const [name, [query, beside]] of Object.entries(CASES)) {
    const text = `version: 1\nname: app\ncaches:\n  c:\n    key: c:{u}\n    params: { u: int }\n    query: ${query}\n${beside === undefined ? '' : `    ${beside}\n`}`
    const { plan, diagnostics } = await compileRules(
      { 'rules.yaml': text },
      { ask: (written) => askQuery((sql, values) => client.query(sql, values && [...values]), written, parser) }, // prettier-ignore
    )
    const tables = plan?.tables.map(({ table, watches }) => `${table.name} ${watches.map(({ params }) => (params.length === 0 ? 'all' : 'u')).join()}`) // prettier-ignore
    const said = diagnostics.map((one) => formatDiagnostic(one, text))
    parts.push([`== ${name}`, ...said, `watches: ${tables?.join('; ') ?? 'refused'}`].join('\n'))
  }
  const all = `${parts.join('\n\n')}\n`
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(path, all)
  t.true(existsSync(path))
  t.is(all, readFileSync(path, 'utf8'))
})
