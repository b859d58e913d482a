import { Client } from 'pg'
import { startPostgres } from '../../src/embedded/postgres.ts'
import { BASELINE, type Benchmark, type Context, type Report } from '../harness/benchmark.ts'
import { runInterleaved } from '../harness/interleave.ts'
import { createRows, createTarget } from '../harness/rows.ts'
import { summarize } from '../harness/statistics.ts'
import { startWorker, stopAll, type Worker } from '../harness/worker.ts'
import { createSettings } from '../write/stage.ts'
import { compileShop, GROUPS, type Group, TABLES } from './shop.ts'
import type { WarmJob } from './worker.ts'

export const warm: Benchmark = {
  name: 'warm',
  summary: 'How many entries a second a warming set loads, against the database alone.',
  run: runWarm,
}

/** Reads the params as well, and keeps what it loads. */
const BY_HAND = 'the same by hand'
const WARMED = 'a warming set'

type Variant = { readonly name: string; readonly group: Group; readonly worker: Worker<WarmJob> }

async function runWarm({ quick, signal, progress }: Context): Promise<Report> {
  progress('starting')
  const entries = quick ? 3_000 : 20_000
  const { manifest, install } = await compileShop(entries)
  await using server = await startPostgres({ settings: createSettings(false), signal })
  const { connectionString } = server
  const admin = new Client({ connectionString })
  await admin.connect()
  try {
    for (const statement of [...TABLES(entries), install]) await admin.query(statement)
  } finally {
    await admin.end()
  }
  const variants: Variant[] = []
  try {
    for (const group of GROUPS) {
      for (const name of [BASELINE, BY_HAND, WARMED]) {
        const config = {
          connectionString,
          entries,
          group,
          manifest: name === WARMED ? manifest : undefined,
          isKept: name === BY_HAND,
        }
        const url = new URL('./worker.js', import.meta.url)
        variants.push({ name, group, worker: await startWorker<WarmJob>(url, config, signal) })
      }
    }
    const samples = await runInterleaved({
      variants,
      warmups: 1,
      rounds: quick ? 3 : 7,
      measure: async ({ worker }) => await worker.run({}),
      progress: ({ name, group }, round) => progress(`round ${round}: ${group.title}, ${name}`),
      signal,
    })
    const rows = createRows(
      'entries/s',
      [...samples].map(([{ name, group }, measured]) => ({
        name,
        group: group.title,
        values: measured.map(({ rate }) => rate),
        details: {
          'processor (µs)': summarize(measured.map(({ processor }) => processor)).median.toFixed(1),
        },
      })),
    )
    const valueOf = (of: string, title: string | undefined): number | undefined =>
      rows.find(({ name, group }) => name === of && group === title)?.value
    const warmed = rows.filter(({ name }) => name === WARMED)
    const targets = [
      ...warmed.map(({ group = '', ratio }) => createTarget(`${group}, against the database alone`, 'at least', 0.9, ratio)), // prettier-ignore
      ...warmed.map(({ group = '', value }) =>
        createTarget(
          `${group}, against the same by hand`,
          'at least',
          0.9,
          value / (valueOf(BY_HAND, group) ?? 0),
        ),
      ),
    ]
    return { rows, absent: [], targets, notes: NOTES, postgresql: server.version }
  } finally {
    await stopAll(variants.map(({ worker }) => worker).reverse())
  }
}

const NOTES = [
  'An entry is what one query over two tables gives; its params come from a query of the set, which belongs to the time of the set. `baseline` runs the same queries over the same number of connections, one after the other on each, and keeps nothing. All in processes of their own on the cores of the server. The processor is that of the process, for an entry; the server uses as much for all three, but for the params.',
  '`the same by hand` does what nobody who warms a cache is spared: one query more, for the params, and a `Map` that keeps what is loaded. It has no fences, no bounds, no budget, and forgets nothing.',
] as const
