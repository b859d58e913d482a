import { BASELINE, type Benchmark, type Context, type Report } from '../harness/benchmark.ts'
import { runInterleaved } from '../harness/interleave.ts'
import { createRows, createTarget } from '../harness/rows.ts'
import { median } from '../harness/statistics.ts'
import { startWorker } from '../harness/worker.ts'
import type { BigRulesSize } from './big-rules.ts'
import type { CompileJob } from './worker.ts'

type Variant = { readonly name: string; readonly size: BigRulesSize; readonly task: CompileJob['task'] }

const LARGE: BigRulesSize = { tables: 1000, caches: 1000, rules: 5000 }
const WHOLE = '1,000 tables, 5,000 rules'
const VARIANTS: readonly Variant[] = [
  { name: BASELINE, size: { tables: 10, caches: 10, rules: 50 }, task: 'compile' },
  { name: '100 tables, 500 rules', size: { tables: 100, caches: 100, rules: 500 }, task: 'compile' },
  { name: WHOLE, size: LARGE, task: 'compile' },
  { name: `${WHOLE}, only read and checked`, size: LARGE, task: 'read' },
]

export const compile: Benchmark = {
  name: 'compile',
  summary: 'Compiling rule files of some sizes, from text to generated files, in a fresh process.',
  run: runCompile,
}

async function runCompile({ quick, signal, progress }: Context): Promise<Report> {
  const url = new URL('./worker.js', import.meta.url)
  const samples = await runInterleaved({
    variants: VARIANTS,
    warmups: 1,
    rounds: quick ? 1 : 7,
    measure: async ({ size, task }) => {
      await using worker = await startWorker<CompileJob>(url, size, signal)
      return await worker.run(task)
    },
    progress: ({ name }, round) => progress(`${round === 0 ? 'warming up' : `round ${round}`}: ${name}`),
    signal,
  })
  const measured = [...samples].map(([{ name }, results]) => ({
    name,
    values: results.map(({ processor }) => processor),
    memory: Math.round(median(results.map(({ memory }) => memory))),
  }))
  const rows = createRows(
    'ms',
    measured.map(({ name, values, memory }) => ({ name, values, details: { 'memory (MB)': memory } })),
  )
  const whole = measured.find(({ name }) => name === WHOLE)
  const targets =
    whole === undefined
      ? []
      : [
          createTarget(`${WHOLE}, processor time`, 'at most', 2000, median(whole.values), 'ms'),
          createTarget(`${WHOLE}, memory`, 'at most', 300, whole.memory, 'MB'),
        ]
  return { rows, absent: [], targets, notes: NOTES }
}

const NOTES = [
  'Each compilation is the first one of its process: the compiler is loaded within the time. Times are of the processor, garbage collection included, so that other work on the machine disturbs them least.',
  'Baseline: 10 tables with 50 rules. A fifth of the rules each has a column list, a pattern with a condition, reloading, a join, and a condition over renamed params. There are as many caches as tables.',
] as const
