import { once } from 'node:events'
import type { AddressInfo, Socket } from 'node:net'
import { connect, createServer } from 'node:net'
import { Transform } from 'node:stream'
import { reset } from './reset.ts'
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
  /** Holds up each piece by so many milliseconds; 0 ends that. */
  delay(ms: number): void
  /** Destroys every connection with a reset, as a crash of the other side does. */
  cut(): void
  /** Turns new connections away with a reset, or lets them in again. */
  refuse(isRefusing: boolean): void
  /** Resolves once so many clients have connected since the start, refused ones included. */
  waitForAttempts(count: number): Promise<void>
}

type Pair = {
  readonly client: Socket
  readonly upstream: Socket
  /** What stands between the two, each way. */
  readonly forth: Transform
  readonly back: Transform
}

function pump({ client, upstream, forth, back }: Pair, isPaused: boolean): void {
  if (isPaused) {
    client.unpipe(forth)
    upstream.unpipe(back)
    client.pause()
    upstream.pause()
  } else {
    client.pipe(forth)
    upstream.pipe(back)
  }
}

function createBrake(delay: () => number): Transform {
  return new Transform({
    transform: (chunk, _, done) => {
      const ms = delay()
      if (ms === 0) done(null, chunk)
      else setTimeout(done, ms, null, chunk)
    },
  })
}

/** Starts a proxy in front of a URL such as `postgresql://...`; it ends with the test. */
export async function createProxy(t: Test, { target }: { target: string }): Promise<Proxy> {
  const proxy = await openProxy(target)
  t.teardown(() => proxy[Symbol.asyncDispose]())
  return proxy
}

/** Starts a proxy in front of a URL. */
export async function openProxy(target: string): Promise<Proxy & AsyncDisposable> {
  const url = new URL(target)
  const pairs = new Set<Pair>()
  let isPaused = false
  let isRefusing = false
  let delay = 0
  let attempts = 0

  const close = (pair: Pair) => {
    pairs.delete(pair)
    reset(pair.client)
    reset(pair.upstream)
  }
  const accept = (client: Socket) => {
    client.on('error', () => {})
    attempts += 1
    server.emit('attempt')
    if (isRefusing) reset(client)
    else join(client)
  }
  const join = (client: Socket) => {
    const upstream = connect(Number(url.port), url.hostname)
    const pair = { client, upstream, forth: createBrake(() => delay), back: createBrake(() => delay) }
    pair.forth.pipe(upstream)
    pair.back.pipe(client)
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
    delay: (ms) => void (delay = ms),
    cut,
    refuse: (value) => void (isRefusing = value),
    waitForAttempts: async (count) => {
      for (;;) {
        if (attempts >= count) return
        await once(server, 'attempt')
      }
    },
    [Symbol.asyncDispose]: async () => {
      server.close()
      cut()
      await once(server, 'close')
    },
  }
}
