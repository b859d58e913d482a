import { type Outcome, POLICIES, type Policy, replay, type Tally } from './replay.ts'
import { createTrace } from './trace.ts'

const PEOPLE = 500
const WEEKS = 4
export const SEED = 1

export type Compared = Readonly<Record<Policy, Outcome>>

/** The same trace with each way of warming. */
export function compare(seed: number, people = PEOPLE, weeks = WEEKS): Compared {
  const trace = createTrace(people, weeks, seed)
  const run = (policy: Policy): [Policy, Outcome] => [policy, replay(trace, policy, weeks)]
  return Object.fromEntries(POLICIES.map(run)) as Compared
}

const TITLES: Readonly<Record<Policy, string>> = {
  none: 'no warming',
  static: 'static set',
  learned: 'learned set',
}

/** The table of docs/warming.md. */
export function renderTable(compared: Compared): string {
  const rows = POLICIES.map((policy) => {
    const { restart, morning, all, loads, warmed, unused } = compared[policy]
    return [TITLES[policy]].concat([restart, morning, all].flatMap(cellsOf), [loads, warmed, unused].map(number)) // prettier-ignore
  })
  const heading = [
    '',
    'hits after a restart',
    'waited, s',
    'hits in the morning',
    'waited, s',
    'hits of the week',
    'waited, s',
    'loads',
    'of them warmed',
    'in vain',
  ]
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [heading, heading.map((_, place) => (place === 0 ? '---' : '--:')), ...rows].map(line).join('\n')
}

function cellsOf({ hits, reads, waited }: Tally): readonly string[] {
  return [`${((100 * hits) / reads).toFixed(1)} %`, number(Math.round(waited / 1_000))]
}

function number(value: number): string {
  return value.toLocaleString('en-US')
}
