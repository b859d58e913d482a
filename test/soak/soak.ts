import { setTimeout as pause } from 'node:timers/promises'
import { Client } from 'pg'
import { createRandom, shuffle } from '../../src/demo/random.ts'
import { startPostgres } from '../../src/embedded/postgres.ts'
import type { FeedName } from '../../src/manifest/manifest.ts'
import { openProxy } from '../helpers/proxy.ts'
import { compareHeld } from './compare-held.ts'
import { type Fault, FAULTS, type Scene } from './faults.ts'
import { installWorld } from './install.ts'
import { LongTransaction } from './long-transaction.ts'
import { Reader } from './reader.ts'
import { type Episode, type SoakResult, summarizeFaults } from './result.ts'
import { readTime } from './time.ts'
import type { Timing } from './timing.ts'
import { Tribunal } from './tribunal.ts'
import { Writer } from './writer.ts'

export type SoakOptions = {
  readonly feed: FeedName
  readonly seed: number
  readonly timing: Timing
  /** Names of faults, in this order; all that there are, each time in another order, unless given. */
  readonly faults?: readonly string[]
  /** Transactions a second. */
  readonly rate: number
  /** Asked after each fault whether another one follows. */
  readonly goesOn: (progress: Progress) => boolean
  /** The first stale read is all that is looked for. */
  readonly untilStale?: boolean
  /** URL of a module with `createStalemate`; ours unless given. */
  readonly engine?: string
  readonly signal?: AbortSignal
  readonly tell?: (text: string) => void
}

export type Progress = {
  readonly transactions: number
  readonly reads: number
  readonly staleReads: number
  /** How often every fault has happened. */
  readonly rounds: number
}

/** Milliseconds after which a runtime that has not recovered is broken. */
const PATIENCE = 120_000
const OWN_ENGINE = new URL('../../src/engine.js', import.meta.url).href

/** Lets a writer and a runtime meet on a server of their own, lets faults happen, and judges every read. */
export async function runSoak(options: SoakOptions): Promise<SoakResult> {
  const { feed, seed, timing, rate, engine = OWN_ENGINE, tell = () => {} } = options
  const began = performance.now()
  const broken = new AbortController()
  const fail = (error: Error): void => broken.abort(error)
  const tribunal = new Tribunal(() => {
    if (options.untilStale === true) fail(new Caught())
  })
  const signals = [broken.signal, ...(options.signal === undefined ? [] : [options.signal])]
  const signal = AbortSignal.any(signals)
  await using server = await startPostgres({ settings: { max_prepared_transactions: '0' } })
  const { connectionString } = server
  const manifest = await installWorld(connectionString, feed)
  await using proxy = await openProxy(connectionString)
  const asAdmin: Scene['asAdmin'] = async (use) => await withClient(connectionString, use)
  await using writer = new Writer({ connectionString, seed, rate }, tribunal, fail)
  await using long = new LongTransaction(connectionString, timing.open(feed), (item, version) =>
    tribunal.learnOne('item', item, version),
  )
  const config = {
    engine,
    manifest,
    connectionString: proxy.connectionString,
    direct: connectionString,
    seed,
  }
  await using reader = new Reader({ ...config, options: timing.options }, tribunal, fail)

  /** When nothing is under way: what is held must be what the database has. */
  const compare = async (): Promise<number> => {
    const goOn = await long.rest(patience(signal, 'to the end of the long transaction'))
    await writer.pause(patience(signal, 'to the end of what was written'))
    await reader.synced(readTime(), patience(signal, 'to recover'))
    const held = await reader.hold(patience(signal, 'to say what it holds'))
    for (const stale of await asAdmin(async (client) => await compareHeld(held, client)))
      tribunal.accuse(stale)
    writer.resume()
    goOn()
    return held.length
  }

  const episodes: Episode[] = []
  let compared = 0
  const scene: Scene = { feed, server, proxy, timing, asAdmin, reader }
  const deck = chooseFaults(options)
  const run = async (): Promise<void> => {
    await reader.synced(readTime(), patience(signal, 'to start'))
    for (const fault of dealFaults(deck, options)) {
      await pause(timing.calm, undefined, { signal })
      reader.gaps.clear()
      const at = performance.now()
      await fault.run(scene)
      const healed = readTime()
      const recovery =
        (await reader.synced(healed, patience(signal, `to recover from ${fault.name}`))) - healed
      episodes.push({ fault: fault.name, recovery, gaps: new Map(reader.gaps) })
      tell(
        `${fault.name}: took ${Math.round(performance.now() - at)} ms, recovered ${Math.round(recovery)} ms after it; ` +
          `${writer.transactions} transactions, ${tribunal.judged} reads, ${tribunal.stale} stale`,
      )
      await pause(timing.calm, undefined, { signal })
      compared += await compare()
      const progress = {
        transactions: writer.transactions,
        reads: tribunal.judged,
        staleReads: tribunal.stale,
      }
      if (!options.goesOn({ ...progress, rounds: Math.floor(episodes.length / deck.length) })) break
    }
  }
  await run().catch((error: unknown) => {
    if (!(error instanceof Caught) && !((error as Error).cause instanceof Caught)) throw error
  })
  return {
    feed,
    seed,
    postgresql: server.version,
    seconds: Math.round((performance.now() - began) / 1_000),
    transactions: writer.transactions,
    reads: tribunal.judged,
    failedReads: reader.failed,
    compared,
    staleReads: tribunal.stale,
    evidence: tribunal.evidence,
    faults: summarizeFaults(episodes),
  }
}

class Caught extends Error {}

function chooseFaults({ feed, faults }: SoakOptions): readonly Fault[] {
  const possible = FAULTS.filter(({ feeds }) => feeds?.includes(feed) !== false)
  if (faults === undefined) return possible
  return faults.map((name) => {
    const fault = possible.find((fault) => fault.name === name)
    if (fault === undefined)
      throw new TypeError(`There is no fault ${JSON.stringify(name)} for feed ${feed}.`)
    return fault
  })
}

/** Faults without end: those that are named in their order, or all in another order each round. */
function* dealFaults(deck: readonly Fault[], { seed, faults }: SoakOptions): Generator<Fault> {
  const random = createRandom(seed)
  for (;;) yield* faults === undefined ? shuffle(random, deck) : deck
}

/** Aborted by the signal, or when something has taken far too long. */
function patience(signal: AbortSignal, what: string): AbortSignal {
  const end = new AbortController()
  const timer = setTimeout(() => end.abort(new Error(`The runtime did not come ${what}.`)), PATIENCE)
  timer.unref()
  return AbortSignal.any([signal, end.signal])
}

async function withClient<T>(connectionString: string, use: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString, application_name: 'soak' })
  client.on('error', () => {})
  await client.connect()
  try {
    return await use(client)
  } finally {
    await client.end().catch(() => {})
  }
}
