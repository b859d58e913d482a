import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { ROOT } from '../helpers/root.ts'
import { VERSIONS } from '../helpers/versions.ts'

const PAGE = readFileSync(join(ROOT, 'docs/triggers.md'), 'utf8')

/** What happens to a table that the page must have a row for, and how that row is called. */
const PROMISED: Readonly<Record<string, readonly string[]>> = {
  INSERT: ['INSERT'],
  'multi-row INSERT': ['INSERT of several rows'],
  'INSERT ... SELECT': ['INSERT ... SELECT'],
  'ON CONFLICT': ['ON CONFLICT DO UPDATE', 'ON CONFLICT DO NOTHING, with a conflict'],
  'UPDATE of relevant, irrelevant and key columns': [
    'UPDATE of a relevant column',
    'UPDATE of an irrelevant column',
    'UPDATE of the key column: a row moves',
  ],
  'two rows that swap values': ['two rows swap their values', 'two rows of one key swap their values'],
  'a changed primary key': ['the primary key changes, and the status of one row'],
  'DELETE and TRUNCATE': ['DELETE', 'TRUNCATE', 'TRUNCATE ... CASCADE', 'TRUNCATE of the parent'],
  COPY: ['COPY', 'COPY through the parent'],
  MERGE: ['MERGE that inserts, updates and deletes'],
  'writable CTEs': ['a writable CTE updates one table twice'],
  'foreign keys': ['ON DELETE CASCADE over one level, and SET NULL', 'ON DELETE CASCADE over two levels'],
  'rolling back': ['ROLLBACK TO a savepoint', 'ROLLBACK'],
  'deferred constraints': [
    'a deferred constraint that holds at the end',
    'a deferred constraint that fails at the end',
  ],
  'nested triggers': ['a trigger of the application writes to a watched table'],
  NULL: ['NULL in the key', 'a key becomes NULL, and is one again'],
  identifiers: ['names in quotes, and a keyword as a column', 'names of 63 bytes'],
  values: ['a value with letters beyond ASCII', 'a value with `:`, `%` and `*`'],
  'settings of the session': [
    'DateStyle',
    'search_path',
    'standard_conforming_strings',
    'client_encoding',
    'session_replication_role = replica',
    'session_replication_role = local',
  ],
  size: [
    'a row of 1 MB',
    '100,000 rows of three keys, in a session that has changed single rows',
    '100,000 rows with as many keys',
  ],
  'no primary key': ['two equal rows, one of which changes', 'rows of two keys swap their values'],
  partitions: [
    'writes through the parent',
    'writes straight to a partition',
    'a row moves to another partition, and nothing else changes',
    'a partition attached later: writes through the parent',
    'a partition attached later, covered: writes straight to it',
  ],
  inheritance: ['an update through the parent reaches rows of both', 'writes to the table that inherits'],
  'generated columns': ['the generated value changes'],
  'row-level security': ['row-level security: a row that moves out of sight'],
  'a writer without rights': ['a writer without any right on our schema'],
  'a condition that raises': ['it raises for the only row', 'it raises for one row of several'],
  'a renamed column': ['a column that the rules name is renamed'],
  'prepared transactions': [
    'a prepared transaction that is committed',
    'a prepared transaction that is rolled back',
  ],
  'names that are alike': ['a table of the same name in another schema', 'two rulesets in one database'],
}

/** Rows of the page, a column for each version at their ends. */
const rows = new Map(
  PAGE.split('\n')
    .filter((line) => line.startsWith('| ') && line.includes('`'))
    .map((line) => {
      const cells = line.split(/(?<!\\)\|/).map((cell) => cell.trim())
      return [cells[1] ?? '', cells.slice(-1 - VERSIONS.length, -1)] as const
    }),
)

test('docs/triggers.md has a row for everything that is promised, and each is so in every version', (t) => {
  t.true(rows.size > 90)
  const missing = Object.values(PROMISED)
    .flat()
    .filter((title) => !rows.has(title))
  t.deepEqual(missing, [])
  for (const [title, versions] of rows)
    t.deepEqual(
      versions,
      VERSIONS.map(() => 'yes'),
      title,
    )
  t.true(PAGE.includes(`| what is sent | ${VERSIONS.join(' | ')} |`))
})
