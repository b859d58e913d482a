import { once } from 'node:events'
import { type AddressInfo, connect, createServer, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { TLSSocket } from 'node:tls'
import test from 'ava'
import { openClient } from '../../src/feed/open-client.ts'
import { createDatabase } from '../helpers/database.ts'
import type { Test } from '../helpers/test.ts'
import { waitUntil } from '../helpers/wait.ts'

test('the socket of a feed is probed while it is idle', async (t) => {
  const { connectionString } = await createDatabase(t)
  const probed = new Map<Socket, readonly unknown[]>()
  const set = Reflect.get(Socket.prototype, 'setKeepAlive')
  Socket.prototype.setKeepAlive = function (this: Socket, ...given) {
    if (!probed.has(this)) probed.set(this, given)
    return set.apply(this, given)
  }
  t.teardown(() => (Socket.prototype.setKeepAlive = set))
  const { client, destroy } = await openClient({
    config: { connectionString },
    connectTimeout: 60_000,
    lost: () => {},
    signal: new AbortController().signal,
  })
  t.teardown(destroy)
  const { stream } = (client as unknown as { connection: { stream: Socket } }).connection
  t.deepEqual(probed.get(stream), [true, 10_000])
})

/** A server that wants no certificate, and a client that asks for none: nothing that anybody should use. */
const ANONYMOUS = { ciphers: 'AECDH-AES128-SHA:@SECLEVEL=0', maxVersion: 'TLSv1.2' } as const

/** Listens in front of a server, where asked with TLS; gives the address, and how many bytes the client was sent. */
async function listenBetween(t: Test, connectionString: string, hasTls: boolean) {
  const url = new URL(connectionString)
  const [host, port] = [url.hostname, Number(url.port)]
  let sent = 0
  const join = (client: Duplex): void => {
    const server = connect(port, host)
    for (const socket of [client, server]) socket.on('error', () => socket.destroy())
    client.pipe(server)
    server.on('data', (chunk) => client.write(chunk, () => (sent += chunk.length)))
    client.once('close', () => server.destroy())
  }
  const between = createServer((client) => {
    if (!hasTls) join(client)
    else {
      // PostgreSQL, "SSL Session Encryption": the client asks, the server says yes.
      client.once('data', () => {
        client.write('S')
        join(new TLSSocket(client, { ...ANONYMOUS, isServer: true }))
      })
    }
  }).listen(0, '127.0.0.1')
  t.teardown(() => between.close())
  await once(between, 'listening')
  url.hostname = '127.0.0.1'
  url.port = String((between.address() as AddressInfo).port)
  return { connectionString: url.href, sent: () => sent }
}

for (const hasTls of [false, true]) {
  test(`a connection that is paused is not read at all${hasTls ? ', also with TLS' : ''}`, async (t) => {
    const database = await createDatabase(t)
    const between = await listenBetween(t, database.connectionString, hasTls)
    const { client, pause, resume, destroy } = await openClient({
      config: {
        connectionString: between.connectionString,
        ...(hasTls && { ssl: { ...ANONYMOUS, rejectUnauthorized: false } }),
      },
      connectTimeout: 60_000,
      lost: () => {},
      signal: new AbortController().signal,
    })
    t.teardown(destroy)
    const { stream } = (client as unknown as { connection: { stream: Socket } }).connection
    t.is(stream instanceof TLSSocket, hasTls)
    const ask = async (): Promise<unknown> => (await client.query('SELECT 1 AS one')).rows
    t.deepEqual(await ask(), [{ one: 1 }])
    const [sent, read] = [between.sent(), stream.bytesRead]
    pause()
    let isAnswered = false
    const answer = ask().finally(() => (isAnswered = true))
    await waitUntil(() => between.sent() > sent, 'an answer on its way')
    for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve))
    t.false(isAnswered)
    t.is(stream.bytesRead, read)
    resume()
    t.deepEqual(await answer, [{ one: 1 }])
  })
}
