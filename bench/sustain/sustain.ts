import { Client } from 'pg'
import { startPostgres } from '../../src/embedded/postgres.ts'
import { BASELINE, type Benchmark, type Context, type Report } from '../harness/benchmark.ts'
import { runInterleaved } from '../harness/interleave.ts'
import { createRows } from '../harness/rows.ts'
import { median } from '../harness/statistics.ts'
import { startWorker, stopAll, type Worker } from '../harness/worker.ts'
import { type Capture, createCaptures } from '../write/captures.ts'
import { createTable, resetTable } from '../write/operations.ts'
import { createSettings } from '../write/stage.ts'
import type { ReaderJob } from './reader.ts'
import type { WriterJob } from './writer.ts'

export const sustain: Benchmark = {
  name: 'sustain',
  summary: 'How many changes a second go all the way while writers write as fast as they can.',
  run: runSustain,
}

type Variant = {
  readonly name: string
  readonly capture: Capture
  readonly reader: Worker<ReaderJob> | undefined
}
/** Changes a second that were applied, and milliseconds by which the reader was behind when the writers ended. */
type Sample = { readonly rate: number; readonly behind: number }

const CLIENTS = 16

async function runSustain({ quick, signal, progress }: Context): Promise<Report> {
  progress('starting')
  const { captures, manifests } = await createCaptures()
  await using server = await startPostgres({ settings: createSettings(true), signal })
  const { connectionString } = server
  const admin = new Client({ connectionString })
  await admin.connect()
  const opened: AsyncDisposable[] = []
  try {
    const url = (name: string): URL => new URL(`./${name}.js`, import.meta.url)
    const writer = await startWorker<WriterJob>(url('writer'), { connectionString, clients: CLIENTS }, signal)
    opened.push(writer)
    const variants: Variant[] = []
    for (const capture of captures) {
      const manifest = manifests.find(({ feed }) => feed === capture.name)
      if (manifest === undefined && capture.name !== BASELINE) continue
      await admin.query(createTable(capture.table))
      if (capture.install !== '') await admin.query(capture.install)
      for (const statement of resetTable(capture.table)) await admin.query(statement)
      let reader: Worker<ReaderJob> | undefined
      if (manifest !== undefined) {
        reader = await startWorker<ReaderJob>(url('reader'), { connectionString, manifest }, signal)
        opened.push(reader)
      }
      variants.push({ name: capture.name, capture, reader })
    }
    const samples = await runInterleaved({
      variants,
      warmups: 1,
      rounds: quick ? 3 : 5,
      measure: (variant) => measure(writer, variant, quick ? 1_500 : 5_000),
      progress: ({ name }, round) => progress(`${round === 0 ? 'warming up' : `round ${round}`}, ${name}`),
      signal,
    })
    const rows = createRows(
      'changes/s',
      [...samples].map(([{ name }, of]) => ({
        name,
        values: of.map(({ rate }) => rate),
        details: { 'behind at the end (ms)': Math.round(median(of.map(({ behind }) => behind))) },
      })),
    )
    return { rows, absent: [], targets: [], notes: NOTES, postgresql: server.version }
  } finally {
    await admin.end()
    await stopAll(opened.reverse())
  }
}

async function measure(
  writer: Worker<WriterJob>,
  { capture, reader }: Variant,
  duration: number,
): Promise<Sample> {
  await reader?.run({ kind: 'forget' })
  const { began, ended, commits } = await writer.run({ table: capture.table, duration })
  const done = reader === undefined ? ended : await reader.run({ kind: 'await', changes: commits })
  // A barrier would hide what is lost: each commit has changed a row, and is one change.
  if (done === undefined) throw new Error(`${capture.name}: not all of ${commits} changes came.`)
  const behind = Math.max(0, done - ended)
  return { rate: (commits / (Math.max(done, ended) - began)) * 1_000, behind }
}

const NOTES = [
  `${CLIENTS} connections of one process each update one row a transaction, without a pause, and a runtime in another process applies what comes, on the cores of the server; \`fsync\` is on. A rate is all changes over the time from the first commit to the last change that was applied.`,
  '`baseline`: the same writes without triggers, and nobody who reads: what server and writers can do.',
] as const
