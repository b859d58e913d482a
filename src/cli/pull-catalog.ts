import { StalemateError } from '../errors.ts'
import { abortable } from './abortable.ts'
import { explainConnectionError } from './connection-error.ts'
import { findConnection } from './connection.ts'
import type { Command } from 'commander'
import type { Catalog } from '../catalog/catalog.ts'
import type { Io } from './io.ts'

/** The options of commands that read a database's catalog. */
export type PullOptions = { readonly url?: string; readonly schema?: readonly string[] }

export type Pulled = {
  readonly catalog: Catalog
  /** The name of the database. */
  readonly database: string
  /** Such as `database "app" on db.example:5432`; never with a password. */
  readonly description: string
}

/** Adds them to a command. */
export function addPullOptions(command: Command): Command {
  return command
    .option('--url <url>', 'connection URL, such as postgres://user@host:5432/database')
    .option('--schema <name...>', 'only the tables of these schemas')
}

/**
 * Reads the catalog of the database that the options or the environment name.
 * @throws StalemateError `usage`, `connection-failed`, `option-invalid`
 */
export async function pullCatalog({ url, schema }: PullOptions, { env, signal }: Io): Promise<Pulled> {
  const connection = await findConnection(url, env)
  const [{ withSession }, { readCatalog }] = await Promise.all([
    import('../database/session.ts'),
    import('../catalog/read-catalog.ts'),
  ])
  const config = { application_name: 'stalemate pull', ...connection.config }
  const reading = withSession(config, async (session) => {
    const catalog = await readCatalog(
      (text, values) => session.query(text, values),
      schema === undefined ? {} : { schemas: schema },
    )
    const { rows } = await session.query('SELECT current_database()::text AS name')
    return { catalog, database: String(rows[0]?.['name']), description: connection.description }
  })
  return abortable(reading, signal).catch((error: unknown) => {
    if (signal.aborted || error instanceof StalemateError) throw explainConnectionError(error, connection)
    const why = error instanceof Error ? error.message : String(error)
    throw new StalemateError('connection-failed', `${connection.description} could not be read: ${why}.`, {
      hint: 'Try again; the database was not changed.',
      cause: error,
    })
  })
}
