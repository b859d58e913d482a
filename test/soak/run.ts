import { parseArgs } from 'node:util'
import { FEEDS, type FeedName } from '../../src/manifest/manifest.ts'
import { formatResult } from './format-result.ts'
import { buildMutant, type Mutant, MUTANTS } from './mutants.ts'
import { runSoak } from './soak.ts'
import { LONG, SHORT } from './timing.ts'

const USAGE = `Usage: npm run soak -- --feed FEED [--minutes N] [--transactions N] [--seed S] [--rate N] [--quick] [--json]

Lets a writing process and a runtime meet on a PostgreSQL of their own, lets faults happen, and judges every read.

  --feed FEED         ${FEEDS.join(', ')}
  --minutes N         how long, 10 unless said otherwise; each fault happens once at least
  --transactions N    goes on until so many have been committed, if that takes longer
  --seed S            what is written, and the order of the faults; drawn unless given
  --rate N            transactions a second that are aimed at, 300 unless said otherwise
  --fault NAME        only this one; may be given several times
  --mutant NAME       until it is caught, with its own faults, with a runtime that was broken on purpose: ${MUTANTS.map(({ name }) => name).join(', ')}
  --quick             with the short times of the tests
  --json              print one JSON document and nothing else

Exit codes: 0 no read was stale, 1 at least one was, 2 wrong use.
`

/** A whole number above 0. */
function readCount(name: string, text: string): number {
  const count = Number(text)
  if (Number.isFinite(count) && count > 0) return count
  throw new TypeError(`Expected a number above 0 for --${name}, got ${JSON.stringify(text)}.`)
}

function readMutant(name: string | undefined): Mutant | undefined {
  const mutant = MUTANTS.find((mutant) => mutant.name === name)
  if (mutant === undefined && name !== undefined)
    throw new TypeError(`There is no mutant ${JSON.stringify(name)}.`)
  return mutant
}

function readArguments(argv: readonly string[]) {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      feed: { type: 'string' },
      minutes: { type: 'string', default: '10' },
      transactions: { type: 'string' },
      seed: { type: 'string' },
      rate: { type: 'string', default: '300' },
      fault: { type: 'string', multiple: true },
      mutant: { type: 'string' },
      quick: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  const feed = FEEDS.find((name) => name === values.feed)
  if (feed === undefined && !values.help) throw new TypeError(`Name one feed: ${FEEDS.join(', ')}.`)
  return {
    ...values,
    mutant: readMutant(values.mutant),
    feed: feed as FeedName,
    minutes: readCount('minutes', values.minutes),
    transactions: values.transactions === undefined ? 0 : readCount('transactions', values.transactions),
    seed: values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : readCount('seed', values.seed),
    rate: readCount('rate', values.rate),
  }
}

async function main(): Promise<number> {
  let wanted
  try {
    wanted = readArguments(process.argv.slice(2))
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${USAGE}`)
    return 2
  }
  const { feed, seed, rate, fault, json, quick, minutes, transactions, mutant } = wanted
  if (wanted.help) {
    process.stdout.write(USAGE)
    return 0
  }
  const abort = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => abort.abort(new Error(`ended by ${name}`)))
  }
  const began = performance.now()
  process.stderr.write(`feed ${feed}, seed ${seed}\n`)
  const faults = fault ?? mutant?.faults
  const built = mutant === undefined ? undefined : await buildMutant(mutant)
  const result = await runSoak({
    ...(built && { engine: built.engine }),
    feed,
    seed,
    rate,
    timing: quick ? SHORT : LONG,
    ...(faults === undefined ? {} : { faults }),
    untilStale: mutant !== undefined,
    goesOn: (progress) =>
      progress.rounds < 1 ||
      performance.now() - began < minutes * 60_000 ||
      progress.transactions < transactions,
    signal: abort.signal,
    tell: (text) => {
      const time = `${((performance.now() - began) / 1_000).toFixed(1)} s`
      process.stderr.write(`${time.padStart(9)}  ${text}\n`)
    },
  })
  await built?.remove()
  process.stdout.write(json ? `${JSON.stringify(result, undefined, 2)}\n` : formatResult(result))
  return result.staleReads === 0 ? 0 : 1
}

process.exitCode = await main()
