import type { Client } from 'pg'
import type { Plan, Watch } from '../../../src/plan/plan.ts'
import { quoteIdentifier, quoteLiteral } from '../../../src/sql/quote.ts'
import type { RowChange } from './capture.ts'
import { askWatches, covers, resolveAll } from './oracle.ts'
import type { Pick } from './pick.ts'
import { readOutcome, type Subject } from './subject.ts'

type Row = Readonly<Record<string, unknown>>

/** A database with the same tables, all empty and without foreign keys, in which states are made up. */
export type World = {
  readonly client: Client
  readonly pick: Pick
  /** Rows of each table that values are taken from. */
  readonly sample: Readonly<Record<string, readonly Row[]>>
}

/** States that are tried for each change. */
const TRIES = 200

/**
 * Whether one of the changes had to be told to an entry, although its outcome stayed as it was: whether there is a state in which the
 * same change of the same row, with the same rows on its path, gives another outcome. A trigger sees the changed row, and
 * the reader the rows of the path; the rest is made up at random: no rows, or some that have values of these. A state that is found
 * shows that sending was right. One that is not found shows nothing, and counts against the derivation.
 *
 * @param client the database that the change was made in
 */
export async function findWitness(
  world: World,
  client: Client,
  subject: Subject,
  index: number,
  changes: readonly RowChange[],
): Promise<boolean> {
  const entry = subject.entries[index] ?? []
  for (const change of changes) {
    const watches = subject.plan.tables.find(({ table }) => table.name === change.table)?.watches ?? []
    for (const watch of watches) {
      const alone = planOf(subject.plan, change.table, watch)
      const { bindings, links } = askWatches(alone, [change])
      const all = [...bindings, ...(await resolveAll(client, alone, subject.paths, links))]
      if (!covers(all, entry)) continue
      const fixed = await rowsOnPath(client, watch, change, subject, entry)
      for (let tried = 0; tried < TRIES; tried += 1)
        if (await differs(world, subject, index, change, fixed, tried)) return true
    }
  }
  return false
}

function planOf(plan: Plan, name: string, watch: Watch): Plan {
  const table = plan.tables.find((one) => one.table.name === name)
  return { ...plan, tables: table === undefined ? [] : [{ ...table, watches: [watch] }] }
}

/** The rows that the path crosses on its way to the entry, by table. */
async function rowsOnPath(
  client: Client,
  { path, params }: Watch,
  change: RowChange,
  { query }: Subject,
  entry: readonly string[],
): Promise<ReadonlyMap<string, readonly Row[]>> {
  const fixed = new Map<string, readonly Row[]>()
  if (path === undefined) return fixed
  const { hops } = path
  for (const { table } of hops) fixed.set(table.name, [])
  for (const row of [change.old, change.new]) {
    if (row === null) continue
    const conditions = hops.flatMap(({ on }, hop) =>
      on.map(({ column, from }) => {
        const other = from.hop < 0 ? literalOf(row[from.column]) : `h${from.hop}.${quoteIdentifier(from.column)}::text` // prettier-ignore
        return `h${hop}.${quoteIdentifier(column)}::text = ${other}`
      }),
    )
    const ends = params.flatMap((source) => {
      if (source.kind !== 'hop') return []
      const value = entry[query.params.findIndex(({ name }) => name === source.param)]
      return [`h${source.hop}.${quoteIdentifier(source.column)}::text = ${literalOf(value)}`]
    })
    const tables = hops.map(({ table }, hop) => `${quoteIdentifier(table.name)} h${hop}`)
    const list = hops.map((_, hop) => `to_jsonb(h${hop}) AS h${hop}`)
    const { rows } = await client.query<Record<string, Row>>(`SELECT ${list.join(', ')} FROM ${tables.join(', ')} WHERE ${[...conditions, ...ends].join(' AND ')}`) // prettier-ignore
    for (const found of rows)
      for (const [hop, { table }] of hops.entries()) fixed.set(table.name, [...(fixed.get(table.name) ?? []), found[`h${hop}`] ?? {}]) // prettier-ignore
  }
  return fixed
}

/** Makes up a state, the first of them empty, and asks whether the change makes another outcome of it. */
async function differs(
  { client, sample, pick }: World,
  subject: Subject,
  index: number,
  { table, op, old, new: after }: RowChange,
  fixed: ReadonlyMap<string, readonly Row[]>,
  tried: number,
): Promise<boolean> {
  // How many rows there were is not told of a TRUNCATE; one of them is enough.
  const before = op === 'truncate' ? pick.of(sample[table] ?? [{}]) : old
  const known = [...[...fixed.values()].flat(), ...[before, after].filter((row) => row !== null)]
  const entry = subject.entries[index] ?? []
  const numbers = entry.filter((text) => /^\d+$/.test(text)).map(Number)
  const values = [...known.flatMap((row) => Object.values(row)), ...entry, ...numbers]
  const statements: string[] = []
  const insert = (name: string, rows: readonly Row[]): void => {
    if (rows.length > 0) statements.push(`INSERT INTO ${quoteIdentifier(name)} SELECT * FROM json_populate_recordset(NULL::${quoteIdentifier(name)}, ${quoteLiteral(JSON.stringify(rows))}) ON CONFLICT DO NOTHING`) // prettier-ignore
  }
  if (before !== null) insert(table, [before])
  for (const [name, rows] of fixed) insert(name, rows)
  for (const [name, rows] of Object.entries(sample)) {
    if (tried === 0 || fixed.has(name) || rows.length === 0) continue
    insert(
      name,
      Array.from({ length: pick.below(3) }, () => makeUp(pick, pick.of(rows), values)),
    )
  }
  const own = (row: Row): string => `DELETE FROM ${quoteIdentifier(table)} WHERE id::text = ${literalOf(row['id'])}` // prettier-ignore
  const evaluate = subject.evaluateOne(index)
  statements.push(evaluate)
  if (before !== null) statements.push(own(before))
  // A row that is there already would be another change.
  if (after !== null) statements.push(`INSERT INTO ${quoteIdentifier(table)} SELECT * FROM json_populate_recordset(NULL::${quoteIdentifier(table)}, ${quoteLiteral(JSON.stringify([after]))})`) // prettier-ignore
  statements.push(evaluate)
  try {
    const answers = (await client.query(`BEGIN; ${statements.join('; ')}`)) as unknown as { command: string; rows: { stalemate_place: number; rows: string }[] }[] // prettier-ignore
    const [first, second] = answers.filter(({ command }) => command === 'SELECT').map(({ rows }) => readOutcome(rows, 1)[0]) // prettier-ignore
    return first !== second
  } catch (error) {
    // What a constraint refuses is no state.
    if (error instanceof Error && 'code' in error) return false
    throw error
  } finally {
    await client.query('ROLLBACK')
  }
}

/** A row like another one, with some values of those that are at hand. */
function makeUp(pick: Pick, row: Row, values: readonly unknown[]): Row {
  return Object.fromEntries(
    Object.entries(row).map(([column, value]) => {
      const alike = values.filter((other) => kindOf(other) === kindOf(value))
      return [column, alike.length > 0 && pick.chance(0.6) ? pick.of(alike) : value]
    }),
  )
}

function kindOf(value: unknown): string {
  if (typeof value !== 'string') return typeof value
  return /^[0-9a-f]{8}-[0-9a-f-]{27}$/.test(value)
    ? 'uuid'
    : /^\d{4}-\d\d-\d\dT/.test(value)
      ? 'time'
      : 'text'
}

function literalOf(value: unknown): string {
  if (value === null || value === undefined) return 'NULL'
  return quoteLiteral(typeof value === 'string' ? value : JSON.stringify(value))
}
