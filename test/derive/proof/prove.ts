import { Client } from 'pg'
import { loadParser } from '../../../src/sql/load-parser.ts'
import { CAPTURE, type RowChange } from './capture.ts'
import { askWatches, covers, resolveAll, resolveHere, type Tables } from './oracle.ts'
import { createPick, type Pick } from './pick.ts'
import { randomChanges } from './random-changes.ts'
import { randomQuery } from './random-query.ts'
import { randomSchema, TABLES } from './random-schema.ts'
import { evaluate, makeSubject, readOutcome, type Subject } from './subject.ts'

/** An entry whose outcome changed and that nothing made wrong. */
export type Missed = {
  readonly seed: number
  readonly sql: string
  readonly statements: readonly string[]
  readonly entry: readonly string[]
  readonly before: string
  readonly after: string
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

export type ProofOptions = {
  readonly connectionString: string
  readonly seed: number
  readonly queries: number
  readonly transactions: number
  /** Stops at the first miss; goes on unless said. */
  readonly stopAtMiss?: boolean
  readonly progress?: (proof: Proof) => void
  readonly until?: () => boolean
}

const QUERIES_PER_SCHEMA = 40

/** Runs random transactions against random queries, and looks for an entry that changed and was not made wrong. */
export async function prove(options: ProofOptions): Promise<Proof> {
  const proof: Proof = { queries: 0, refused: 0, transactions: 0, concurrent: 0, missed: [], bound: new Map(), all: { queries: 0, made: 0, changed: 0 } } // prettier-ignore
  const parser = await loadParser()
  const each = Math.ceil(options.transactions / options.queries)
  const [one, two] = [await connect(options), await connect(options)]
  try {
    for (let round = 0; proof.queries < options.queries && options.until?.() !== true; round += 1) {
      const seed = options.seed + round
      const pick = createPick(seed)
      await makeSchema(one, pick)
      for (let number = 0; number < QUERIES_PER_SCHEMA && proof.queries < options.queries; number += 1) {
        const subject = await makeSubject(one, randomQuery(pick), parser)
        if (subject === undefined) {
          proof.refused += 1
          continue
        }
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
      await client.query(`BEGIN; ${randomSchema(pick)} ${CAPTURE}; COMMIT`)
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
  const counts = [proof.all, ...(subject.bound ? subject.query.features.concat('any').map((name) => countOf(proof, name)) : [])] // prettier-ignore
  for (const count of counts) count.queries += 1
  for (let done = 0; done < transactions && proof.missed.length <= 20;) {
    const concurrent = pick.chance(0.15)
    const steps = await (concurrent ? runTwo(subject, pick, one, two) : runBatch(subject, pick, one))
    for (const { statements, after, bindings } of steps) {
      for (const [index, entry] of subject.entries.entries()) {
        const changed = before[index] !== after[index]
        const made = covers(bindings, entry)
        if (changed && !made) proof.missed.push({ seed, sql: subject.query.sql, statements, entry, before: before[index] ?? '', after: after[index] ?? '' }) // prettier-ignore
        if (made && !concurrent) for (const count of counts) [count.made, count.changed] = [count.made + 1, count.changed + (changed ? 1 : 0)] // prettier-ignore
      }
      before = after
    }
    const count = concurrent ? 2 : steps.length
    done += count
    proof.transactions += count
    proof.concurrent += concurrent ? 2 : 0
  }
}

type Step = { readonly statements: readonly string[]; readonly after: readonly string[]; readonly bindings: Parameters<typeof covers>[0] } // prettier-ignore

const TAKE = `WITH taken AS (DELETE FROM captured RETURNING *) SELECT "table", op, old, new FROM taken ORDER BY place`

/** Transactions that are sent together, so that more time goes by in the server than on the way there. */
const BATCH = 10
const ROWS = TABLES.map((name) => `(SELECT coalesce(json_agg(r), '[]') FROM ${name} r) AS ${name}`).join(', ')

async function runBatch(subject: Subject, pick: Pick, client: Client): Promise<readonly Step[]> {
  const batch = Array.from({ length: BATCH }, () => randomChanges(pick))
  // A transaction that a constraint refuses did not happen.
  const texts = batch.map((statements) => `BEGIN; DO $$ BEGIN ${statements.join('; ')}; EXCEPTION WHEN integrity_constraint_violation THEN NULL; END $$; COMMIT; ${TAKE}; EXECUTE subject; SELECT ${ROWS}`) // prettier-ignore
  const results = (await client.query(texts.join('; '))) as unknown as { command: string; rows: unknown[] }[]
  const answers = results.filter(({ command }) => command === 'SELECT').map(({ rows }) => rows)
  return batch.map((statements, index) => {
    const [changes, rows, tables] = answers.slice(index * 3, index * 3 + 3)
    const { bindings, links } = askWatches(subject.plan, changes as RowChange[])
    const resolved = resolveHere(subject.plan, tables?.[0] as Tables, links)
    const after = readOutcome(rows as Parameters<typeof readOutcome>[0], subject.entries.length)
    return { statements, after, bindings: [...bindings, ...resolved] }
  })
}

/**
 * Two transactions that are open at once, on rows of their own, under one of the isolation levels. What the first one sent is
 * resolved before or after the second one commits; together they have to make wrong what both have changed.
 */
async function runTwo(subject: Subject, pick: Pick, one: Client, two: Client): Promise<readonly Step[]> {
  const clients = [one, two] as const
  const work = [randomChanges(pick, 0), randomChanges(pick, 1)] as const
  const level = pick.of(['READ COMMITTED', 'REPEATABLE READ'])
  const statements = [...work[0], '-- beside', ...work[1]]
  try {
    for (const client of clients)
      await client.query(`BEGIN ISOLATION LEVEL ${level}; SELECT count(*) FROM t1`)
    const left = [[...work[0]], [...work[1]]]
    while (left[0]?.length || left[1]?.length) {
      const side = left[0]?.length === 0 ? 1 : left[1]?.length === 0 ? 0 : pick.below(2)
      const next = left[side]?.shift()
      if (next !== undefined) await clients[side === 0 ? 0 : 1].query(next)
    }
    const first = pick.chance(0.5) ? one : two
    const second = first === one ? two : one
    await first.query('COMMIT')
    const soon = askWatches(subject.plan, (await first.query(TAKE)).rows as RowChange[])
    const late = pick.chance(0.5)
    const early = late ? [] : await resolveAll(first, subject.plan, subject.paths, soon.links)
    await second.query('COMMIT')
    const rest = askWatches(subject.plan, (await second.query(TAKE)).rows as RowChange[])
    const found = [
      ...(late ? await resolveAll(first, subject.plan, subject.paths, soon.links) : early),
      ...(await resolveAll(first, subject.plan, subject.paths, rest.links)),
    ]
    return [{ statements, after: await evaluate(one, subject), bindings: [...soon.bindings, ...rest.bindings, ...found] }] // prettier-ignore
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error)) throw error
    for (const client of clients) await client.query('ROLLBACK')
    await one.query(TAKE)
    // What one of them has committed all the same is the new beginning.
    return [
      {
        statements,
        after: await evaluate(one, subject),
        bindings: [subject.query.params.map(() => undefined)],
      },
    ]
  }
}

function countOf({ bound }: Proof, name: string): Count {
  const count = bound.get(name) ?? { queries: 0, made: 0, changed: 0 }
  bound.set(name, count)
  return count
}
