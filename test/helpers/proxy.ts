import { once } from 'node:events'
import type { AddressInfo, Socket } from 'node:net'
import { connect, createServer } from 'node:net'
import type { Test } from './test.ts'

/** A TCP proxy that can fail in the ways a network does. */
export type Proxy = {
  readonly host: string
  readonly port: number
  /** The target's URL with host and port of the proxy; for a target without URL `tcp://host:port`. */
  readonly connectionString: string
  /** How many clients are connected now. */
  readonly connections: number
  /** Forwards nothing from now on: connections stay open and new ones are accepted, but all is silent. */
  pause(): void
  /** Forwards again, first what has piled up. */
  resume(): void
  /** Destroys every connection with a reset, as a crash of the other side does. */
  cut(): void
  /** Turns new connections away with a reset, or lets them in again. */
  refuse(isRefusing: boolean): void
  /** Resolves once so many clients have connected since the start, refused ones included. */
  waitForAttempts(count: number): Promise<void>
}

type Pair = { readonly client: Socket; readonly upstream: Socket }

function pump(pair: Pair, isPaused: boolean): void {
  const { client, upstream } = pair
  if (isPaused) {
    client.unpipe(upstream)
    upstream.unpipe(client)
    client.pause()
    upstream.pause()
  } else {
    client.pipe(upstream)
    upstream.pipe(client)
  }
}

/** Starts a proxy in front of a URL such as `postgresql://...`; it ends with the test. */
export async function createProxy(t: Test, { target }: { target: string }): Promise<Proxy> {
  const url = new URL(target)
  const pairs = new Set<Pair>()
  let isPaused = false
  let isRefusing = false
  let attempts = 0

  const close = (pair: Pair) => {
    pairs.delete(pair)
    for (const socket of [pair.client, pair.upstream]) {
      if (socket.connecting) socket.destroy()
      else socket.resetAndDestroy()
    }
  }
  const accept = (client: Socket) => {
    client.on('error', () => {})
    attempts += 1
    server.emit('attempt')
    if (isRefusing) client.resetAndDestroy()
    else join(client)
  }
  const join = (client: Socket) => {
    const upstream = connect(Number(url.port), url.hostname)
    const pair = { client, upstream }
    pairs.add(pair)
    upstream.on('error', () => close(pair))
    client.on('close', () => close(pair))
    upstream.on('close', () => close(pair))
    pump(pair, isPaused)
  }
  const server = createServer(accept)
  const cut = () => pairs.forEach(close)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(async () => {
    server.close()
    cut()
    await once(server, 'close')
  })

  const { port } = server.address() as AddressInfo
  const own = new URL(target)
  own.host = `127.0.0.1:${port}`
  const setPaused = (value: boolean) => {
    if (value === isPaused) return
    isPaused = value
    for (const pair of pairs) pump(pair, value)
  }
  return {
    host: '127.0.0.1',
    port,
    connectionString: own.href,
    get connections() {
      return pairs.size
    },
    pause: () => setPaused(true),
    resume: () => setPaused(false),
    cut,
    refuse: (value) => void (isRefusing = value),
    waitForAttempts: async (count) => {
      for (;;) {
        if (attempts >= count) return
        await once(server, 'attempt')
      }
    },
  }
}
