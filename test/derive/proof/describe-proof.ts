import type { SentProof } from './worker.ts'

/** A proof and how it came about. */
export type ProofSummary = SentProof & {
  readonly seed: number
  readonly jobs: number
  readonly version: string
  readonly seconds: number
}

/** The proof in lines for a person, what was missed with its rows. */
export function describeProof({
  seed,
  jobs,
  version,
  seconds,
  queries,
  refused,
  transactions,
  concurrent,
  missed,
  bound,
  all,
}: ProofSummary): string {
  // prettier-ignore
  const share = ({ made, changed }: SentProof['all']): string => (made === 0 ? '-' : (changed / made).toFixed(2))
  const classes = Object.entries(bound).sort(([a], [b]) => (a < b ? -1 : 1))
  return [
    `seed ${seed} in ${jobs} jobs, PostgreSQL ${version}: ${queries} queries (${refused} that the server refused), ${transactions} transactions in ${seconds} s, ${concurrent} of them beside another one, ${missed.length} missed.`, // prettier-ignore
    `Of the entries made wrong, ${share(all)} had changed. Of those of queries whose params are all bound, by what is in the query:`, // prettier-ignore
    ...classes.map(([name, count]) => `  ${name.padEnd(18)} ${String(count.queries).padStart(5)} queries ${share(count)}`), // prettier-ignore
    ...missed.slice(0, 5).map((miss) => `MISSED ${JSON.stringify(miss, undefined, 2)}`),
    '',
  ].join('\n')
}
