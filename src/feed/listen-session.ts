import { Socket } from 'node:net'
import { Client, type ClientConfig } from 'pg'
import { StalemateError } from '../errors.ts'

/** How to reach the database: what node-postgres takes. */
export type ConnectionConfig = ClientConfig

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

/**
 * Opens sessions with node-postgres on a socket of our own: it can be destroyed when the other side is
 * silent, and keep-alive probes are on, which node-postgres leaves off.
 */
export function sessionOpener(config: ConnectionConfig, connectTimeout: number): OpenSession {
  return async ({ notification, lost }, signal) => {
    signal.throwIfAborted()
    const socket = new Socket()
    socket.setKeepAlive(true, 10_000)
    const client = new Client({
      application_name: 'stalemate feed',
      ...config,
      connectionTimeoutMillis: connectTimeout,
      keepAlive: true,
      stream: () => socket,
    })
    let open = true
    /** Statements are sent one after another. */
    let last: Promise<unknown> = Promise.resolve()
    const end = (error: Error): void => {
      if (!open) return
      open = false
      socket.destroy()
      lost(error)
    }
    client.on('notification', ({ channel, payload }) => notification(channel, payload ?? ''))
    client.on('error', end)
    client.on('end', () => end(new StalemateError('connection-failed', 'The server closed the connection.')))
    const abandon = (): void => {
      socket.destroy()
    }
    signal.addEventListener('abort', abandon, { once: true })
    try {
      await client.connect()
      signal.throwIfAborted()
    } catch (error) {
      open = false
      socket.destroy()
      throw error
    } finally {
      signal.removeEventListener('abort', abandon)
    }
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
      destroy: () => {
        open = false
        socket.destroy()
      },
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
