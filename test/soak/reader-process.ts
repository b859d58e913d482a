import { setTimeout as pause } from 'node:timers/promises'
import { Pool } from 'pg'
import type { App, CacheTypes } from '../../src/app.ts'
import { createRandom, drawNumber, type Random } from '../../src/demo/random.ts'
import type { createStalemate } from '../../src/engine.ts'
import { Ledger } from './ledger.ts'
import type { ReaderConfig, ReaderReport, ReaderRequest } from './messages.ts'
import { readTime } from './time.ts'
import { type CacheName, CACHES, type Rows } from './world.ts'

type Engine = { readonly createStalemate: typeof createStalemate }

/** Reads at once, and milliseconds between two times. */
const BATCH = 12
const PAUSE = 8
/** Reads that may wait for their values; a server that is slow is not asked more. */
const WAITING = 24
/** Milliseconds between two barriers. */
const SYNC = 60
/** Milliseconds between two reports. */
const REPORT = 40

const names = Object.keys(CACHES) as CacheName[]
/** How far the clock of the runtime is ahead. */
let ahead = 0
let app: App<CacheTypes> | undefined
let ledger: Ledger | undefined
/** What was committed before this time has been applied here. */
let applied = 0

/** Ends only with the process, whatever happens to the server. */
function createLoader(pool: Pool, random: Random, name: CacheName) {
  const { param, query } = CACHES[name]
  return async (params: object): Promise<Rows> => {
    const key = (params as Record<string, number>)[param]
    const { rows } = await pool.query({ name, text: query, values: [key], rowMode: 'array' })
    // So that changes come while values are under way.
    if (random() < 0.3) await pause(random() * 12)
    return rows as number[][]
  }
}

async function start({
  engine,
  manifest,
  connectionString,
  direct,
  seed,
  options,
}: ReaderConfig): Promise<void> {
  const { createStalemate } = (await import(engine)) as Engine
  const random = createRandom(seed)
  const pool = new Pool({
    connectionString: direct,
    max: 6,
    query_timeout: 2_000,
    connectionTimeoutMillis: 2_000,
  })
  pool.on('error', () => {})
  const loaders = Object.fromEntries(names.map((name) => [name, createLoader(pool, random, name)]))
  app = await createStalemate({
    ...options,
    manifest,
    connection: { connectionString },
    loaders,
    clock: {
      now: () => performance.now() + ahead,
      after: (ms, callback) => {
        const timer = setTimeout(callback, ms)
        return () => clearTimeout(timer)
      },
    },
    random,
  })
  if (process.env['SOAK_TRACE'] !== undefined) trace(app)
  ledger = new Ledger(options.maxSilence)
  app.on('gap', ({ cause }) => send({ kind: 'gap', cause }))
  setInterval(() => report(), REPORT)
  void synchronize(app)
  void read(app, random)
}

/** Says what the runtime goes through, for who looks for a fault. */
function trace({ on }: App<CacheTypes>): void {
  const write = (what: string): void =>
    void process.stderr.write(`${Math.round(performance.now())} ms: ${what}\n`)
  on('state', ({ state, error }) => write(`${state} ${error instanceof Error ? error.message : ''}`))
  on('gap', ({ cause }) => write(`gap ${cause}`))
  on('error', ({ error }) => write(`error ${error instanceof Error ? error.message : ''}`))
}

async function synchronize({ sync, health }: App<CacheTypes>): Promise<void> {
  for (;;) {
    const at = readTime()
    try {
      await sync.call(app)
      applied = at
      send({ kind: 'synced', at, done: readTime(), state: health.call(app).state })
    } catch {
      // Not live: what is read now has only the limit of silence.
    }
    await pause(SYNC)
  }
}

async function read({ caches }: App<CacheTypes>, random: Random): Promise<never> {
  let waiting = 0
  for (;;) {
    for (let count = 0; count < BATCH && waiting < WAITING; count += 1) {
      const name = names[drawNumber(random, names.length)] as CacheName
      const { param, count: keys } = CACHES[name]
      // Some are asked for much more often than others.
      const key = Math.floor(keys * random() ** 2)
      const from = readTime()
      const asOf = applied
      const answer = caches[name]?.get({ [param]: key }) as Promise<Rows>
      waiting += 1
      void answer
        .then(
          (rows) => ledger?.note(name, key, rows, from, asOf),
          () => ledger?.fail(),
        )
        .then(() => (waiting -= 1))
    }
    await pause(PAUSE)
  }
}

function report(): void {
  const entry = ledger?.take()
  if (entry !== undefined) send({ kind: 'reads', ...entry })
}

/** Reads every entry and then looks at what is held. */
async function hold(): Promise<void> {
  if (app === undefined) return
  const { caches } = app
  const entries = names.flatMap((name) =>
    Array.from({ length: CACHES[name].count }, (_, key) => ({
      name,
      key,
      params: { [CACHES[name].param]: key },
    })),
  )
  await Promise.allSettled(entries.map(async ({ name, params }) => await caches[name]?.get(params)))
  const values = entries.flatMap(({ name, key, params }) => {
    const rows = caches[name]?.peek(params) as Rows | undefined
    return rows === undefined ? [] : [[name, key, rows] as const]
  })
  send({ kind: 'held', values })
}

function jump(ms: number): void {
  ahead += Math.max(0, ms)
  const real = Date.now.bind(Date)
  Date.now = () => real() + ms
}

function send(message: ReaderReport): void {
  if (process.connected) process.send?.(message)
}

process.on('message', (request: ReaderRequest) => {
  if (request.kind === 'start') void start(request.config)
  else if (request.kind === 'jump') jump(request.ms)
  else void hold()
})
process.on('disconnect', () => process.exit())
