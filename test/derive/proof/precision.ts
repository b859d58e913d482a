import { Client } from 'pg'
import { chooseHotRows } from '../../../src/demo/hot-set.ts'
import { createRandom } from '../../../src/demo/random.ts'
import { CREATE_TABLES, FILL_TABLES, MONTHS, PLANS, STATUSES, TABLES } from '../../../src/demo/schema.ts'
import { createDealer } from '../../../src/demo/writer/deal.ts'
import { loadParser } from '../../../src/sql/load-parser.ts'
import { DASHBOARDS } from '../corpora/dashboards.ts'
import { captureSql } from './capture.ts'
import { measurePrecision, type Precision } from './measure-precision.ts'
import { createPick } from './pick.ts'
import { makeSubject, type Subject } from './subject.ts'
import type { World } from './witness.ts'

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
  'not in': /\bNOT IN \(SELECT\b/i,
  'set operation': /\b(?:UNION|INTERSECT|EXCEPT)\b/i,
  'scalar subquery': /(?<!EXISTS |IN |LATERAL )\(SELECT\b/i,
}

/** Where it is measured: a database for the rows, and one in which states are made up. */
type Places = { readonly rows: string; readonly world: string }

/** Lets the demo's writer work on the example's tables, and measures the dashboard queries. */
export async function measureDashboards(
  places: Places,
  { seed, transactions }: { readonly seed: number; readonly transactions: number },
): Promise<readonly Precision[]> {
  return await inPlaces(places, async (client, other) => {
    await client.query(`SET timezone = 'UTC'; ${CREATE_TABLES}`)
    await client.query(`${FILL_TABLES} ${captureSql(TABLES)}`)
    await client.query('ANALYZE')
    await other.query(`SET timezone = 'UTC'; ${CREATE_TABLES}`)
    const hot = chooseHotRows()
    const domains: Readonly<Record<string, readonly string[]>> = {
      user_id: [...hot.users, ...hot.spareUsers],
      agent_id: hot.agents,
      plan: PLANS,
      status: STATUSES,
      month: MONTHS,
    }
    const parser = await loadParser()
    const subjects: Subject[] = []
    for (const [name, [types, sql]] of Object.entries(DASHBOARDS)) {
      const params = Object.entries(types).map(([param, type]) => ({ name: param, type }))
      const features = [name, ...Object.keys(CLASSES).filter((one) => CLASSES[one]?.test(sql))]
      const subject = await makeSubject(client, { sql, params, features }, parser, (param) => domains[param.name] ?? []) // prettier-ignore
      if (subject !== undefined) subjects.push(subject)
    }
    const pick = async (text: string, values: readonly unknown[]): Promise<string | undefined> => {
      const { rows } = await client.query({ text, values: [...values], rowMode: 'array' })
      const [row] = rows as (readonly unknown[])[]
      return row === undefined ? undefined : String(row[0])
    }
    const deal = createDealer(createRandom(seed), pick, hot)
    const world = await makeWorld(client, other, TABLES, seed)
    return await measurePrecision(client, world, subjects, async () => [await deal()], transactions)
  })
}

/** Rows of each table that states are made of. */
const SAMPLE = 60

async function makeWorld(
  client: Client,
  other: Client,
  tables: readonly string[],
  seed: number,
): Promise<World> {
  const sample: Record<string, readonly Readonly<Record<string, unknown>>[]> = {}
  for (const name of tables) {
    const { rows } = await client.query<{ row: Record<string, unknown> }>(`SELECT to_jsonb(t) AS row FROM ${name} t ORDER BY id LIMIT ${SAMPLE}`) // prettier-ignore
    sample[name] = rows.map(({ row }) => row)
  }
  const { rows: keys } = await other.query<{ sql: string }>(`SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) AS sql FROM pg_constraint WHERE contype = 'f'`) // prettier-ignore
  for (const { sql } of keys) await other.query(sql)
  for (const name of tables) await other.query(`DELETE FROM ${name}`)
  return { client: other, pick: createPick(seed), sample }
}

async function inPlaces<T>(places: Places, work: (client: Client, other: Client) => Promise<T>): Promise<T> {
  const clients = [places.rows, places.world].map((connectionString) => new Client({ connectionString }))
  try {
    for (const client of clients) {
      client.on('error', () => {})
      await client.connect()
      await client.query('SET client_min_messages = error; SET jit = off')
    }
    const [client, other] = clients
    if (client === undefined || other === undefined) throw new Error('There is no database.')
    return await work(client, other)
  } finally {
    await Promise.all(clients.map((client) => client.end()))
  }
}
