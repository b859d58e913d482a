import { createHash } from 'node:crypto'
import { Client } from 'pg'
import { uniqueName } from './unique-name.ts'

/** Gives the URL of another database on the same server. */
export function withDatabase(connectionString: string, name: string): string {
  const url = new URL(connectionString)
  url.pathname = `/${name}`
  return url.href
}

/** Milliseconds after which a statement of ours fails: a session that is stuck keeps a database from being dropped. */
const BOUNDS = { connectionTimeoutMillis: 60_000, statement_timeout: 90_000, query_timeout: 100_000 }

/** Runs with a client that is closed afterwards, whatever happens. */
export async function withClient<T>(
  connectionString: string,
  use: (client: Client) => Promise<T>,
): Promise<T> {
  const client = new Client({ connectionString, ...BOUNDS })
  await client.connect()
  try {
    return await use(client)
  } finally {
    await client.end()
  }
}

/** Files are copied: with `fsync=off` the checkpoint it takes is cheaper than logging every page. */
export async function cloneDatabase(admin: Client, template: string, name: string): Promise<void> {
  await admin.query(`CREATE DATABASE ${name} TEMPLATE ${template} STRATEGY file_copy`)
}

async function buildTemplate(admin: Client, connectionString: string, name: string, sql: string) {
  const unfinished = uniqueName('unfinished')
  await cloneDatabase(admin, 'template0', unfinished)
  try {
    await withClient(withDatabase(connectionString, unfinished), (client) => client.query(sql))
    await admin.query(`ALTER DATABASE ${unfinished} RENAME TO ${name}`)
  } catch (error) {
    await admin.query(`DROP DATABASE ${unfinished} WITH (FORCE)`)
    throw error
  }
}

/**
 * Gives the name of a database that holds what the SQL text makes, built once on a server. Test files that ask
 * at the same time wait for one another; a failed build leaves nothing.
 */
export async function prepareTemplate(admin: Client, connectionString: string, sql: string) {
  const digest = createHash('sha256').update(sql).digest()
  const name = `template_${digest.toString('hex', 0, 16)}`
  const lock = digest.readBigInt64BE().toString()
  await admin.query('SELECT pg_advisory_lock($1)', [lock])
  try {
    const { rowCount } = await admin.query('SELECT FROM pg_database WHERE datname = $1', [name])
    if (rowCount === 0) await buildTemplate(admin, connectionString, name, sql)
  } finally {
    await admin.query('SELECT pg_advisory_unlock($1)', [lock])
  }
  return name
}
