import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { StalemateError } from '../errors.ts'
import { abortable } from './abortable.ts'
import { explainConnectionError } from './connection-error.ts'
import { type Connection, findConnection } from './connection.ts'
import { showPath } from './show-path.ts'
import { describeSystemError } from './system-error.ts'
import type { AskDatabase } from '../derive/derive-caches.ts'
import type { Client } from 'pg'
import type { Io } from './io.ts'

/** Where the meaning of queries is asked. */
export type AskOptions = {
  readonly url?: string | undefined
  /** A file of SQL that makes the schema, for a PostgreSQL that is started for it. */
  readonly schema?: string | undefined
}

export type DatabaseAsker = AsyncDisposable & {
  readonly ask: AskDatabase
  /** Whether one was named on the command line, to ask it about all queries. */
  readonly again: boolean
}

/**
 * Asks the database that the command line or the environment names; connects when the first question comes.
 * `undefined` when none is named.
 */
export async function createAsker(options: AskOptions, io: Io): Promise<DatabaseAsker | undefined> {
  const { url, schema } = options
  const named = url ?? schema ?? io.env['DATABASE_URL'] ?? io.env['PGHOST'] ?? io.env['PGDATABASE']
  if (named === undefined || named === '') return undefined
  let opened: Promise<Opened> | undefined
  return {
    again: url !== undefined || schema !== undefined,
    ask: async (query) => {
      const { client } = await (opened ??= schema === undefined ? connect(url, io) : start(schema, io))
      const [{ askQuery }, { loadParser }] = await Promise.all([
        import('../derive/ask-query.ts'),
        import('../sql/load-parser.ts'),
      ])
      const session = async (text: string, values?: readonly unknown[]) => {
        const { rows } = await client.query<Record<string, unknown>>(text, values as unknown[])
        return { rows: rows ?? [] }
      }
      return await abortable(askQuery(session, query, await loadParser()), io.signal)
    },
    [Symbol.asyncDispose]: async () => {
      const found = await opened?.catch(() => undefined)
      await found?.end()
    },
  }
}

type Opened = { readonly client: Client; readonly end: () => Promise<void> }

async function connect(url: string | undefined, { env, signal }: Io): Promise<Opened> {
  return await open(await findConnection(url, env), signal)
}

async function open(connection: Connection, signal: AbortSignal): Promise<Opened> {
  const { default: pg } = await import('pg')
  const client = new pg.Client({ application_name: 'stalemate compile', ...connection.config })
  client.on('error', () => {})
  try {
    await abortable(client.connect(), signal)
  } catch (error) {
    await client.end().catch(() => {})
    throw explainConnectionError(error, connection)
  }
  return { client, end: () => client.end().catch(() => {}) }
}

/** A server of our own with nothing but the schema in it. */
async function start(schema: string, { cwd, signal }: Io): Promise<Opened> {
  const shown = showPath(schema, cwd)
  const sql = await readFile(resolve(cwd, schema), 'utf8').catch((error: unknown) => {
    throw new StalemateError('file-failed', `${shown} cannot be read: ${describeSystemError(error)}.`, {
      hint: 'Give a file that `pg_dump --schema-only` wrote.',
      cause: error,
    })
  })
  const { startPostgres } = await import('../embedded/postgres.ts')
  const server = await startPostgres({ signal })
  try {
    const { connectionString } = server
    const { client, end } = await open({ config: { connectionString }, description: 'the PostgreSQL of --schema' }, signal) // prettier-ignore
    await client.query(plainSql(sql)).catch((error: unknown) => {
      const why = error instanceof Error ? error.message : String(error)
      throw new StalemateError('usage', `${shown} does not run: ${why}.`, {
        hint: 'It is SQL that makes the schema in an empty database, as `pg_dump --schema-only` writes it.',
        cause: error,
      })
    })
    // A dump empties the search path for the session; queries are to be read as an application's session reads them.
    await client.query('RESET ALL')
    return {
      client,
      end: async () => {
        await end()
        await server.stop()
      },
    }
  } catch (error) {
    await server.stop()
    throw error
  }
}

/** Without the lines that only psql understands, of which newer versions of pg_dump write two. */
function plainSql(sql: string): string {
  return sql.replaceAll(/^\\(?:un)?restrict .*$/gm, '')
}
