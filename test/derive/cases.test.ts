import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { askQuery } from '../../src/derive/ask-query.ts'
import { deriveQuery, type QuerySubject } from '../../src/derive/derive-query.ts'
import type { LockedQuery } from '../../src/derive/lock.ts'
import { loadParser } from '../../src/sql/load-parser.ts'
import { createDatabase } from '../helpers/database.ts'
import { ROOT } from '../helpers/root.ts'
import { CASES, CASE_SCHEMA } from './cases.ts'
import { asPattern, MUTANTS } from './mutants.ts'
import { summarize } from './summary.ts'

/** The params that the query asks for. */
function subjectOf(sql: string): QuerySubject {
  const names = ['u', 'w', 'z'].filter((name) => sql.includes(`:${name}`))
  return { params: names.map((name) => ({ name, type: 'int' })), dependsOn: [], sessionIndependent: false }
}

test('what is derived is what is written down, and each mutant of the derivation says otherwise', async (t) => {
  const database = await createDatabase(t, { sql: CASE_SCHEMA })
  const client = await database.connect()
  const parser = await loadParser()
  const parse = (sql: string): unknown => parser.parseSync(sql)
  const locked = new Map<string, LockedQuery>()
  for (const [name, [sql, ...expected]] of Object.entries(CASES)) {
    const answer = await askQuery((text, values) => client.query(text, values && [...values]), { sql, params: subjectOf(sql).params }, parser) // prettier-ignore
    if (!('hash' in answer)) return t.fail(`${name}: ${answer.message}`)
    locked.set(name, answer)
    const derived = deriveQuery(answer, subjectOf(sql), parse)
    t.deepEqual(summarize(derived), expected, name)
    t.deepEqual(derived.problems, [], name)
  }

  const unnoticed: string[] = []
  const folder = join(ROOT, 'dist', 'src')
  for (const [index, { file, find, replace, what }] of MUTANTS.entries()) {
    // Beside the original, so that it finds what that finds.
    const copy = join(folder, `derive-mutant-${index}`)
    cpSync(join(folder, 'derive'), copy, { recursive: true })
    t.teardown(() => rmSync(copy, { recursive: true, force: true }))
    const path = join(copy, file)
    const text = readFileSync(path, 'utf8')
    t.is(text.split(asPattern(find)).length, 2, `${what}: the text to replace is in ${file} once`)
    writeFileSync(
      path,
      text.replace(asPattern(find), () => replace),
    )
    const mutant = (await import(join(copy, 'derive-query.js'))) as { deriveQuery: typeof deriveQuery }
    const caught = [...locked].some(([name, query]) => {
      const [sql, ...expected] = CASES[name] ?? ['']
      return (
        JSON.stringify(summarize(mutant.deriveQuery(query, subjectOf(sql), parse))) !==
        JSON.stringify(expected)
      )
    })
    if (!caught) unnoticed.push(what)
  }
  t.deepEqual(unnoticed, [])
})
