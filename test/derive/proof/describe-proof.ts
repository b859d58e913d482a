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

/**
 * The precision of each query, and by what is in the queries whose params are all bound: how many of the entries that were
 * made wrong had changed, and how many would have in some state of the rows that were not looked at.
 */
export function describePrecision(measured: readonly Precision[], seed: number): string {
  type Count = 'changed' | 'needed'
  const share = (list: readonly Precision[], what: Count): number => sum(list, (one) => one[what]) / sum(list, ({ made }) => made) // prettier-ignore
  const both = (read: (what: Count) => number): string =>
    `${read('changed').toFixed(2)} ${read('needed').toFixed(2)}`
  const bindable = measured.filter(({ bound, made }) => bound && made > 0)
  const classes = [...new Set(bindable.flatMap((one) => one.classes))].sort()
  const ofClass = (name: string): readonly Precision[] => bindable.filter((one) => one.classes.includes(name))
  const line = (name: string, how: string, list: readonly Precision[]): string =>
    `  ${name.padEnd(30)} ${how} ${String(sum(list, ({ made }) => made)).padStart(6)} ${both((what) => share(list, what))}` // prettier-ignore
  const spare = new Map<string, number>()
  for (const one of measured) for (const [what, count] of one.spare) spare.set(`${one.name}: ${what}`, count)
  const most = [...spare].sort(([, a], [, b]) => b - a).slice(0, 15)
  return [
    `seed ${seed}: ${measured.length} queries, ${sum(measured, ({ missed }) => missed)} missed.`,
    'Entries that were made wrong, the share of them that had changed, and that of which a state is known in which they would have.', // prettier-ignore
    ...measured.map((one) => (one.bound ? line(one.name, 'bound  ', [one]) : `  ${one.name.padEnd(30)} widened ${String(one.made).padStart(6)} ${share([one], 'changed').toFixed(2)}`)), // prettier-ignore
    ...classes.map((name) => line(name, `${String(ofClass(name).length).padStart(4)} of`, ofClass(name))),
    line('all of them', '       ', bindable),
    `Medians: of the queries whose params are all bound ${both((what) => median(bindable.map((one) => share([one], what))))}; of what is in them ${both((what) => median(classes.map((name) => share(ofClass(name), what))))}`, // prettier-ignore
    'In vain, as far as is known:',
    ...most.map(([what, count]) => `  ${String(count).padStart(6)} ${what}`),
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
