import { startPostgres } from '../../src/embedded/postgres.ts'
import type { Absence, Benchmark, Context, Report, Row, Target } from '../harness/benchmark.ts'
import { runInterleaved } from '../harness/interleave.ts'
import { createRows, createTarget } from '../harness/rows.ts'
import { startWorker, stopAll, type Worker } from '../harness/worker.ts'
import { findVersion } from './find-version.ts'
import { PEERS } from './peers.ts'
import { type Variant, VARIANTS } from './variants.ts'
import type { Config, HitJob, Task } from './worker.ts'

const ENTRIES = 10_000

export const hit: Benchmark = {
  name: 'hit',
  summary:
    'Reads of a held entry through the public handle of a live runtime, against lru-cache and other caches.',
  run: runHit,
}

async function runHit(context: Context): Promise<Report> {
  const { quick, signal, progress } = context
  const { measurable, absent } = findVariants()
  const workers = new Map<Variant, Worker<HitJob>>()
  const server = await startPostgres({ signal })
  try {
    for (const variant of measurable) {
      progress(`${variant.name}: filling`)
      const url = new URL('./worker.js', import.meta.url)
      const config: Config = {
        source: variant.source,
        entries: ENTRIES,
        connectionString: server.connectionString,
      }
      workers.set(variant, await startWorker<HitJob>(url, config, signal))
    }
    const samples = await runInterleaved({
      variants: measurable,
      warmups: 3,
      rounds: quick ? 3 : 9,
      measure: async (variant) =>
        await runTask(workers, variant, { kind: 'measure', duration: quick ? 60 : 250 }),
      progress: ({ name }, round) => progress(`${round === 0 ? 'warming up' : `round ${round}`}: ${name}`),
      signal,
    })
    for (const variant of measurable) await runTask(workers, variant, { kind: 'finish' })
    const rows = createRows(
      'reads/s',
      [...samples].map(([{ name, lacks, source }, values]) => ({
        name,
        values,
        details: { version: describeVersion(source), lacks },
      })),
    )
    return { rows, absent, targets: listTargets(rows), notes: NOTES, postgresql: server.version }
  } finally {
    await stopAll([...workers.values(), server])
  }
}

async function runTask(
  workers: ReadonlyMap<Variant, Worker<HitJob>>,
  variant: Variant,
  task: Task,
): Promise<number> {
  const worker = workers.get(variant)
  if (worker === undefined) throw new Error(`${variant.name} has no worker.`)
  try {
    return await worker.run(task)
  } catch (cause) {
    throw new Error(`${variant.name} could not be measured.`, { cause })
  }
}

function findVariants(): { readonly measurable: readonly Variant[]; readonly absent: readonly Absence[] } {
  const isAbsent = ({ source }: Variant): boolean =>
    source.kind === 'peer' && findVersion(PEERS[source.peer].package) === undefined
  return {
    measurable: VARIANTS.filter((variant) => !isAbsent(variant)),
    absent: VARIANTS.filter(isAbsent).map(({ name }) => ({ name, reason: 'not installed' })),
  }
}

function describeVersion(source: Variant['source']): string {
  if (source.kind === 'stalemate') return ''
  return findVersion(source.kind === 'lru' ? 'lru-cache' : PEERS[source.peer].package) ?? ''
}

function listTargets(rows: readonly Row[]): readonly Target[] {
  const find = (name: string): Row | undefined => rows.find((row) => row.name === name)
  const targets: Target[] = []
  const compare = (ours: string, theirs: string, wanted: number): void => {
    const [measured, against] = [find(ours), find(theirs)]
    if (measured === undefined || against === undefined) return
    const name = theirs === 'baseline' ? 'raw lru-cache get' : theirs
    targets.push(createTarget(`${ours}, against ${name}`, 'at least', wanted, measured.value / against.value))
  }
  compare('peek, one param', 'baseline', 0.75)
  compare('peek, two params', 'baseline', 0.3)
  compare('get, one param', 'baseline', 0.2)
  compare('get, two params', 'baseline', 0.2)
  compare('get, one param', 'layered-loader get', 1)
  compare('get, one param', 'bentocache getOrSet', 10)
  compare('get, one param', 'cacheable getOrSet', 10)
  return targets
}

const NOTES = [
  `${ENTRIES.toLocaleString('en-US')} entries, read in one shuffled order; each variant in a process of its own. A second is one of the process's processor time, garbage collection included: other work on the machine disturbs that least.`,
  'Baseline: `get` of lru-cache with ready keys, without time to live. The other caches are asked with ready keys, too; Stalemate is asked with objects of params.',
  'The runtime is connected to a PostgreSQL and proven live: fences, trust and statistics are on. Its reports can be made wrong by user, so each of their entries belongs to a group.',
  'What another cache lacks: fence - a load that an invalidation overtakes is never stored (with each of these, a value from before a delete was stored by a load that the delete had overtaken, and served after it); feed - it hears of committed writes; trust - it serves only while changes are proven to arrive; calm - who waits for a load gets its value, whatever is deleted meanwhile.',
  'An asynchronous read is awaited before the next one begins.',
] as const
