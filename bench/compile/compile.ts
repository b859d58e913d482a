import { BASELINE, type Benchmark, type Context, type Report } from '../harness/benchmark.ts'
import { runInterleaved } from '../harness/interleave.ts'
import { createRows, createTarget } from '../harness/rows.ts'
import { median } from '../harness/statistics.ts'
import type { BigRulesSize } from './big-rules.ts'
import { runCli } from './run-cli.ts'

type Variant = { readonly name: string; readonly size: BigRulesSize }

const WHOLE = '1,000 tables, 5,000 rules'
const VARIANTS: readonly Variant[] = [
  { name: BASELINE, size: { tables: 10, caches: 10, rules: 50 } },
  { name: '100 tables, 500 rules', size: { tables: 100, caches: 100, rules: 500 } },
  { name: WHOLE, size: { tables: 1000, caches: 1000, rules: 5000 } },
]

export const compile: Benchmark = {
  name: 'compile',
  summary: '`stalemate compile` of rule files of some sizes, from the start of the process to its end.',
  run: runCompile,
}

async function runCompile({ quick, signal, progress }: Context): Promise<Report> {
  const samples = await runInterleaved({
    variants: VARIANTS,
    warmups: 1,
    rounds: quick ? 1 : 7,
    measure: ({ size }) => runCli(size, signal),
    progress: ({ name }, round) => progress(`${round === 0 ? 'warming up' : `round ${round}`}: ${name}`),
    signal,
  })
  const measured = [...samples].map(([{ name }, costs]) => ({
    name,
    values: costs.map(({ processor }) => processor),
    clock: Math.round(median(costs.map(({ clock }) => clock))),
    memory: Math.round(median(costs.map(({ memory }) => memory))),
  }))
  const rows = createRows(
    'ms',
    measured.map(({ name, values, clock, memory }) => ({
      name,
      values,
      details: { 'clock (ms)': clock, 'memory (MB)': memory },
    })),
  )
  const whole = measured.find(({ name }) => name === WHOLE)
  const targets =
    whole === undefined
      ? []
      : [
          createTarget(`${WHOLE}, processor time`, 'at most', 2000, median(whole.values), 'ms'),
          createTarget(`${WHOLE}, clock`, 'at most', 2000, whole.clock, 'ms'),
          createTarget(`${WHOLE}, memory`, 'at most', 300, whole.memory, 'MB'),
        ]
  return { rows, absent: [], targets, notes: NOTES }
}

const NOTES = [
  'Everything is counted that a person waits for: the start of the process, reading and compiling the rules, and writing all files. Values are of the processor, all threads and garbage collection included, so that other work on the machine disturbs them least; the clock stands beside.',
  'Baseline: 10 tables with 50 rules. A fifth of the rules each has a column list, a pattern with a condition, reloading, a join, and a condition over renamed params. There are as many caches as tables.',
] as const
