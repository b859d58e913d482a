import { parseArgs } from 'node:util'
import { startPostgres } from '../../../src/embedded/postgres.ts'
import { prove, type Proof } from './prove.ts'

const { values } = parseArgs({
  options: {
    queries: { type: 'string', default: '200' },
    transactions: { type: 'string', default: '10000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    version: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
})

const seed = Number(values.seed)
await using server = await startPostgres(values.version === undefined ? {} : { version: values.version })
let told = Date.now()
const progress = ({ queries, transactions, missed }: Proof): void => {
  if (Date.now() - told < 20_000) return
  told = Date.now()
  process.stderr.write(`${queries} queries, ${transactions} transactions, ${missed.length} missed\n`)
}
const proof = await prove({
  connectionString: server.connectionString,
  seed,
  queries: Number(values.queries),
  transactions: Number(values.transactions),
  progress,
})
process.stdout.write(values.json ? `${JSON.stringify({ ...proof, seed, version: server.version, bound: Object.fromEntries(proof.bound) })}\n` : describe(proof)) // prettier-ignore
process.exitCode = proof.missed.length === 0 ? 0 : 1

function describe({ queries, refused, transactions, concurrent, missed, bound, all }: Proof): string {
  const share = ({ made, changed }: { made: number; changed: number }): string => (made === 0 ? '-' : (changed / made).toFixed(2)) // prettier-ignore
  const classes = [...bound].sort(([a], [b]) => (a < b ? -1 : 1))
  return [
    `seed ${seed}, PostgreSQL ${server.version}: ${queries} queries (${refused} that the server refused), ${transactions} transactions, ${concurrent} of them beside another one, ${missed.length} missed.`, // prettier-ignore
    `Of the entries made wrong, ${share(all)} had changed.`,
    ...classes.map(
      ([name, count]) => `  ${name.padEnd(18)} ${String(count.queries).padStart(5)} queries ${share(count)}`,
    ),
    ...missed.slice(0, 5).map((miss) => `MISSED ${JSON.stringify(miss, undefined, 2)}`),
    '',
  ].join('\n')
}
