import type { Precision } from './measure-precision.ts'
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

/** The precision of each query, and by what is in the queries whose params are all bound. */
export function describePrecision(measured: readonly Precision[], seed: number): string {
  const share = (list: readonly Precision[]): number => sum(list, ({ changed }) => changed) / sum(list, ({ made }) => made) // prettier-ignore
  const bindable = measured.filter(({ bound, made }) => bound && made > 0)
  const classes = [...new Set(bindable.flatMap((one) => one.classes))].sort()
  const shares = classes.map((name) => share(bindable.filter((one) => one.classes.includes(name))))
  return [
    `seed ${seed}: ${measured.length} queries, ${sum(measured, ({ missed }) => missed)} missed.`,
    ...measured.map((one) => `  ${one.name.padEnd(30)} ${one.bound ? 'bound  ' : 'widened'} ${String(one.made).padStart(6)} made wrong, ${share([one]).toFixed(2)} had changed`), // prettier-ignore
    ...classes.map((name, index) => `  ${name.padEnd(30)} ${(shares[index] ?? Number.NaN).toFixed(2)}`),
    `Median of the queries whose params are all bound: ${median(bindable.map((one) => share([one]))).toFixed(2)}; of what is in them: ${median(shares).toFixed(2)}`, // prettier-ignore
    '',
  ].join('\n')
}

function sum<T>(list: readonly T[], pick: (item: T) => number): number {
  return list.reduce((all, item) => all + pick(item), 0)
}

/** The lower one of two in the middle. */
function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.ceil(values.length / 2) - 1] ?? Number.NaN
}
