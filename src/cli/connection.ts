import { StalemateError } from '../errors.ts'
import type { ClientConfig } from 'pg'

type Environment = Readonly<Record<string, string | undefined>>

/** How to reach the database, and how to say so without a secret. */
export type Connection = {
  readonly config: ClientConfig
  /** Such as `database "app" on db.example:5432`; never with a password. */
  readonly description: string
}

/** Milliseconds until an unanswered attempt to connect is given up. */
const CONNECT_TIMEOUT = 10_000

async function describe(config: ClientConfig): Promise<string> {
  const { default: pg } = await import('pg')
  const { host, port, database } = new pg.Client(config)
  const place = host.startsWith('/') ? `the socket ${host}/.s.PGSQL.${port}` : `${host}:${port}`
  return database ? `database "${database}" on ${place}` : `the server on ${place}`
}

function readVariables(env: Environment): ClientConfig | undefined {
  const found = {
    ...(env['PGHOST'] && { host: env['PGHOST'] }),
    ...(env['PGPORT'] && { port: Number(env['PGPORT']) }),
    ...(env['PGUSER'] && { user: env['PGUSER'] }),
    ...(env['PGPASSWORD'] && { password: env['PGPASSWORD'] }),
    ...(env['PGDATABASE'] && { database: env['PGDATABASE'] }),
  }
  return Object.keys(found).length > 0 ? found : undefined
}

/**
 * Finds the database to work on: `--url`, else `DATABASE_URL`, else the PG* variables.
 * @throws StalemateError `usage` when none of them is given or the URL is malformed
 */
export async function findConnection(url: string | undefined, env: Environment): Promise<Connection> {
  const connectionString = url ?? (env['DATABASE_URL'] || undefined)
  const given = connectionString === undefined ? readVariables(env) : { connectionString }
  if (given === undefined) {
    throw new StalemateError('usage', 'No database is named.', {
      hint: 'Give --url postgres://user@host:5432/database, or set DATABASE_URL or PGHOST, PGUSER and PGDATABASE.',
    })
  }
  const config = { ...given, connectionTimeoutMillis: CONNECT_TIMEOUT }
  const origin = url === undefined ? 'DATABASE_URL' : '--url'
  const malformed = (cause?: unknown): StalemateError =>
    new StalemateError('usage', `${origin} is not a connection URL.`, {
      hint: 'It looks like postgres://user@host:5432/database, with special characters percent-encoded.',
      cause,
    })
  if (connectionString !== undefined && !/^postgres(ql)?:\/\//.test(connectionString)) throw malformed()
  try {
    return { config, description: await describe(config) }
  } catch (error) {
    throw connectionString === undefined ? error : malformed(error)
  }
}
