import { randomBytes } from 'node:crypto'
import type { TestDatabase } from './database.ts'
import type { Test } from './test.ts'
import { uniqueName } from './unique-name.ts'

/** A role that may log in, and is no superuser. */
export type TestRole = { readonly name: string; readonly connectionString: string }

/** Makes roles of a test's own, which end with it. Roles belong to a whole server, so their names are unique. */
export async function createRoles<Name extends string>(
  t: Test,
  database: TestDatabase,
  names: readonly Name[],
): Promise<Readonly<Record<Name, TestRole>>> {
  const password = randomBytes(12).toString('hex')
  const roles = names.map((name) => {
    const role = uniqueName(name)
    const url = new URL(database.connectionString)
    url.username = role
    url.password = password
    return [name, { name: role, connectionString: url.href }] as const
  })
  const all = roles.map(([, { name }]) => name).join(', ')
  for (const [, { name }] of roles) await database.query(`CREATE ROLE ${name} LOGIN PASSWORD '${password}'`)
  t.teardown(() => database.query(`DROP OWNED BY ${all} CASCADE; DROP ROLE ${all}`))
  return Object.fromEntries(roles) as Record<Name, TestRole>
}
