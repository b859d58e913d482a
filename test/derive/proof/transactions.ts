import type { Client } from 'pg'
import type { RowChange } from './capture.ts'
import { askWatches, type Binding, resolveAll, resolveHere, type Tables } from './oracle.ts'
import type { Pick } from './pick.ts'
import { randomChanges } from './random-changes.ts'
import { TABLES } from './random-schema.ts'
import { evaluate, readOutcome, type Subject } from './subject.ts'

/** What was done, and what came of it. */
export type Step = {
  readonly statements: readonly string[]
  /** The outcome for each entry. */
  readonly after: readonly string[]
  readonly bindings: readonly Binding[]
  /** The rows afterwards; not where two transactions ran beside one another. */
  readonly tables?: Tables
}

export const TAKE = `WITH taken AS (DELETE FROM captured RETURNING *) SELECT "table", op, old, new FROM taken ORDER BY place`

/** Transactions that are sent together, so that more time goes by in the server than on the way there. */
const BATCH = 10
export const ROWS = TABLES.map(
  (name) => `(SELECT coalesce(json_agg(r), '[]') FROM ${name} r) AS ${name}`,
).join(', ')

export async function runBatch(subject: Subject, pick: Pick, client: Client): Promise<readonly Step[]> {
  const batch = Array.from({ length: BATCH }, () => randomChanges(pick))
  // A transaction that a constraint refuses did not happen.
  const texts = batch.map((statements) => `BEGIN; DO $$ BEGIN ${statements.join('; ')}; EXCEPTION WHEN integrity_constraint_violation THEN NULL; END $$; COMMIT; ${TAKE}; EXECUTE subject; SELECT ${ROWS}`) // prettier-ignore
  const results = (await client.query(texts.join('; '))) as unknown as { command: string; rows: unknown[] }[]
  const answers = results.filter(({ command }) => command === 'SELECT').map(({ rows }) => rows)
  return batch.map((statements, index) => {
    const [changes, rows, tables] = answers.slice(index * 3, index * 3 + 3)
    const { bindings, links } = askWatches(subject.plan, changes as RowChange[])
    const state = tables?.[0] as Tables
    const resolved = resolveHere(subject.plan, state, links)
    const after = readOutcome(rows as Parameters<typeof readOutcome>[0], subject.entries.length)
    return { statements, after, bindings: [...bindings, ...resolved], tables: state }
  })
}

/**
 * Two transactions that are open at once, on rows of their own, under one of the isolation levels. What the first one sent is
 * resolved before or after the second one commits; together they have to make wrong what both have changed.
 */
export async function runTwo(
  subject: Subject,
  pick: Pick,
  one: Client,
  two: Client,
): Promise<readonly Step[]> {
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
