import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { startPostgres } from '../../../src/embedded/postgres.ts'
import { withClient, withDatabase } from '../../helpers/template.ts'
import { MUTANTS } from '../mutants.ts'
import { buildMutant } from './build-mutant.ts'
import { describePrecision, describeProof } from './describe-proof.ts'
import { measureDashboards } from './precision.ts'
import { mergeProofs, runWorker } from './run-worker.ts'
import type { SentProof } from './worker.ts'

const USAGE = `Usage: npm run prove -- [--queries N] [--transactions N] [--seed S] [--version V] [--jobs N] [--json]
       npm run prove -- --mutants [--queries N] [--transactions N] [--seed S]
       npm run prove -- --precision [--transactions N] [--seed S]

Runs random transactions against random queries on a PostgreSQL of its own, and looks for an entry whose outcome changed
without being made wrong. A miss is shown with as few rows and statements as still show it.

  --queries N        200 unless said otherwise
  --transactions N   10000 unless said otherwise
  --seed S           drawn unless given; what is missed names a seed that begins with its tables: --jobs 1 --seed S
  --version V        of PostgreSQL, such as 15
  --jobs N           processes, 2 unless said otherwise
  --mutants          breaks the derivation in one place after the other, and says which of them the proof sees; it tries
                     queries of which something else is then derived
  --precision        lets the demo's writer work on the example's tables, and says of the dashboard queries of docs/derive.md
                     how many of the entries that were made wrong had changed, and how many had to be told of: a state
                     of the other rows is found in which the same change matters
  --json             print one JSON document and nothing else

Exit codes: 0 nothing was missed, 1 something was, or a mutant lives, 2 wrong use.
`

function readArguments() {
  const { values } = parseArgs({
    options: {
      queries: { type: 'string', default: '200' },
      transactions: { type: 'string', default: '10000' },
      seed: { type: 'string', default: String(Math.floor(Math.random() * 1e6)) },
      version: { type: 'string' },
      jobs: { type: 'string', default: '2' },
      mutants: { type: 'boolean', default: false },
      precision: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  const count = (name: 'queries' | 'transactions' | 'seed' | 'jobs'): number => {
    const number = Number(values[name])
    if (Number.isSafeInteger(number) && number > 0) return number
    throw new TypeError(`Expected a whole number above 0 for --${name}, got ${JSON.stringify(values[name])}.`)
  }
  return { ...values, queries: count('queries'), transactions: count('transactions'), seed: count('seed'), jobs: count('jobs') } // prettier-ignore
}

type Arguments = ReturnType<typeof readArguments>

/** Seeds of different jobs never meet: each schema takes the next one. */
const SEEDS = 1_000_000

/** Queries that are drawn at most for each of which a broken derivation says something else. */
const DRAWS = 50
const ORIGINAL = fileURLToPath(new URL('../../../src/derive/derive-query.js', import.meta.url))
const WORKER = fileURLToPath(new URL('./worker.js', import.meta.url))

async function proveAll(
  { jobs, queries, transactions, seed, json }: Arguments,
  admin: string,
): Promise<SentProof> {
  const latest = new Map<number, SentProof>()
  let told = Date.now()
  const progress = (job: number, proof: SentProof): void => {
    latest.set(job, proof)
    if (json || Date.now() - told < 20_000) return
    told = Date.now()
    const now = mergeProofs([...latest.values()])
    process.stderr.write(
      `${now.queries} queries, ${now.transactions} transactions, ${now.missed.length} missed\n`,
    )
  }
  const proofs = await Promise.all(
    Array.from({ length: jobs }, async (_, job) => {
      const name = `proof_${job}`
      await withClient(admin, (client) => client.query(`CREATE DATABASE ${name}`))
      return await runWorker(
        WORKER,
        {
          connectionString: withDatabase(admin, name),
          seed: seed + job * SEEDS,
          queries: Math.ceil(queries / jobs),
          transactions: Math.ceil(transactions / jobs),
        },
        (proof) => progress(job, proof),
      )
    }),
  )
  return mergeProofs(proofs)
}

type Fate = { readonly what: string; readonly caught: boolean; readonly queries: number; readonly transactions: number } // prettier-ignore

/** Breaks the derivation in one place after the other; each is given so many queries and transactions until it is seen. */
async function proveMutants(
  { queries, transactions, seed, json }: Arguments,
  connectionString: string,
): Promise<readonly Fate[]> {
  const fates: Fate[] = []
  for (const [index, mutant] of MUTANTS.entries()) {
    const { path, remove } = buildMutant(mutant, String(index))
    try {
      const original = { path: ORIGINAL, draws: DRAWS }
      const proof = await runWorker(path, {
        connectionString,
        seed,
        queries,
        transactions,
        stopAtMiss: true,
        original,
      })
      const fate = { what: mutant.what, caught: proof.missed.length > 0, queries: proof.queries, transactions: proof.transactions } // prettier-ignore
      fates.push(fate)
      if (!json) process.stdout.write(`${fate.caught ? 'caught' : 'LIVES '} ${fate.what} (${fate.queries} queries, ${fate.transactions} transactions)\n`) // prettier-ignore
    } finally {
      remove()
    }
  }
  return fates
}

async function main(): Promise<number> {
  const given = readArguments()
  if (given.help) {
    process.stdout.write(USAGE)
    return 0
  }
  const { seed, json, version } = given
  await using server = await startPostgres(version === undefined ? {} : { version })
  const began = performance.now()
  const seconds = (): number => Math.round((performance.now() - began) / 1000)
  if (given.mutants) {
    const fates = await proveMutants(given, server.connectionString)
    if (json) process.stdout.write(`${JSON.stringify({ seed, version: server.version, seconds: seconds(), mutants: fates })}\n`) // prettier-ignore
    return fates.every(({ caught }) => caught) ? 0 : 1
  }
  if (given.precision) {
    const [rows = '', world = ''] = await Promise.all(
      ['rows', 'world'].map(async (name) => {
        await withClient(server.connectionString, (client) => client.query(`CREATE DATABASE ${name}`))
        return withDatabase(server.connectionString, name)
      }),
    )
    const measured = await measureDashboards({ rows, world }, given)
    const plain = measured.map((one) => ({ ...one, spare: Object.fromEntries(one.spare) }))
    process.stdout.write(json ? `${JSON.stringify({ seed, version: server.version, seconds: seconds(), queries: plain })}\n` : describePrecision(measured, seed)) // prettier-ignore
    return measured.every(({ missed }) => missed === 0) ? 0 : 1
  }
  const proof = await proveAll(given, server.connectionString)
  const summary = { seed, jobs: given.jobs, version: server.version, seconds: seconds(), ...proof }
  process.stdout.write(json ? `${JSON.stringify(summary)}\n` : describeProof(summary))
  return proof.missed.length === 0 ? 0 : 1
}

process.exitCode = await main().catch((error: unknown) => {
  if (!(error instanceof TypeError)) throw error
  process.stderr.write(`${error.message}\n\n${USAGE}`)
  return 2
})
