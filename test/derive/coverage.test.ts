import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { compileRules } from '../../src/compile.ts'
import { askQuery } from '../../src/derive/ask-query.ts'
import { formatDiagnostic } from '../../src/rules/format-diagnostic.ts'
import { loadParser } from '../../src/sql/load-parser.ts'
import { createDatabase } from '../helpers/database.ts'
import { ROOT } from '../helpers/root.ts'
import { CASE_SCHEMA } from './cases.ts'

const FOLDER = join(ROOT, 'test', 'golden', 'coverage')

type Case = {
  readonly query: string
  readonly tables: string
  readonly derive?: boolean
  readonly coverage?: boolean
}

const CALLS = `SELECT a.user_id, c.duration FROM agents a JOIN calls c ON c.agent_id = a.id WHERE a.user_id = :u AND c.status = 'done'`

/** Rules beside a query over `:u`; what is said of them stands in test/golden/coverage. */
const CASES: Readonly<Record<string, Case>> = {
  'rules-that-say-it-all': {
    query: CALLS,
    tables: `
  agents:
    - invalidate: c
      with: { u: user_id }
      columns: [id]
  calls:
    - invalidate: c
      via: agents ON agents.id = calls.agent_id
      with: { u: agents.user_id }
      columns: [duration]
      when: status = 'done'
`,
  },
  'a-table-that-no-rule-watches': {
    query: CALLS,
    tables: `
  agents:
    - invalidate: c
      with: { u: user_id }
      columns: [id]
`,
  },
  'columns-and-operations-that-are-missed': {
    query: CALLS,
    tables: `
  agents:
    - invalidate: c
      with: { u: user_id }
      on: [insert, update]
      columns: [user_id]
  calls:
    - invalidate: c
      via: agents ON agents.id = calls.agent_id
      with: { u: agents.user_id }
      columns: [status]
`,
  },
  'a-param-that-is-found-elsewhere': {
    query: CALLS,
    tables: `
  agents:
    - invalidate: c
      with: { u: boss }
  calls:
    - invalidate: c
      with: { u: user_id }
`,
  },
  'a-param-that-the-query-leads-to-nowhere': {
    query: 'SELECT id FROM calls WHERE user_id > :u',
    tables: `
  calls:
    - invalidate: c
      with: { u: user_id }
`,
  },
  'a-condition-of-the-rule-alone': {
    query: 'SELECT id, status FROM calls WHERE user_id = :u',
    tables: `
  calls:
    - invalidate: c
      with: { u: user_id }
      columns: [id, status]
      when: status <> 'lost'
`,
  },
  'rules-that-are-wider': {
    query: CALLS,
    tables: `
  agents:
    - invalidate: c:*
      columns: [id, active, user_id]
  calls:
    - invalidate: c
      via: agents ON agents.id = calls.agent_id
      with: { u: agents.user_id }
  users:
    - invalidate: c
      with: { u: id }
`,
  },
  'a-count-that-no-update-changes': {
    query: 'SELECT count(*) AS n, :u AS u FROM calls',
    tables: `
  calls:
    - invalidate: c:*
`,
  },
  'beside-rules-that-are-derived-nothing-is-missed': {
    query: CALLS,
    derive: true,
    tables: `
  agents:
    - invalidate: c
      with: { u: user_id }
      on: [insert]
  users:
    - invalidate: c
      with: { u: id }
`,
  },
  'without-rules-only-when-asked-for': { query: CALLS, coverage: true, tables: ' {}\n' },
}

test('rules are compared with the query that stands beside them', async (t) => {
  const database = await createDatabase(t, { sql: CASE_SCHEMA })
  const client = await database.connect()
  const parser = await loadParser()
  const ask = (query: Parameters<typeof askQuery>[1]) =>
    askQuery((text, values) => client.query(text, values && [...values]), query, parser)
  mkdirSync(FOLDER, { recursive: true })
  for (const [name, { query, tables, derive = false, coverage = false }] of Object.entries(CASES)) {
    const text = `version: 1\nname: app\ncaches:\n  c:\n    key: c:{u}\n    params: { u: int }\n    derive: ${derive}\n    query: ${query}\ntables:${tables}`
    const { diagnostics } = await compileRules({ 'rules.yaml': text }, { ask, coverage })
    const said = diagnostics.filter(({ code }) => code !== 'unwatched-cache')
    const printed = said.map((one) => formatDiagnostic(one, text)).join('\n\n')
    const path = join(FOLDER, `${name}.txt`)
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(path, `${printed}\n`)
    t.true(existsSync(path), name)
    t.is(`${printed}\n`, readFileSync(path, 'utf8'), name)
    // Without the question, rules that are not there are nothing to compare.
    if (coverage) t.deepEqual((await compileRules({ 'rules.yaml': text }, { ask })).diagnostics.filter(({ code }) => code === 'rule-misses'), []) // prettier-ignore
  }
})
