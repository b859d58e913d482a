import { Client } from 'pg'
import { type EmbeddedPostgres, startPostgres } from '../../src/embedded/postgres.ts'
import type { Manifest } from '../../src/manifest/manifest.ts'
import { BASELINE, type Benchmark, type Context, type Report, type Row } from '../harness/benchmark.ts'
import { runInterleaved } from '../harness/interleave.ts'
import { createRows, createTarget } from '../harness/rows.ts'
import { quantile } from '../harness/statistics.ts'
import { createUuid } from '../harness/uuid.ts'
import { startWorker, stopAll, type Worker } from '../harness/worker.ts'
import { type Capture, createCaptures } from '../write/captures.ts'
import { createTable, resetTable, USERS } from '../write/operations.ts'
import { createSettings } from '../write/stage.ts'
import type { Heard, ReaderJob } from './reader.ts'
import type { WriterJob } from './writer.ts'

export const latency: Benchmark = {
  name: 'latency',
  summary: 'How long after a commit has returned what it made wrong is gone.',
  run: runLatency,
}

type Variant = {
  readonly name: string
  readonly capture: Capture
  readonly reader: Worker<ReaderJob>
}

/** Milliseconds from commit to applied, of one round. */
type Sample = { readonly p50: number; readonly p99: number }

/** Milliseconds; what is faster counts as this, so that there is a ratio. */
const RESOLUTION = 0.01
const RATES = [100, 2000]
const USER_IDS = Array.from({ length: USERS }, (_, index) => createUuid(index))

async function runLatency(context: Context): Promise<Report> {
  const { quick, signal, progress } = context
  progress('starting')
  const { captures, manifests } = await createCaptures()
  await using server = await startPostgres({ settings: createSettings(true), signal })
  await prepare(server, captures)
  const url = (name: string): URL => new URL(`./${name}.js`, import.meta.url)
  const { connectionString } = server
  const opened: AsyncDisposable[] = []
  try {
    const writer = await startWorker<WriterJob>(url('writer'), { connectionString }, signal)
    opened.push(writer)
    const variants: Variant[] = []
    for (const { name, capture, manifest } of listVariants(captures, manifests)) {
      const reader = await startWorker<ReaderJob>(url('reader'), { connectionString, manifest }, signal)
      opened.push(reader)
      variants.push({ name, capture, reader })
    }
    const rows: Row[] = []
    for (const rate of RATES) {
      const group = `${rate} commits/s`
      const samples = await runInterleaved({
        variants,
        warmups: 1,
        rounds: quick ? 3 : 5,
        measure: (variant) => measure(writer, variant, rate, quick ? 1000 : 4000),
        progress: ({ name }, round) =>
          progress(`${group}: ${round === 0 ? 'warming up' : `round ${round}`}, ${name}`),
        signal,
      })
      for (const table of ['p50', 'p99'] as const) {
        rows.push(
          ...createRows(
            'ms',
            [...samples].map(([{ name }, of]) => ({
              name,
              table,
              group,
              values: of.map((sample) => sample[table]),
            })),
          ),
        )
      }
    }
    return { rows, absent: [], targets: listTargets(rows), notes: NOTES, postgresql: server.version }
  } finally {
    await stopAll(opened.reverse())
  }
}

function listVariants(
  captures: readonly Capture[],
  manifests: readonly Manifest[],
): readonly { readonly name: string; readonly capture: Capture; readonly manifest: Manifest | undefined }[] {
  return captures
    .filter(({ name }) => name !== BASELINE)
    .map((capture) => {
      const manifest = manifests.find(({ feed }) => feed === capture.name)
      return { name: manifest === undefined ? BASELINE : capture.name, capture, manifest }
    })
}

async function prepare({ connectionString }: EmbeddedPostgres, captures: readonly Capture[]): Promise<void> {
  const admin = new Client({ connectionString })
  await admin.connect()
  try {
    for (const { table, install } of captures) {
      await admin.query(createTable(table))
      if (install !== '') await admin.query(install)
      for (const statement of resetTable(table)) await admin.query(statement)
      // One row a user, found by an index.
      await admin.query(
        `DELETE FROM ${table} AS a USING ${table} AS b WHERE a.user_id = b.user_id AND a.id > b.id`,
      )
      await admin.query(`CREATE UNIQUE INDEX ON ${table} (user_id)`)
      await admin.query(`VACUUM (ANALYZE) ${table}`)
    }
  } finally {
    await admin.end()
  }
}

async function measure(
  writer: Worker<WriterJob>,
  { capture, reader }: Variant,
  rate: number,
  duration: number,
): Promise<Sample> {
  // What earlier work has left is none of this round's.
  await reader.run(0)
  const committed = await writer.run({ table: capture.table, rate, duration, users: USER_IDS })
  const heard = await reader.run(committed.length)
  const delays = matchDelays(committed, heard)
  if (delays.length < committed.length) {
    throw new Error(`${capture.name}: of ${committed.length} changes ${delays.length} came.`)
  }
  return { p50: quantile(delays, 0.5), p99: quantile(delays, 0.99) }
}

/** From each commit to its change: the n-th of a user to the n-th that was heard of that user. */
function matchDelays(committed: readonly number[], heard: readonly Heard[]): readonly number[] {
  const byUser = new Map(USER_IDS.map((user) => [user, [] as number[]]))
  for (const { user, at } of heard) byUser.get(user)?.push(at)
  return committed.flatMap((at, number) => {
    const changed = byUser.get(USER_IDS[number % USERS] ?? '')?.[Math.floor(number / USERS)]
    return changed === undefined ? [] : [Math.max(RESOLUTION, changed - at)]
  })
}

function listTargets(rows: readonly Row[]): Report['targets'] {
  const target = (name: string, table: string, rate: number, wanted: number): Report['targets'] => {
    const row = rows.find(
      (row) => row.name === name && row.table === table && row.group === `${rate} commits/s`,
    )
    return row === undefined
      ? []
      : [createTarget(`${name}, ${rate} commits/s, ${table}`, 'at most', wanted, row.value, 'ms')]
  }
  return [
    ...target('notify', 'p50', 100, 1),
    ...target('notify', 'p99', 100, 5),
    ...target('notify', 'p99', 2000, 20),
    ...target('outbox', 'p50', 100, 3),
    ...target('outbox', 'p99', 100, 20),
    ...target('outbox', 'p99', 2000, 20),
    ...target('wal', 'p50', 100, 1),
    ...target('wal', 'p99', 100, 5),
    ...target('wal', 'p99', 2000, 20),
  ]
}

const NOTES = [
  'From the moment in which the driver has told the writer of its commit to the moment in which the runtime has dropped what the change names; a change that was faster than the writer’s answer counts as 0.01 ms. Writer and reader are processes of their own on the cores of the server, `fsync` is on.',
  'Transactions start at their time, whether or not those before them are done. `baseline`: the row trigger that tutorials show, and a bare session that listens: the time until the text has come, nothing dropped.',
] as const
