import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { compileRules } from '../src/compile.ts'
import { CREATE_TABLES } from '../src/demo/schema.ts'
import { askQuery } from '../src/derive/ask-query.ts'
import { LOCK_FILE, parseLock } from '../src/derive/lock-file.ts'
import { loadParser } from '../src/sql/load-parser.ts'
import { createDatabase } from './helpers/database.ts'
import { ROOT } from './helpers/root.ts'

function readRules(): Readonly<Record<string, string>> {
  return Object.fromEntries(
    readdirSync(join(ROOT, 'rules')).map((file) => [
      `rules/${file}`,
      readFileSync(join(ROOT, 'rules', file), 'utf8'),
    ]),
  )
}

test('generated/ is what rules/ gives, to the byte', async (t) => {
  const queries = readFileSync(join(ROOT, 'generated', LOCK_FILE), 'utf8')
  const { diagnostics, files } = await compileRules(readRules(), { queries })
  t.deepEqual(diagnostics, [])
  const found = readdirSync(join(ROOT, 'generated'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(ROOT, 'generated/').length))
  t.deepEqual(found.sort(), [...files.keys()].sort())
  for (const [path, text] of files) t.is(readFileSync(join(ROOT, 'generated', path), 'utf8'), text, path)
})

test('what is kept of the queries of rules/ is what PostgreSQL says of them', async (t) => {
  const database = await createDatabase(t, { sql: CREATE_TABLES })
  const client = await database.connect()
  const parser = await loadParser()
  const { diagnostics, files } = await compileRules(readRules(), {
    ask: (query) => askQuery((text, values) => client.query(text, values && [...values]), query, parser),
  })
  t.deepEqual(diagnostics, [])
  const queries = parseLock(files.get(LOCK_FILE) ?? '').queries
  // The text that a server prints changes with its version, and the file says which one was asked.
  const kept = parseLock(readFileSync(join(ROOT, 'generated', LOCK_FILE), 'utf8')).queries
  if (queries[0]?.server === kept[0]?.server) t.deepEqual(queries, kept)
  t.deepEqual(
    queries.map(({ hash }) => hash),
    kept.map(({ hash }) => hash),
  )
})

test('the paths given do not change what is generated, only what is said about it', async (t) => {
  const text = 'version: 1\nname: shop\ncaches:\n  basket:\n    key: basket\n    ttl: 1m\n'
  const here = await compileRules({ 'rules/shop.yaml': text })
  const there = await compileRules({ '../app/rules/shop.yaml': text })
  t.deepEqual([...here.files], [...there.files])
})
