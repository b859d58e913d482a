import type { Benchmark, Context, Report, Row, Target } from '../harness/benchmark.ts'
import { BASELINE } from '../harness/benchmark.ts'
import { runInterleaved } from '../harness/interleave.ts'
import { createRows, createTarget, type Samples } from '../harness/rows.ts'
import { median } from '../harness/statistics.ts'
import { startWorker, type Worker } from '../harness/worker.ts'
import { type Capture, createCaptures } from './captures.ts'
import { type Case, describeCase, describeFsync, listCases } from './cases.ts'
import { timeSync } from './disk.ts'
import type { ReaderConfig, ReaderJob } from './reader.ts'
import { type Sample, Stage } from './stage.ts'

export const write: Benchmark = {
  name: 'write',
  summary: 'What triggers cost who writes: transactions of one row, against a table without trigger.',
  run: runWrite,
}

type Measured = ReadonlyMap<Capture, readonly Sample[]>

async function runWrite(context: Context): Promise<Report> {
  const samples: Samples[] = []
  const notes: string[] = []
  let postgresql = ''
  for (const isSynced of [true, false]) {
    const table = describeFsync(isSynced)
    context.progress(`${table}: starting`)
    const { captures, manifests } = await createCaptures()
    await using stage = await Stage.open(isSynced, captures, context.signal)
    const { server } = stage
    postgresql = server.version
    if (isSynced) notes.push(describeDisk(timeSync(server.dataDir)))
    const config = { connectionString: server.connectionString, manifests }
    for (const hasReader of [false, true]) {
      await using reader = hasReader ? await startReader(config, context.signal) : undefined
      for (const one of listCases(context.quick).filter((one) => one.hasReader === hasReader)) {
        const measured = await measureCase(stage, captures, one, context, `${table}, ${describeCase(one)}`)
        samples.push(...listSamples(table, describeCase(one), measured))
      }
      if (reader !== undefined) await checkReader(reader)
    }
  }
  const rows = createRows('transactions/s', samples)
  return { rows, absent: [], targets: listTargets(rows), notes: [...notes, ...NOTES], postgresql }
}

async function startReader(config: ReaderConfig, signal: AbortSignal): Promise<Worker<ReaderJob>> {
  return await startWorker<ReaderJob>(new URL('./reader.js', import.meta.url), config, signal)
}

/** A reader that heard nothing would cost nothing. */
async function checkReader(reader: Worker<ReaderJob>): Promise<void> {
  const { changes, notifications } = await reader.run('count')
  if (changes.includes(0) || notifications === 0) throw new Error('The reader has heard of no change.')
}

async function measureCase(
  stage: Stage,
  captures: readonly Capture[],
  one: Case,
  { quick, signal, progress }: Context,
  title: string,
): Promise<Measured> {
  progress(`${title}: filling`)
  await stage.reset()
  return await runInterleaved({
    variants: captures,
    warmups: 1,
    rounds: quick ? 3 : 5,
    measure: (capture) => stage.measure(one, capture, quick ? 200 : 600),
    progress: ({ name }, round) =>
      progress(`${title}: ${round === 0 ? 'warming up' : `round ${round}`}, ${name}`),
    signal,
  })
}

function listSamples(table: string, group: string, measured: Measured): readonly Samples[] {
  const processor = [...measured].map(([capture, samples]) => {
    const times = samples.flatMap((sample) => (sample.processor === undefined ? [] : [sample.processor]))
    return { capture, time: times.length === 0 ? undefined : median(times) }
  })
  const baseline = processor.find(({ capture }) => capture.name === BASELINE)?.time
  return [...measured].map(([capture, samples]) => {
    const time = processor.find((entry) => entry.capture === capture)?.time
    const isTold = time !== undefined && baseline !== undefined
    return {
      name: capture.name,
      table,
      group,
      values: samples.map((sample) => sample.rate),
      details: isTold ? { [PROCESSOR]: time, [ADDED]: capture.name === BASELINE ? '' : time - baseline } : {},
    }
  })
}

const PROCESSOR = 'backend µs'
const ADDED = 'added'

function listTargets(rows: readonly Row[]): readonly Target[] {
  const target = (name: string, one: Case, wanted: number): readonly Target[] => {
    const group = describeCase(one)
    const row = rows.find((row) => row.name === name && row.table === 'fsync on' && row.group === group)
    return row === undefined
      ? []
      : [createTarget(`${name}, ${group}, fsync on`, 'at least', wanted, row.ratio)]
  }
  const at = (operation: Case['operation'], clients: number, hasReader: boolean): Case => ({
    operation,
    clients,
    hasReader,
  })
  return [
    ...[16, 64].flatMap((clients) => target('notify', at('unread', clients, false), 0.85)),
    ...[16, 64].flatMap((clients) => target('outbox', at('unread', clients, false), 0.85)),
    ...target('outbox', at('update', 16, false), 0.72),
    ...target('outbox', at('update', 64, false), 0.62),
    ...target('outbox', at('update', 16, true), 0.64),
    ...[16, 64].flatMap((clients) => target('wal', at('unread', clients, false), 0.85)),
    ...target('wal', at('update', 16, false), 0.78),
    ...target('wal', at('update', 64, false), 0.72),
    ...target('wal', at('update', 16, true), 0.66),
  ]
}

function describeDisk(milliseconds: number): string {
  return `Before the first round the disk took ${milliseconds.toFixed(2)} ms to keep a block of 8 KiB (write and fdatasync, median of 51).`
}

const NOTES = [
  'A transaction is one statement on one row of 10,000, by primary key; clients never meet on a row. `synchronous_commit` is on everywhere; autovacuum is off.',
  'Writers are four Node processes on the same cores as the server, with prepared statements; what they need themselves makes every ratio milder than with writers elsewhere.',
  '`notify`: the triggers that `stalemate compile` makes for a rule with a column filter. `row trigger + NOTIFY`: the trigger that tutorials show, without filter. A notifying commit holds a lock of the whole cluster until it is durable, so such commits queue: that is the price of this feed, whatever the trigger.',
  '`outbox`: the same rule, its messages put into a table. Nothing is locked that writers share; `max_prepared_transactions` is 0, so that a reader with nothing to do sleeps and is woken by a notification.',
  '`wal`: the same rule, its messages put into the write-ahead log. With a reader a walsender decodes the log on the same cores.',
  'A reader is one process with a runtime for each feed and a session that listens to the row trigger, on the same cores.',
  "`backend µs`: processor time of the writers' backends for each transaction, by the kernel's count; `added` is what is above the baseline.",
] as const
