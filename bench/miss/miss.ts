import { BASELINE, type Benchmark, type Context, type Report } from '../harness/benchmark.ts'
import { runInterleaved } from '../harness/interleave.ts'
import { createRows, createTarget } from '../harness/rows.ts'
import { startWorker, stopAll, type Worker } from '../harness/worker.ts'
import { findVersion } from '../hit/find-version.ts'
import { VARIANTS, type MissJob, type Variant } from './variants.ts'

export const miss: Benchmark = {
  name: 'miss',
  summary: 'A read that finds nothing, loads and fills, with a trivial loader.',
  run: runMiss,
}

async function runMiss({ quick, signal, progress }: Context): Promise<Report> {
  const workers = new Map<Variant, Worker<MissJob>>()
  try {
    for (const variant of VARIANTS) {
      const url = new URL('./worker.js', import.meta.url)
      workers.set(variant, await startWorker<MissJob>(url, { name: variant.name }, signal))
    }
    const samples = await runInterleaved({
      variants: VARIANTS,
      warmups: 2,
      rounds: quick ? 3 : 9,
      measure: async (variant) =>
        await (workers.get(variant) as Worker<MissJob>).run({ count: quick ? 20_000 : 60_000 }),
      progress: ({ name }, round) => progress(`round ${round}: ${name}`),
      signal,
    })
    const rows = createRows(
      'misses/s',
      [...samples].map(([{ name, label, library }, values]) => ({
        name,
        values,
        details: { what: label, version: library === undefined ? '' : (findVersion(library) ?? '') },
      })),
    )
    const target = (name: string): number => rows.find((row) => row.name === name)?.ratio ?? 0
    const targets = [
      createTarget('get, one param, against layered-loader', 'at least', 1, target('one param')),
    ]
    return { rows, absent: [], targets, notes: NOTES }
  } finally {
    await stopAll([...workers.values()])
  }
}

const NOTES = [
  `Each read asks for another key and is awaited; the loader returns at once. Row ${BASELINE} is layered-loader. Memory is bounded at 20,000 entries, so most misses also let one go. Time is the process's processor time.`,
] as const
