import type { ExecutionContext } from 'ava'
import test from 'ava'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import type { AddressInfo, Socket } from 'node:net'
import { connect, createServer } from 'node:net'
import { createDatabase } from './database.ts'
import { fileURLToPath } from 'node:url'
import { createProxy } from './proxy.ts'
import { waitFor } from './wait.ts'

/** A server that tells what it gets, and sends it back. */
async function startEcho(t: ExecutionContext) {
  const sockets: Socket[] = []
  const server = createServer((socket) => {
    sockets.push(socket)
    socket.on('error', () => {})
    socket.on('data', (data: Buffer) => {
      server.emit('received', data.toString())
      socket.write(data)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  return { server, target: `tcp://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

async function open(t: ExecutionContext, port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  socket.setEncoding('utf8')
  t.teardown(() => socket.destroy())
  await once(socket, 'connect')
  return socket
}

async function exchange(socket: Socket, text: string): Promise<string> {
  socket.write(text)
  const [answer] = (await once(socket, 'data')) as [string]
  return answer
}

test('a client talks to the database through the proxy', async (t) => {
  const { connectionString } = await createDatabase(t)
  const proxy = await createProxy(t, { target: connectionString })
  const database = await createDatabase(t, { server: proxy.connectionString })
  t.true((await database.query('SELECT 1')).rowCount === 1)
})

test('a paused proxy keeps and accepts connections but forwards nothing in either direction', async (t) => {
  const { server, target } = await startEcho(t)
  const proxy = await createProxy(t, { target })
  const before = await open(t, proxy.port)
  t.is(await exchange(before, 'one'), 'one')
  proxy.pause()
  const order: string[] = []
  server.on('received', (text: string) => order.push(text))
  const during = await open(t, proxy.port)
  before.write('two')
  during.write('three')
  // A way round the proxy is as long as the one through it: what went through would be here first.
  const direct = await open(t, Number(new URL(target).port))
  await exchange(direct, 'direct')
  t.deepEqual(order, ['direct'])
  const answers = Promise.all([once(before, 'data'), once(during, 'data')])
  proxy.resume()
  t.deepEqual(await answers, [['two'], ['three']])
})

test('resuming a proxy that is not paused forwards nothing twice', async (t) => {
  const { target } = await startEcho(t)
  const proxy = await createProxy(t, { target })
  const socket = await open(t, proxy.port)
  t.is(await exchange(socket, 'one'), 'one')
  proxy.resume()
  t.is(await exchange(socket, 'two'), 'two')
  t.is(await exchange(socket, 'three'), 'three')
})

test('a cut ends every connection with a reset, and new ones work', async (t) => {
  const { target } = await startEcho(t)
  const proxy = await createProxy(t, { target })
  const sockets = await Promise.all([open(t, proxy.port), open(t, proxy.port)])
  await Promise.all(sockets.map((socket) => exchange(socket, 'hello')))
  const errors = Promise.all(sockets.map((socket) => once(socket, 'error')))
  proxy.cut()
  for (const [error] of await errors) t.like(error, { code: 'ECONNRESET' })
  t.is(proxy.connections, 0)
  t.is(await exchange(await open(t, proxy.port), 'again'), 'again')
})

test('a refusing proxy keeps what is connected and turns away what is new, until told otherwise', async (t) => {
  const { target } = await startEcho(t)
  const proxy = await createProxy(t, { target })
  const old = await open(t, proxy.port)
  t.is(await exchange(old, 'one'), 'one')
  proxy.refuse(true)
  const refused = connect(proxy.port, '127.0.0.1')
  const ended = once(refused, 'close').catch(() => {})
  refused.on('error', () => {})
  await proxy.waitForAttempts(2)
  await ended
  t.is(await exchange(old, 'two'), 'two')
  proxy.refuse(false)
  t.is(await exchange(await open(t, proxy.port), 'three'), 'three')
})

test('a connection that is reset while it is being ended keeps no process from ending', async (t) => {
  const child = fork(fileURLToPath(new URL('end-connections.js', import.meta.url)), { stdio: 'ignore' })
  t.teardown(() => child.kill('SIGKILL'))
  const [code] = (await waitFor(once(child, 'exit'), 'the end of the process')) as [number]
  t.is(code, 0)
})
