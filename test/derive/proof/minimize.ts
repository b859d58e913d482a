import type { Client } from 'pg'
import type { RowChange } from './capture.ts'
import { askWatches, covers, resolveHere, type Tables } from './oracle.ts'
import { evaluate, type Subject } from './subject.ts'
import { ROWS, TAKE } from './transactions.ts'

/** One transaction on some rows, and the entry that it changed without making it wrong. */
export type Case = {
  readonly subject: Subject
  /** The entry's place. */
  readonly index: number
  readonly statements: readonly string[]
  readonly tables: Tables | undefined
}

type Small = { readonly statements: readonly string[]; readonly tables: Tables }

/** Leaves out statements and rows as long as the entry is still missed; `undefined` where it is not missed again. */
export async function minimize({ tables, ...found }: Case, client: Client): Promise<Small | undefined> {
  const statements = found.statements.filter((text) => !text.startsWith('--'))
  if (tables === undefined) return undefined
  let small: Small = { statements, tables }
  const misses = (each: Small): Promise<boolean> => isMissed({ ...found, ...each }, client)
  if (!(await misses(small))) return undefined
  for (let shrunk = true; shrunk;) {
    shrunk = false
    for (const next of smallerThan(small)) {
      if (!(await misses(next))) continue
      small = next
      shrunk = true
      break
    }
  }
  return small
}

/** The same without one statement, or without one row. */
function smallerThan({ statements, tables }: Small): readonly Small[] {
  return [
    ...statements.map((_, left) => ({ statements: statements.filter((_text, at) => at !== left), tables })),
    ...Object.entries(tables).flatMap(
      ([name, rows]) =>
      rows.map((_, left) => ({ statements, tables: { ...tables, [name]: rows.filter((_row, at) => at !== left) } })), // prettier-ignore
    ),
  ]
}

async function isMissed({ subject, index, statements, tables = {} }: Case, client: Client): Promise<boolean> {
  await client.query('BEGIN')
  try {
    for (const [name, rows] of Object.entries(tables)) {
      await client.query(`DELETE FROM ${name}`)
      await client.query(`INSERT INTO ${name} SELECT * FROM json_populate_recordset(NULL::${name}, $1)`, [JSON.stringify(rows)]) // prettier-ignore
    }
    await client.query('DELETE FROM captured')
    const before = await evaluate(client, subject)
    for (const text of statements) await client.query(text)
    const changes = (await client.query(TAKE)).rows as RowChange[]
    const after = await evaluate(client, subject)
    if (before[index] === after[index]) return false
    const { bindings, links } = askWatches(subject.plan, changes)
    const [state = {}] = (await client.query<Tables>(`SELECT ${ROWS}`)).rows
    const all = [...bindings, ...resolveHere(subject.plan, state, links)]
    return !covers(all, subject.entries[index] ?? [])
  } catch (error) {
    // What a constraint refuses did not happen.
    if (error instanceof Error && 'code' in error) return false
    throw error
  } finally {
    await client.query('ROLLBACK')
  }
}
