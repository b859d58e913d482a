import type { Client } from 'pg'
import { createDatabase, type TestDatabase } from '../../../helpers/database.ts'
import { describe, migrationSql } from '../../../helpers/installation.ts'
import type { Test } from '../../../helpers/test.ts'
import { uniqueName } from '../../../helpers/unique-name.ts'
import type { Version } from '../../../helpers/versions.ts'
import type { Case, Group } from './case.ts'

/** What a case did: the lines that were sent, and the error of its last statement. */
export type Outcome = { readonly sent: readonly string[]; readonly error?: string }

/** Runs the cases of a group on a version, in their order. */
export async function runGroup(t: Test, group: Group, version: Version): Promise<ReadonlyMap<Case, Outcome>> {
  const name = uniqueName('n')
  const database = await createDatabase(t, { version })
  const clean = await database.connect()
  t.teardown(() => dropRole(database, name))
  await clean.query(group.tables.replaceAll('{name}', name))
  for (const plan of group.plans) await clean.query(migrationSql({ ...plan, feed: 'outbox' }).up)
  const outcomes = new Map<Case, Outcome>()
  for (const one of group.cases) {
    for (const table of group.empty) await clean.query(`TRUNCATE ${table} CASCADE`)
    const writer = await database.connect()
    if (one.before !== undefined) await writer.query(one.before.replaceAll('{name}', name))
    await takeMessages(clean)
    const error = await runAll(
      writer,
      one.run.map((text) => text.replaceAll('{name}', name)),
    )
    outcomes.set(one, {
      sent: [...new Set(describe(await takeMessages(clean)))].map((line) => line.replaceAll(name, '{name}')),
      ...(error !== undefined && { error }),
    })
    await writer.query('ROLLBACK')
    if (one.after !== undefined) await clean.query(one.after.replaceAll('{name}', name))
    await writer.end()
  }
  return outcomes
}

async function runAll(writer: Client, statements: readonly string[]): Promise<string | undefined> {
  try {
    for (const statement of statements) await writer.query(statement)
    return undefined
  } catch (error) {
    return String(error)
  }
}

async function takeMessages(client: Client): Promise<readonly string[]> {
  const { rows } = await client.query<{ message: string }>(`
    WITH gone AS (DELETE FROM stalemate.outbox_0 RETURNING message), more AS (DELETE FROM stalemate.outbox_1 RETURNING message),
      rest AS (DELETE FROM stalemate.outbox_2 RETURNING message)
    TABLE gone UNION ALL TABLE more UNION ALL TABLE rest`)
  return rows.map(({ message }) => message)
}

async function dropRole(database: TestDatabase, name: string): Promise<void> {
  const { rowCount } = await database.adminQuery('SELECT FROM pg_roles WHERE rolname = $1', [name])
  if (rowCount === 0) return
  await database.query(`DROP OWNED BY ${name}`)
  await database.adminQuery(`DROP ROLE ${name}`)
}
