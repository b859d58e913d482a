import type { Client } from 'pg'
import type { RowChange } from './capture.ts'
import { askWatches, covers, resolveAll } from './oracle.ts'
import { readOutcome, type Subject } from './subject.ts'
import { TAKE } from './transactions.ts'
import { findWitness, type World } from './witness.ts'

/** Of the entries of one query that were made wrong, how many had changed. */
export type Precision = {
  readonly name: string
  readonly bound: boolean
  readonly classes: readonly string[]
  made: number
  changed: number
  /** Had changed, or would have in another state of the rows that were not looked at; only of queries that are bound. */
  needed: number
  missed: number
  /** What neither is true of, by what was done. */
  readonly spare: Map<string, number>
}

type Running = { readonly subject: Subject; readonly found: Precision; before: readonly string[] }

/** A transaction of one statement. */
export type Deal = () => Promise<readonly { readonly text: string; readonly values: readonly unknown[] }[]>

/** Asks after each transaction which entries of the queries were made wrong, and which of them had changed. */
export async function measurePrecision(
  client: Client,
  world: World,
  subjects: readonly Subject[],
  deal: Deal,
  transactions: number,
): Promise<readonly Precision[]> {
  const running: Running[] = []
  for (const subject of subjects) {
    const [name = '', ...classes] = subject.query.features
    const found = { name, bound: subject.bound, classes, made: 0, changed: 0, needed: 0, missed: 0, spare: new Map<string, number>() } // prettier-ignore
    running.push({ subject, found, before: await outcomeOf(client, subject) })
  }
  for (let done = 0; done < transactions; done += 1) {
    if (!(await run(client, await deal()))) continue
    const changes = (await client.query(TAKE)).rows as RowChange[]
    for (const one of running) await look(client, world, one, changes)
  }
  return running.map(({ found }) => found)
}

/** A transaction that a constraint refuses did not happen. */
async function run(client: Client, statements: Awaited<ReturnType<Deal>>): Promise<boolean> {
  await client.query('BEGIN')
  try {
    for (const { text, values } of statements) await client.query(text, [...values])
    await client.query('COMMIT')
    return true
  } catch (error) {
    await client.query('ROLLBACK')
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('23')) return false
    throw error
  }
}

async function look(
  client: Client,
  world: World,
  one: Running,
  changes: readonly RowChange[],
): Promise<void> {
  const { subject, before, found } = one
  const { bindings, links } = askWatches(subject.plan, changes)
  const all = [...bindings, ...(await resolveAll(client, subject.plan, subject.paths, links))]
  const after = await outcomeOf(client, subject)
  for (const [index, entry] of subject.entries.entries()) {
    const [isMade, isChanged] = [covers(all, entry), before[index] !== after[index]]
    if (isChanged && !isMade) found.missed += 1
    if (!isMade) continue
    found.made += 1
    if (isChanged) found.changed += 1
    if (!subject.bound) continue
    if (isChanged || (await findWitness(world, client, subject, index, changes))) found.needed += 1
    else {
      const what = [...new Set(changes.map(describeChange))].sort().join(' + ')
      found.spare.set(what, (found.spare.get(what) ?? 0) + 1)
    }
  }
  one.before = after
}

/** What was done, with the columns that an update changed. */
function describeChange({ table, op, old, new: after }: RowChange): string {
  if (op !== 'update' || old === null || after === null) return `${op} ${table}`
  return `update ${table} (${Object.keys(after).filter((name) => old[name] !== after[name]).join(', ')})` // prettier-ignore
}

async function outcomeOf(client: Client, { evaluate, entries }: Subject): Promise<readonly string[]> {
  const { rows } = await client.query<{ stalemate_place: number; rows: string }>(evaluate)
  return readOutcome(rows, entries.length)
}
