import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import type { Client } from 'pg'
import { CREATE_TABLES } from '../../src/demo/schema.ts'
import { loadParser } from '../../src/sql/load-parser.ts'
import { createDatabase } from '../helpers/database.ts'
import { ROOT } from '../helpers/root.ts'
import { DASHBOARDS } from './corpora/dashboards.ts'
import { type AskedQuery, outcomeOf, type Outcome, withParam } from './corpora/outcome.ts'
import { RENTALS, RENTALS_SCHEMA } from './corpora/rentals.ts'

const PAGE = join(ROOT, 'docs', 'derive.md')
const CORPUS = process.env['STALEMATE_CORPUS']

type Corpus = {
  readonly schema: string
  readonly queries: readonly { readonly name: string; readonly sql: string }[]
}
type Listed = Readonly<Record<string, readonly [params: Readonly<Record<string, AskedQuery['params'][number]['type']>>, sql: string]>> // prettier-ignore

function asked(list: Listed): readonly AskedQuery[] {
  return Object.entries(list).map(([name, [params, sql]]) => ({
    name,
    sql,
    params: Object.entries(params).map(([param, type]) => ({ name: param, type })),
  }))
}

async function askAll(client: Client, queries: readonly AskedQuery[]): Promise<readonly Outcome[]> {
  const parser = await loadParser()
  const outcomes: Outcome[] = []
  for (const query of queries)
    outcomes.push(await outcomeOf((text, values) => client.query(text, values && [...values]), query, parser))
  return outcomes
}

function tableOf(outcomes: readonly Outcome[]): string {
  const cell = (text: string): string =>
    text.replaceAll('|', '\\|').replaceAll('*', '\\*').replaceAll('_', '\\_')
  const rows = outcomes.map(({ name, outcome, why }) => `| ${cell(name)} | ${cell(outcome)} | ${cell(why)} |`)
  return ['| query | outcome | why |', '|---|---|---|', ...rows].join('\n')
}

/** The part of the page between two marks is what the test finds. */
function expectPart(mark: string, outcomes: readonly Outcome[]): string {
  const count = (start: string): number => outcomes.filter(({ outcome }) => outcome.startsWith(start)).length
  const sums = `${outcomes.length} queries: ${count('derived')} derived, ${count('widened')} widened, ${count('refused')} refused.`
  return `<!-- ${mark} -->\n<!-- prettier-ignore-start -->\n\n${sums}\n\n${tableOf(outcomes)}\n\n<!-- prettier-ignore-end -->\n<!-- end of ${mark} -->`
}

const CORPORA: readonly {
  mark: string
  read: () => { schema: string; queries: readonly AskedQuery[] } | undefined
}[] = [
  { mark: 'dashboards', read: () => ({ schema: CREATE_TABLES, queries: asked(DASHBOARDS) }) },
  { mark: 'rentals', read: () => ({ schema: RENTALS_SCHEMA, queries: asked(RENTALS) }) },
  ...['tpch', 'job'].map((mark) => ({ mark, read: () => undefined })),
]

for (const { mark, read } of CORPORA) {
  test(`the page says what is derived of the queries of ${mark}`, async (t) => {
    let corpus = read()
    if (corpus === undefined) {
      const path = CORPUS === undefined ? undefined : join(CORPUS, `${mark}.json`)
      if (path === undefined || !existsSync(path)) {
        t.log(`SKIPPED: STALEMATE_CORPUS names no folder with ${mark}.json`)
        t.pass()
        return
      }
      const { schema, queries } = JSON.parse(readFileSync(path, 'utf8')) as Corpus
      const parser = await loadParser()
      corpus = {
        schema,
        queries: queries.map(({ name, sql }) => withParam(name, sql.replace(/;\s*$/, ''), parser)),
      }
    }
    const database = await createDatabase(t, { sql: corpus.schema })
    const part = expectPart(mark, await askAll(await database.connect(), corpus.queries))
    const page = readFileSync(PAGE, 'utf8')
    const found = new RegExp(`<!-- ${mark} -->[\\s\\S]*<!-- end of ${mark} -->`).exec(page)?.[0]
    t.not(found, undefined)
    if (process.env['UPDATE_GOLDEN'] === '1')
      writeFileSync(
        PAGE,
        page.replace(found ?? '', () => part),
      )
    else t.is(found, part)
  })
}
