import { BASELINE, type Benchmark, type Context, type Report } from '../harness/benchmark.ts'
import { runInterleaved } from '../harness/interleave.ts'
import { createRows, createTarget } from '../harness/rows.ts'
import { startWorker, type Worker } from '../harness/worker.ts'
import type { StormJob, Storm } from './worker.ts'

export const storm: Benchmark = {
  name: 'storm',
  summary: 'What readers notice when 10,000 hot entries are due in the same second.',
  run: runStorm,
}

const ENTRIES = 10_000
const CONCURRENCY = 16

async function runStorm({ quick, signal, progress }: Context): Promise<Report> {
  const variants = [{ name: 'reloaded ahead' }] as const
  const results: Storm[] = []
  const samples = await runInterleaved({
    variants,
    warmups: quick ? 0 : 1,
    rounds: quick ? 1 : 5,
    measure: async () => {
      const url = new URL('./worker.js', import.meta.url)
      await using worker: Worker<StormJob> = await startWorker<StormJob>(
        url,
        { entries: ENTRIES, concurrency: CONCURRENCY, ttl: quick ? 30_000 : 60_000 },
        signal,
      )
      const result = await worker.run({})
      results.push(result)
      return result
    },
    progress: ({ name }, round) => progress(`round ${round}: ${name}`),
    signal,
  })
  const [of = []] = [...samples.values()]
  const row = (name: string, read: (one: Storm) => number): Parameters<typeof createRows>[1][number] => ({ name, values: of.map(read) }) // prettier-ignore
  const rows = createRows('us', [
    row(BASELINE, ({ steady }) => steady),
    row('while they are reloaded', ({ during }) => during),
  ])
  const most = (read: (one: Storm) => number): number => Math.max(...results.map(read))
  const targets = [
    createTarget('p99 of reads against steady state', 'at most', 2, rows[1]?.ratio ?? Infinity),
    createTarget(
      'loads of an entry',
      'at most',
      1,
      most(({ loads }) => loads),
    ),
    createTarget(
      'loads of all entries',
      'at least',
      ENTRIES,
      Math.min(...results.map(({ reloaded }) => reloaded)),
    ),
    createTarget(
      'loads side by side',
      'at most',
      CONCURRENCY,
      most(({ concurrency }) => concurrency),
    ),
    createTarget(
      'reads that found nothing',
      'at most',
      0,
      most(({ misses }) => misses),
    ),
  ]
  return { rows, absent: [], targets, notes: NOTES }
}

const NOTES = [
  'The 99th percentile of reads, from the moment at which each was to begin to its answer: 20,000 reads a second over all entries, evenly. All entries were loaded within one second, without jitter, and so would expire within one; a load takes 5 ms. `baseline` is the same process before the first entry is due. It is measured until all are loaded anew.',
] as const
