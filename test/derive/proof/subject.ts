import type { Client } from 'pg'
import { compileRules } from '../../../src/compile.ts'
import { askQuery } from '../../../src/derive/ask-query.ts'
import type { LockedQuery } from '../../../src/derive/lock.ts'
import type { Manifest } from '../../../src/manifest/manifest.ts'
import type { Plan } from '../../../src/plan/plan.ts'
import type { SqlParser } from '../../../src/sql/load-parser.ts'
import { pathsOf } from './oracle.ts'
import { paramDomain, type RandomQuery } from './random-query.ts'

/** A query with what was derived from it, and how to ask for all of its entries. */
export type Subject = {
  readonly query: RandomQuery
  readonly plan: Plan
  readonly paths: Manifest['paths']
  /** All entries that there are, as texts in the order of the params. */
  readonly entries: readonly (readonly string[])[]
  /** SQL whose rows are the place of the entry, from 1, and its rows as JSON. */
  readonly evaluate: string
  /** The same SQL for one of the entries, by its place. */
  readonly evaluateOne: (index: number) => string
  /** Whether every watch binds every param. */
  readonly bound: boolean
  /** What PostgreSQL said of the query. */
  readonly locked: LockedQuery
}

/** Compiles a query as a cache; `undefined` where PostgreSQL does not take it. */
export async function makeSubject(
  client: Client,
  query: RandomQuery,
  parser: SqlParser,
  domain: (param: RandomQuery['params'][number]) => readonly (string | number)[] = ({ type }) =>
    paramDomain(type),
): Promise<Subject | undefined> {
  const names = query.params.map(({ name }) => name)
  const rules = {
    version: 1,
    name: 'proof',
    caches: {
      c: {
        key: `c:${names.map((name) => `{${name}}`).join(':')}`,
        params: Object.fromEntries(query.params.map(({ name, type }) => [name, type])),
        query: query.sql,
      },
    },
  }
  let locked: LockedQuery | undefined
  const compiled = await compileRules(
    { 'rules.yaml': JSON.stringify(rules) },
    {
      ask: async (written) => {
        const answer = await askQuery(
          (text, values) => client.query(text, values && [...values]),
          written,
          parser,
        )
        if ('hash' in answer) locked = answer
        return answer
      },
    },
  )
  const { plan, ruleset } = compiled
  if (plan === undefined || locked === undefined) return undefined
  const many = ruleset?.caches[0]?.loader?.many
  if (many === undefined) return undefined
  let entries: readonly (readonly string[])[] = [[]]
  for (const param of query.params)
    entries = entries.flatMap((entry) => domain(param).map((value) => entry.concat(String(value))))
  const evaluateFor = (chosen: typeof entries): string => {
    let sql = many
    for (const [index] of query.params.entries()) {
      const values = chosen.map((entry) => `'${entry[index] ?? ''}'`)
      sql = sql.replaceAll(`$${index + 1}::`, `ARRAY[${values.join(',')}]::`)
    }
    return `SELECT stalemate_place, array_agg(value ORDER BY value)::text AS rows FROM (SELECT stalemate_place, to_jsonb(r)::text COLLATE "C" AS value FROM (${sql}) AS r) AS v GROUP BY 1` // prettier-ignore
  }
  const evaluate = evaluateFor(entries)
  const watches = plan.tables.flatMap((table) => table.watches)
  // What a FULL JOIN may compare is seen only when it is planned.
  try {
    await client.query(`EXPLAIN ${evaluate}`)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === '0A000') return undefined
    throw error
  }
  return {
    query,
    plan,
    paths: pathsOf(plan),
    locked,
    entries,
    evaluate,
    evaluateOne: (index) => evaluateFor(entries.slice(index, index + 1)),
    bound: watches.length > 0 && watches.every(({ params }) => params.length === names.length),
  }
}

/** The outcome for each entry, in their order, of the subject that is prepared. */
export async function evaluate(client: Client, { entries }: Subject): Promise<readonly string[]> {
  const { rows } = await client.query<{ stalemate_place: number; rows: string }>('EXECUTE subject')
  return readOutcome(rows, entries.length)
}

export function readOutcome(
  rows: readonly { stalemate_place: number; rows: string }[],
  count: number,
): readonly string[] {
  const found = new Map(rows.map((row) => [row.stalemate_place, row.rows]))
  return Array.from({ length: count }, (_, index) => found.get(index + 1) ?? '')
}
