import { StalemateError } from '../errors.ts'
import { type ConnectionConfig, openClient } from './open-client.ts'

/** The slice of a listening connection that the feed needs. */
export type ListenSession = {
  readonly query: (
    text: string,
    values?: readonly unknown[],
    /** Of a statement that the server is to keep prepared. */
    name?: string,
  ) => Promise<{ readonly rows: readonly Record<string, unknown>[] }>
  /** Ends the connection at once, also when the other side does not answer. */
  readonly destroy: () => void
}

export type ListenHandlers = {
  readonly notification: (channel: string, payload: string) => void
  /** Called once when the connection ends by itself, and never after `destroy`. */
  readonly lost: (error: Error) => void
}

/** Opens a connection whose notifications are handed on in order; gives up at once when `signal` is aborted. */
export type OpenSession = (handlers: ListenHandlers, signal: AbortSignal) => Promise<ListenSession>

/** Opens sessions with node-postgres. */
export function sessionOpener(config: ConnectionConfig, connectTimeout: number): OpenSession {
  return async ({ notification, lost }, signal) => {
    const { client, destroy } = await openClient({ config, connectTimeout, lost, signal })
    client.on('notification', ({ channel, payload }) => notification(channel, payload ?? ''))
    /** Statements are sent one after another. */
    let last: Promise<unknown> = Promise.resolve()
    return {
      query: async (text, values, name) => {
        const run = async () =>
          await client.query({
            text,
            ...(values === undefined ? {} : { values: [...values] }),
            ...(name === undefined ? {} : { name }),
          })
        const result = last.then(run, run)
        last = result
        return await result
      },
      destroy,
    }
  }
}

/**
 * Listens, and makes sure of it.
 *
 * @throws StalemateError `feed-silent` behind a pooler that gives each transaction another connection
 */
export async function listen(session: ListenSession, channels: readonly string[]): Promise<void> {
  for (const channel of channels) await session.query(`LISTEN "${channel.replaceAll('"', '""')}"`)
  const { rows } = await session.query('SELECT pg_catalog.pg_listening_channels() AS channel')
  const heard = new Set(rows.map((row) => row['channel']))
  if (channels.some((channel) => !heard.has(channel))) {
    throw new StalemateError('feed-silent', 'LISTEN succeeded, but the session does not listen.', {
      hint: 'A pooler in transaction mode stands between: give the feed a direct connection to PostgreSQL.',
    })
  }
}
