import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import type { Test } from './test.ts'

/** A connection of the pooler to the server, which serves one client after another. */
type Backend = { readonly socket: Socket; client: Socket | undefined }

const READY = 'Z'.charCodeAt(0)
const IDLE = 'I'.charCodeAt(0)
const AUTH_OK = Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 0])
const READY_IDLE = Buffer.from([0x5a, 0, 0, 0, 5, IDLE])
const PROTOCOL = 196_608
const REPLICATION_REFUSED = errorResponse('08P01', 'unsupported startup parameter: replication')

/**
 * What PgBouncer does in transaction mode: a client has a connection to the server only as long as its transaction lasts, and the
 * one that was used last is given out first. It opens no replication connections, and speaks to a server that asks for no password.
 */
export async function createPooler(
  t: Test,
  { host, port, user, database }: { host: string; port: number; user: string; database: string },
): Promise<{ readonly connectionString: string }> {
  const idle: Backend[] = []
  const sockets = new Set<Socket>()
  const openBackend = async (): Promise<Backend> => {
    const socket = host.startsWith('/') ? connect(`${host}/.s.PGSQL.${port}`) : connect(port, host)
    sockets.add(socket)
    socket.on('error', () => {})
    socket.write(startup(user, database))
    const backend: Backend = { socket, client: undefined }
    await new Promise<void>((resolve, reject) => {
      socket.once('close', () => reject(new Error('The server let the pooler not in.')))
      readMessages(socket, (message) => {
        const isReady = message[0] === READY
        if (backend.client === undefined) {
          if (isReady) resolve()
          return
        }
        backend.client.write(message)
        if (!isReady || message[5] !== IDLE) return
        backend.client = undefined
        idle.unshift(backend)
      })
    })
    return backend
  }
  const server = createServer((client) => {
    sockets.add(client)
    client.on('error', () => {})
    let hasStarted = false
    let backend: Backend | undefined
    let last = Promise.resolve()
    client.on('data', (chunk) => {
      if (!hasStarted) {
        hasStarted = true
        if (chunk.includes('\0replication\0')) {
          client.end(REPLICATION_REFUSED)
          return
        }
        client.write(Buffer.concat([AUTH_OK, READY_IDLE]))
        return
      }
      last = last.then(async () => {
        if (backend?.client !== client) backend = idle.shift() ?? (await openBackend())
        backend.client = client
        // Its end is not that of the connection to the server.
        if (chunk[0] !== 'X'.charCodeAt(0)) backend.socket.write(chunk)
      })
      void last.catch(() => client.destroy())
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const { port: own } = server.address() as AddressInfo
  return { connectionString: `postgresql://${user}@127.0.0.1:${own}/${database}` }
}

function errorResponse(code: string, message: string): Buffer {
  const fields = Buffer.from(`SFATAL\0C${code}\0M${message}\0\0`)
  const head = Buffer.alloc(5, 'E')
  head.writeInt32BE(4 + fields.length, 1)
  return Buffer.concat([head, fields])
}

function startup(user: string, database: string): Buffer {
  const text = Buffer.from(`user\0${user}\0database\0${database}\0\0`)
  const head = Buffer.alloc(8)
  head.writeInt32BE(head.length + text.length, 0)
  head.writeInt32BE(PROTOCOL, 4)
  return Buffer.concat([head, text])
}

/** Messages of the server: a letter, a length that includes itself, and the rest. */
function readMessages(socket: Socket, take: (message: Buffer) => void): void {
  let held: Buffer = Buffer.alloc(0)
  socket.on('data', (chunk: Buffer) => {
    held = Buffer.concat([held, chunk])
    while (held.length >= 5) {
      const length = 1 + held.readInt32BE(1)
      if (held.length < length) return
      take(held.subarray(0, length))
      held = held.subarray(length)
    }
  })
}
