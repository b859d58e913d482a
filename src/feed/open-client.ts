import { Socket } from 'node:net'
import { Client, type ClientConfig } from 'pg'
import { StalemateError } from '../errors.ts'

/** How to reach the database: what node-postgres takes. */
export type ConnectionConfig = ClientConfig

/** A connection that can be ended at once, also when the other side does not answer. */
export type OpenClient = {
  readonly client: Client
  readonly destroy: () => void
}

export type OpenClientOptions = {
  readonly config: ConnectionConfig & { readonly replication?: 'database' }
  readonly connectTimeout: number
  /** Called once when the connection ends by itself, and never after `destroy`. */
  readonly lost: (error: Error) => void
  /** Gives up connecting. */
  readonly signal: AbortSignal
}

/**
 * Opens a connection with node-postgres on a socket of our own: it can be destroyed when the other side is
 * silent, and keep-alive probes are on, which node-postgres leaves off.
 */
export async function openClient({
  config,
  connectTimeout,
  lost,
  signal,
}: OpenClientOptions): Promise<OpenClient> {
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
  const end = (error: Error): void => {
    if (!open) return
    open = false
    socket.destroy()
    lost(error)
  }
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
    client,
    destroy: () => {
      open = false
      socket.destroy()
    },
  }
}
