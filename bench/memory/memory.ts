import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { BASELINE, type Benchmark, type Context, type Report } from '../harness/benchmark.ts'
import { runInterleaved } from '../harness/interleave.ts'
import { createRows, createTarget } from '../harness/rows.ts'

const VARIANTS = [BASELINE, 'one param', 'two params, one partial index'] as const
type Variant = (typeof VARIANTS)[number]

export const memory: Benchmark = {
  name: 'memory',
  summary: 'Heap that an entry takes, keys and values aside.',
  run: runMemory,
}

async function runMemory({ quick, signal, progress }: Context): Promise<Report> {
  const count = quick ? 50_000 : 200_000
  const worker = fileURLToPath(new URL('./worker.js', import.meta.url))
  const samples = await runInterleaved<Variant, number>({
    variants: VARIANTS,
    warmups: 0,
    rounds: quick ? 1 : 5,
    measure: async (variant) => {
      const args = ['--expose-gc', worker, variant, String(count)]
      const { stdout } = await promisify(execFile)(process.execPath, args, { signal })
      return Number(stdout)
    },
    progress: (variant, round) => progress(`round ${round}: ${variant}`),
    signal,
  })
  const rows = createRows(
    'bytes an entry',
    [...samples].map(([name, values]) => ({ name, values })),
  )
  const above = (name: Variant): number =>
    (rows.find((row) => row.name === name)?.value ?? NaN) -
    (rows.find((row) => row.name === BASELINE)?.value ?? NaN)
  const targets = [
    createTarget('one param, above lru-cache', 'at most', 120, above('one param'), 'bytes'),
    createTarget(
      'two params with a partial index, above lru-cache',
      'at most',
      250,
      above('two params, one partial index'),
      'bytes',
    ),
  ]
  return { rows, absent: [], targets, notes: NOTES }
}

const NOTES = [
  'Baseline: lru-cache, `max` only, the same key texts and value objects. Keys and values are made before the first measurement, so that they count for nobody. Heap and array buffers after garbage collection, before and after filling; each in a process of its own.',
] as const
