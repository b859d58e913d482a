import { Client } from 'pg'
import { chooseHotRows } from '../../../src/demo/hot-set.ts'
import { createRandom } from '../../../src/demo/random.ts'
import { CREATE_TABLES, FILL_TABLES, MONTHS, PLANS, STATUSES, TABLES } from '../../../src/demo/schema.ts'
import { createDealer } from '../../../src/demo/writer/deal.ts'
import { loadParser } from '../../../src/sql/load-parser.ts'
import { CHOSEN_FROM } from '../corpora/chosen-from.ts'
import { DASHBOARDS } from '../corpora/dashboards.ts'
import { captureSql, type RowChange } from './capture.ts'
import { askWatches, covers, resolveAll } from './oracle.ts'
import { makeSubject, readOutcome, type Subject } from './subject.ts'
import { TAKE } from './transactions.ts'

/** Of the entries of one query that were made wrong, how many had changed. */
export type Precision = {
  readonly name: string
  readonly bound: boolean
  readonly classes: readonly string[]
  readonly made: number
  readonly changed: number
  /** What the outcome is chosen from had changed, whether or not the choice had. */
  readonly concerned: number
  readonly missed: number
}

/** What a query has, by its text. */
const CLASSES: Readonly<Record<string, RegExp>> = {
  aggregate: /\b(?:count|sum|max|min|avg)\(/i,
  'distinct on': /\bDISTINCT ON\b/i,
  exists: /(?<!NOT )\bEXISTS\b/i,
  'group by': /\bGROUP BY\b/i,
  in: /(?<!NOT )\bIN \(SELECT\b/i,
  join: /(?<!LEFT )\bJOIN\b/i,
  'left join': /\bLEFT JOIN\b/i,
  limit: /\bLIMIT\b/i,
  'not exists': /\bNOT EXISTS\b/i,
  'set operation': /\b(?:UNION|INTERSECT|EXCEPT)\b/i,
  'scalar subquery': /(?<!EXISTS |IN |LATERAL )\(SELECT\b/i,
}

/**
 * Lets the demo's writer work on the example's tables, and asks after each transaction which entries of the dashboard
 * queries were made wrong, and which of them had changed.
 */
export async function measurePrecision(
  connectionString: string,
  { seed, transactions }: { readonly seed: number; readonly transactions: number },
): Promise<readonly Precision[]> {
  const client = new Client({ connectionString })
  client.on('error', () => {})
  await client.connect()
  try {
    await client.query(
      `SET client_min_messages = error; SET jit = off; SET timezone = 'UTC'; ${CREATE_TABLES}`,
    )
    await client.query(`${FILL_TABLES} ${captureSql(TABLES)}`)
    await client.query('ANALYZE')
    return await measure(client, seed, transactions)
  } finally {
    await client.end()
  }
}

type Running = {
  readonly subject: Subject
  /** The query of what the outcome is chosen from. */
  readonly opened: Subject
  before: readonly string[]
  openedBefore: readonly string[]
  made: number
  changed: number
  concerned: number
  missed: number
}

async function measure(client: Client, seed: number, transactions: number): Promise<readonly Precision[]> {
  const hot = chooseHotRows()
  const parser = await loadParser()
  const domains: Readonly<Record<string, readonly string[]>> = {
    user_id: [...hot.users, ...hot.spareUsers],
    agent_id: hot.agents,
    plan: PLANS,
    status: STATUSES,
    month: MONTHS,
  }
  const running: Running[] = []
  for (const [name, [types, sql]] of Object.entries(DASHBOARDS)) {
    const params = Object.entries(types).map(([param, type]) => ({ name: param, type }))
    const features = [name, ...Object.keys(CLASSES).filter((one) => CLASSES[one]?.test(sql))]
    const subject = await makeSubject(client, { sql, params, features }, parser, (param) => domains[param.name] ?? []) // prettier-ignore
    if (subject === undefined) continue
    const open = CHOSEN_FROM[name]
    const opened = open === undefined ? subject : await makeSubject(client, { sql: open, params, features }, parser, (param) => domains[param.name] ?? []) // prettier-ignore
    if (opened === undefined) throw new TypeError(`PostgreSQL does not take what ${name} is chosen from.`)
    const before = await outcomeOf(client, subject)
    const openedBefore = await outcomeOf(client, opened)
    running.push({ subject, opened, before, openedBefore, made: 0, changed: 0, concerned: 0, missed: 0 })
  }
  const pick = async (text: string, values: readonly unknown[]): Promise<string | undefined> => {
    const { rows } = await client.query({ text, values: [...values], rowMode: 'array' })
    const [row] = rows as (readonly unknown[])[]
    return row === undefined ? undefined : String(row[0])
  }
  const deal = createDealer(createRandom(seed), pick, hot)
  for (let done = 0; done < transactions; done += 1) {
    const { text, values } = await deal()
    await client.query(text, [...values])
    const changes = (await client.query(TAKE)).rows as RowChange[]
    for (const one of running) {
      const { subject, before } = one
      const { bindings, links } = askWatches(subject.plan, changes)
      const all = [...bindings, ...(await resolveAll(client, subject.plan, subject.paths, links))]
      const after = await outcomeOf(client, subject)
      const openedAfter = one.opened === subject ? after : await outcomeOf(client, one.opened)
      for (const [index, entry] of subject.entries.entries()) {
        const [isMade, isChanged] = [covers(all, entry), before[index] !== after[index]]
        one.made += isMade ? 1 : 0
        one.changed += isMade && isChanged ? 1 : 0
        one.concerned += isMade && (isChanged || one.openedBefore[index] !== openedAfter[index]) ? 1 : 0
        one.missed += isChanged && !isMade ? 1 : 0
      }
      one.before = after
      one.openedBefore = openedAfter
    }
  }
  return running.map(({ subject: { query, bound }, made, changed, concerned, missed }) => {
    const [name = '', ...classes] = query.features
    return { name, bound, classes, made, changed, concerned, missed }
  })
}

async function outcomeOf(client: Client, { evaluate, entries }: Subject): Promise<readonly string[]> {
  const { rows } = await client.query<{ stalemate_place: number; rows: string }>(evaluate)
  return readOutcome(rows, entries.length)
}
