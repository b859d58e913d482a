import { Socket, type SocketConstructorOpts, type TcpNetConnectOpts } from 'node:net'
import { Client, type ClientConfig } from 'pg'
import { StalemateError } from '../errors.ts'

/** How to reach the database: what node-postgres takes. */
export type ConnectionConfig = ClientConfig

/** A connection that can be ended at once, also when the other side does not answer. */
export type OpenClient = {
  readonly client: Client
  /** Nothing more is read before `resume`; whoever sends notices nothing, unless it is a lot. */
  readonly pause: () => void
  readonly resume: () => void
  readonly destroy: () => void
}

/** Bytes that are read at once. */
const READ_BYTES = 65_536

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
  const socket = createSocket()
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
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
    destroy: () => {
      open = false
      socket.destroy()
    },
  }
}

/** With a buffer of its own a socket that is paused is not read at all; without one it is read until it holds enough. */
function createSocket(): Socket {
  const options: SocketConstructorOpts & Pick<TcpNetConnectOpts, 'onread'> = {
    onread: {
      buffer: Buffer.allocUnsafeSlow(READ_BYTES),
      callback: (bytes, buffer) => {
        socket.push(Buffer.from(buffer.subarray(0, bytes)))
        return true
      },
    },
  }
  const socket: Socket = new Socket(options)
  return socket
}
