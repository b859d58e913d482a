import type { EventEmitter } from 'node:events'
import type { ClientConfig, QueryResult, QueryResultRow } from 'pg'
import { Client, Pool } from 'pg'
import { findSharedServer } from './server.ts'
import { cloneDatabase, prepareTemplate, withClient, withDatabase } from './template.ts'
import { uniqueName } from './unique-name.ts'
import type { Test } from './test.ts'
import type { Version } from './versions.ts'

/** Options of {@link createDatabase}. */
export type DatabaseOptions = {
  /** SQL text that makes the template: run once on a server, then cloned for each test. Nothing unless given. */
  readonly template?: string
  /** SQL text that is run in this database only. */
  readonly sql?: string
  /** The superuser's URL of a server of the test's own; the shared one unless given. */
  readonly server?: string
  /** The version of the shared server; the newest one unless given. */
  readonly version?: Version
}

/** A database for one test, dropped when the test ends, also when it fails. */
export type TestDatabase = {
  readonly connectionString: string
  readonly name: string
  /** Runs one statement, on any of a few connections. */
  query<Row extends QueryResultRow>(sql: string, params?: unknown[]): Promise<QueryResult<Row>>
  /** Opens a connection of the test's own; closed when the test ends. */
  connect(config?: ClientConfig): Promise<Client>
  /** Runs one statement as superuser in the server's database `postgres`. */
  adminQuery<Row extends QueryResultRow>(sql: string, params?: unknown[]): Promise<QueryResult<Row>>
}

/** What keeps a database from being dropped, and belongs to it. */
async function removeObstacles(client: Client): Promise<void> {
  await client.query(`SELECT pg_terminate_backend(active_pid, 5000) FROM pg_replication_slots
    WHERE database = current_database() AND active_pid IS NOT NULL`)
  await client.query(`SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots
    WHERE database = current_database()`)
  const { rows } = await client.query<{ gid: string }>(
    'SELECT quote_literal(gid) AS gid FROM pg_prepared_xacts WHERE database = current_database()',
  )
  for (const { gid } of rows) await client.query(`ROLLBACK PREPARED ${gid}`)
}

/** An error of a connection that nobody uses just now, as after `pg_terminate_backend`, is part of a test. */
function ignoreIdleErrors<Connection extends EventEmitter>(connection: Connection): Connection {
  connection.on('error', () => {})
  return connection
}

async function openClient(t: Test, config: ClientConfig): Promise<Client> {
  const client = ignoreIdleErrors(new Client(config))
  t.teardown(() => client.end())
  await client.connect()
  return client
}

/** Creates a fresh database for one test. */
export async function createDatabase(
  t: Test,
  { template, sql, server, version }: DatabaseOptions = {},
): Promise<TestDatabase> {
  const adminUrl = server ?? (await findSharedServer(version))
  const name = uniqueName('test')
  const connectionString = withDatabase(adminUrl, name)
  await withClient(adminUrl, async (admin) => {
    const from = template === undefined ? 'template0' : await prepareTemplate(admin, adminUrl, template)
    await cloneDatabase(admin, from, name)
  })
  const pool = ignoreIdleErrors(new Pool({ connectionString, max: 4 }))
  const adminPool = ignoreIdleErrors(new Pool({ connectionString: adminUrl, max: 1 }))
  t.teardown(async () => {
    await Promise.all([pool.end(), adminPool.end()])
    await withClient(connectionString, removeObstacles)
    await withClient(adminUrl, (admin) => admin.query(`DROP DATABASE ${name} WITH (FORCE)`))
  })
  if (sql !== undefined) await pool.query(sql)
  return {
    connectionString,
    name,
    query: (text, params) => pool.query(text, params),
    connect: (config) => openClient(t, { connectionString, ...config }),
    adminQuery: (text, params) => adminPool.query(text, params),
  }
}
