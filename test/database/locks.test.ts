import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { compileRules } from '../../src/compile.ts'
import { createDatabase } from '../helpers/database.ts'
import { ROOT } from '../helpers/root.ts'

const rules = (watches: string): string => `
version: 1
name: app
caches: { board: { key: "board:{user_id}", params: { user_id: text } } }
tables:${watches}
`
const CALLS = '\n  calls: [{ invalidate: board }]'
const NARROWED = '\n  calls: [{ invalidate: board, columns: [status] }]'
const NO_DELETE = '\n  calls: [{ invalidate: board, on: [insert, update] }]'
const OTHER = '\n  notes: [{ invalidate: board }]'

/** The locks on the watched tables that each kind of migration takes; `docs/migrations.md` shows the same. */
const CASES: readonly (readonly [does: string, before: string, after: string, locks: readonly string[]])[] = [
  ['watches a table', '', CALLS, ['calls ShareRowExclusiveLock']],
  ['changes what the triggers of a table do', CALLS, NARROWED, []],
  ['watches fewer operations', CALLS, NO_DELETE, []],
  ['watches another operation', NO_DELETE, CALLS, ['calls ShareRowExclusiveLock']],
  ['watches another table', CALLS, CALLS + OTHER, ['notes ShareRowExclusiveLock']],
  ['no longer watches a table', CALLS + OTHER, CALLS, ['notes AccessExclusiveLock']],
]

for (const [does, before, after, locks] of CASES) {
  test(`a migration that ${does} locks ${locks.join(', ') || 'no table'}`, async (t) => {
    const database = await createDatabase(t, {
      sql: 'CREATE TABLE calls (user_id text, status text); CREATE TABLE notes (user_id text)',
    })
    const client = await database.connect()
    const first = await compileRules({ 'r.yaml': rules(before || OTHER) })
    if (before !== '') await client.query(first.files.get('migrations/0001_initial.up.sql') ?? '')
    const second = await compileRules(
      { 'r.yaml': rules(after) },
      before === '' ? {} : { previous: first.files },
    )
    const path = [...second.files.keys()].findLast((name) => name.endsWith('.up.sql'))
    await client.query('BEGIN')
    await client.query(second.files.get(path ?? '') ?? '')
    const { rows } = await client.query(`
      SELECT DISTINCT relation::regclass || ' ' || mode AS lock FROM pg_locks
      WHERE pid = pg_backend_pid() AND relation IN ('calls'::regclass, 'notes'::regclass)
        AND mode NOT IN ('AccessShareLock', 'ShareUpdateExclusiveLock')`)
    await client.query('ROLLBACK')
    t.deepEqual(rows.map(({ lock }) => String(lock)).sort(), [...locks])
  })
}

/** The rows of docs/migrations.md, and the cases that each speaks of. */
const SHOWN: Readonly<Record<string, readonly string[]>> = {
  'watches a table, or another operation of it': [
    'watches a table',
    'watches another operation',
    'watches another table',
  ],
  'changes what triggers do, or watches fewer operations': [
    'changes what the triggers of a table do',
    'watches fewer operations',
  ],
  'no longer watches a table': ['no longer watches a table'],
}

test('docs/migrations.md shows the locks that were seen', (t) => {
  const page = readFileSync(join(ROOT, 'docs/migrations.md'), 'utf8')
  t.deepEqual(Object.values(SHOWN).flat().toSorted(), CASES.map(([does]) => does).toSorted())
  for (const [row, cases] of Object.entries(SHOWN)) {
    const [, shown = ''] = new RegExp(`^\\| ${row} +\\| (.*?) *\\|$`, 'm').exec(page) ?? []
    const [lock = 'none'] = /[A-Z ]{5,}/.exec(shown) ?? []
    for (const [does, , , locks] of CASES.filter(([does]) => cases.includes(does)))
      t.is(
        locks
          .map((seen) =>
            seen
              .replace(/^\w+ |Lock$/g, '')
              .replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ')
              .toUpperCase(),
          )
          .join() || 'none',
        lock.trim(),
        does,
      )
  }
})

for (const from of ['notify', 'outbox', 'wal'])
  for (const to of ['notify', 'outbox', 'wal'])
    test(`a first migration that is amended from ${from} to ${to} is the one that is compiled from nothing`, async (t) => {
      const text = (feed: string) => rules(CALLS).replace('name: app', `name: app\nfeed: ${feed}`)
      const before = await compileRules({ 'r.yaml': text(from) })
      const amended = await compileRules({ 'r.yaml': text(to) }, { previous: before.files, amend: true })
      const fresh = await compileRules({ 'r.yaml': text(to) })
      t.deepEqual(Object.fromEntries(amended.files), Object.fromEntries(fresh.files))
    })
