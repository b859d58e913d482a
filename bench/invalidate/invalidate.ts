import { BASELINE, type Benchmark, type Context, type Report } from '../harness/benchmark.ts'
import { runInterleaved } from '../harness/interleave.ts'
import { createRows, createTarget } from '../harness/rows.ts'
import { startWorker, stopAll, type Worker } from '../harness/worker.ts'
import { type InvalidateJob, KINDS, type Kind } from './kinds.ts'

export const invalidate: Benchmark = {
  name: 'invalidate',
  summary: 'Invalidations of a cache that holds a million entries.',
  run: runInvalidate,
}

async function runInvalidate({ quick, signal, progress }: Context): Promise<Report> {
  const sizes = quick ? [10_000, 100_000] : [10_000, 1_000_000]
  const workers = new Map<number, Worker<InvalidateJob>>()
  try {
    for (const entries of sizes) {
      progress(`filling ${entries}`)
      const url = new URL('./worker.js', import.meta.url)
      workers.set(entries, await startWorker<InvalidateJob>(url, { entries }, signal))
    }
    const variants = sizes.flatMap((entries) => KINDS.map((kind) => ({ entries, kind })))
    const samples = await runInterleaved({
      variants,
      warmups: 1,
      rounds: quick ? 3 : 5,
      measure: async ({ entries, kind }) =>
        await (workers.get(entries) as Worker<InvalidateJob>).run({ kind }),
      progress: ({ entries, kind }, round) => progress(`round ${round}: ${kind} of ${entries}`),
      signal,
    })
    const rows = createRows(
      'us a call',
      [...samples].map(([{ entries, kind }, results]) => ({
        name: kind === 'key' ? BASELINE : kind,
        group: `${entries.toLocaleString('en-US')} entries`,
        values: results.map(({ call }) => call),
        details: {
          what: describeKind(kind),
          'longest block of the loop, ms': Number(
            Math.max(...results.map(({ block }) => block)).toPrecision(3),
          ),
        },
      })),
    )
    const blocks = [...samples.values()].map((results) => Math.max(...results.map(({ block }) => block)))
    const targets = [
      createTarget('a call, at most', 'at most', 50, Math.max(...rows.map(({ value }) => value)), 'us'),
      createTarget('the event loop blocked', 'at most', 2, Math.max(...blocks), 'ms'),
    ]
    return { rows, absent: [], targets, notes: NOTES }
  } finally {
    await stopAll([...workers.values()])
  }
}

function describeKind(kind: Kind): string {
  switch (kind) {
    case 'key':
      return 'one entry by its key'
    case 'ten':
      return 'ten entries by a partial binding'
    case 'many':
      return 'a tenth of all entries by a partial binding'
    case 'all':
      return 'every entry'
  }
}

const NOTES = [
  'The entries have two params and one partial index by each. A call is timed by itself, its code compiled, what filling left behind collected; the block is the longest call of a round with the turn of the event loop after it, on the clock or in processor time of the process, whichever is less: other work on the machine lengthens the one, threads of the engine the other; the worst of the rounds. What was made wrong is loaded again before the next round, untimed.',
] as const
