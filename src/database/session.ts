import { Client, type ClientConfig } from 'pg'
import { StalemateError } from '../errors.ts'

/** A connection as far as this room needs one. */
export type Session = {
  query(
    text: string,
    values?: readonly unknown[],
  ): Promise<{ readonly rows: readonly Record<string, unknown>[] }>
  /** The same, each row as the list of its columns, whose names may be alike. */
  list(text: string, values?: readonly unknown[]): Promise<readonly (readonly unknown[])[]>
}

/**
 * Runs with a connection of its own, which is closed afterwards.
 *
 * @throws StalemateError `connection-failed`
 */
export async function withSession<T>(
  connection: ClientConfig,
  use: (session: Session) => Promise<T>,
): Promise<T> {
  const client = new Client({ application_name: 'stalemate apply', ...connection })
  // A connection that is lost fails the query that waits for it; there is nobody else to tell.
  client.on('error', () => {})
  try {
    await client.connect()
  } catch (cause) {
    await client.end().catch(() => {})
    throw new StalemateError('connection-failed', `The database cannot be reached: ${messageOf(cause)}.`, {
      hint: 'Check the connection string, or DATABASE_URL and the PG* variables.',
      cause,
    })
  }
  try {
    return await use({
      query: async (text, values) => {
        const result = await client.query<Record<string, unknown>>(text, values as unknown[])
        return { rows: result.rows ?? [] }
      },
      list: async (text, values) => {
        const result = await client.query({ text, values: values as unknown[], rowMode: 'array' })
        return result.rows
      },
    })
  } finally {
    await client.end().catch(() => {})
  }
}

/** The message of anything thrown, without its full stop. */
export function messageOf(thrown: unknown): string {
  const message =
    thrown instanceof AggregateError && thrown.message === ''
      ? thrown.errors.map(messageOf).join(', ')
      : thrown instanceof Error
        ? thrown.message
        : String(thrown)
  return message.replace(/\.$/, '')
}
