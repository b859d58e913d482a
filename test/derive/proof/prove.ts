import { Client } from 'pg'
import { deriveQuery } from '../../../src/derive/derive-query.ts'
import { loadParser, type SqlParser } from '../../../src/sql/load-parser.ts'
import { captureSql } from './capture.ts'
import { minimize } from './minimize.ts'
import { covers, type Tables } from './oracle.ts'
import { createPick, type Pick } from './pick.ts'
import { randomQuery } from './random-query.ts'
import { randomSchema, TABLES } from './random-schema.ts'
import { evaluate, makeSubject, type Subject } from './subject.ts'
import { ROWS, runBatch, runTwo, type Step } from './transactions.ts'

/** An entry whose outcome changed and that nothing made wrong. */
export type Missed = {
  readonly seed: number
  readonly sql: string
  readonly statements: readonly string[]
  readonly entry: readonly string[]
  readonly before: string
  readonly after: string
  /** The rows that it began with, as few as still show it; left out where two transactions ran beside one another. */
  readonly rows?: Tables | undefined
}

export type Count = { queries: number; made: number; changed: number }

export type Proof = {
  queries: number
  refused: number
  transactions: number
  /** Transactions that ran beside another one. */
  concurrent: number
  readonly missed: Missed[]
  /** Entries that were made wrong, and how many of them had changed: by feature, of queries whose params are all bound. */
  readonly bound: Map<string, Count>
  readonly all: Count
}

type Derive = typeof deriveQuery

export type ProofOptions = {
  readonly connectionString: string
  readonly seed: number
  readonly queries: number
  readonly transactions: number
  /** Stops at the first miss; goes on unless said. */
  readonly stopAtMiss?: boolean
  readonly progress?: (proof: Proof) => void
  readonly until?: () => boolean
  /**
   * The compiled `derive-query` of an unbroken derivation: then only queries are tried of which it derives something else.
   * So many are drawn for each that is asked for, at most.
   */
  readonly original?: { readonly path: string; readonly draws: number }
}

const QUERIES_PER_SCHEMA = 40

/** Runs random transactions against random queries, and looks for an entry that changed and was not made wrong. */
export async function prove(options: ProofOptions): Promise<Proof> {
  const proof: Proof = { queries: 0, refused: 0, transactions: 0, concurrent: 0, missed: [], bound: new Map(), all: { queries: 0, made: 0, changed: 0 } } // prettier-ignore
  const parser = await loadParser()
  const original = options.original && ((await import(options.original.path)) as { deriveQuery: Derive }).deriveQuery // prettier-ignore
  let drawn = 0
  const each = Math.ceil(options.transactions / options.queries)
  const [one, two] = [await connect(options), await connect(options)]
  try {
    for (let round = 0; proof.queries < options.queries && options.until?.() !== true; round += 1) {
      const seed = options.seed + round
      const pick = createPick(seed)
      await makeSchema(one, pick)
      for (let number = 0; number < QUERIES_PER_SCHEMA && proof.queries < options.queries; number += 1) {
        if (original !== undefined && (drawn += 1) > options.queries * (options.original?.draws ?? 0))
          return proof
        const subject = await makeSubject(one, randomQuery(pick), parser)
        if (subject === undefined) {
          proof.refused += 1
          continue
        }
        if (original !== undefined && isSame(subject, original, parser)) continue
        proof.queries += 1
        await proveQuery(subject, seed, each, pick, [one, two], proof)
        options.progress?.(proof)
        if (options.stopAtMiss === true && proof.missed.length > 0) return proof
      }
    }
  } finally {
    await Promise.all([one.end(), two.end()])
  }
  return proof
}

function isSame({ locked, query }: Subject, original: Derive, parser: SqlParser): boolean {
  const asked = { params: query.params, dependsOn: [], sessionIndependent: false }
  const parse = (sql: string): unknown => parser.parseSync(sql)
  return JSON.stringify(deriveQuery(locked, asked, parse)) === JSON.stringify(original(locked, asked, parse))
}

async function connect({ connectionString }: ProofOptions): Promise<Client> {
  const client = new Client({ connectionString })
  client.on('error', () => {})
  await client.connect()
  await client.query('SET jit = off; SET client_min_messages = error')
  return client
}

async function makeSchema(client: Client, pick: Pick): Promise<void> {
  await client.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public')
  for (;;) {
    try {
      await client.query(`BEGIN; ${randomSchema(pick)} ${captureSql(TABLES)}; COMMIT`)
      return
    } catch {
      // A row with a NULL where the table takes none: draw again.
      await client.query('ROLLBACK')
    }
  }
}

async function proveQuery(
  subject: Subject,
  seed: number,
  transactions: number,
  pick: Pick,
  [one, two]: readonly [Client, Client],
  proof: Proof,
): Promise<void> {
  await one.query(`DEALLOCATE ALL; PREPARE subject AS ${subject.evaluate}`)
  let before = await evaluate(one, subject)
  let tables: Tables | undefined = (await one.query<Tables>(`SELECT ${ROWS}`)).rows[0]
  const counts = [proof.all, ...(subject.bound ? subject.query.features.concat('any').map((name) => countOf(proof, name)) : [])] // prettier-ignore
  for (const count of counts) count.queries += 1
  for (let done = 0; done < transactions && proof.missed.length <= 20;) {
    const concurrent = pick.chance(0.15)
    const steps = await (concurrent ? runTwo(subject, pick, one, two) : runBatch(subject, pick, one))
    for (const step of steps) {
      const { after, bindings } = step
      for (const [index, entry] of subject.entries.entries()) {
        const changed = before[index] !== after[index]
        const made = covers(bindings, entry)
        if (changed && !made) proof.missed.push(await describeMiss(subject, seed, step, index, before, tables, one)) // prettier-ignore
        if (made && !concurrent) for (const count of counts) [count.made, count.changed] = [count.made + 1, count.changed + (changed ? 1 : 0)] // prettier-ignore
      }
      before = after
      tables = step.tables
    }
    const count = concurrent ? 2 : steps.length
    done += count
    proof.transactions += count
    proof.concurrent += concurrent ? 2 : 0
  }
}

async function describeMiss(
  subject: Subject,
  seed: number,
  { statements, after }: Step,
  index: number,
  before: readonly string[],
  tables: Tables | undefined,
  client: Client,
): Promise<Missed> {
  const smaller = await minimize({ subject, index, statements, tables }, client)
  return {
    seed,
    sql: subject.query.sql,
    statements: smaller?.statements ?? statements,
    entry: subject.entries[index] ?? [],
    before: before[index] ?? '',
    after: after[index] ?? '',
    rows: smaller?.tables,
  }
}

function countOf({ bound }: Proof, name: string): Count {
  const count = bound.get(name) ?? { queries: 0, made: 0, changed: 0 }
  bound.set(name, count)
  return count
}
