import type { Benchmark, Context, Report, Row, Target } from '../harness/benchmark.ts'
import { BASELINE } from '../harness/benchmark.ts'
import { runInterleaved } from '../harness/interleave.ts'
import { createRows, createTarget, type Samples } from '../harness/rows.ts'
import { median } from '../harness/statistics.ts'
import { startWorker } from '../harness/worker.ts'
import { FEEDS } from '../../src/manifest/manifest.ts'
import { type Capture, createBounds, createCaptures, createDiscards, createManyCaptures } from './captures.ts'
import { type Case, describeCase, describeFsync, listCases } from './cases.ts'
import { timeSync } from './disk.ts'
import type { ReaderJob } from './reader.ts'
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
  const one = await createCaptures()
  const many = await createManyCaptures()
  // They have no reader, and no rules of many caches.
  const bounds = createBounds('calls')
  const manifests = new Map(one.manifests.map((manifest) => [manifest.feed as string, manifest]))
  for (const isSynced of [true, false]) {
    const table = describeFsync(isSynced)
    context.progress(`${table}: starting`)
    await using stage = await Stage.open(
      isSynced,
      [...one.captures, ...bounds, ...many.captures],
      context.signal,
    )
    const { server } = stage
    postgresql = server.version
    if (isSynced) notes.push(describeDisk(timeSync(server.dataDir)))
    const { connectionString } = server
    const url = new URL('./reader.js', import.meta.url)
    await using reader = await startWorker<ReaderJob>(url, { connectionString }, context.signal)
    const listen: Listen = async ({ name, discards }, work) => {
      if (name === BASELINE) return await work(undefined)
      const pid = await reader.run({
        manifest: manifests.get(discards ?? name),
        discards: discards !== undefined,
      })
      const result = await work(pid)
      // A reader that heard nothing would cost nothing.
      if ((await reader.run('leave')) === 0) throw new Error(`The reader of ${name} has heard of no change.`)
      return result
    }
    let operation = ''
    for (const case_ of listCases(context.quick)) {
      const title = `${table}, ${describeCase(case_)}`
      if (operation !== case_.operation) {
        context.progress(`${title}: filling`)
        await stage.reset()
      }
      operation = case_.operation
      const { captures } = case_.hasMany ? many : one
      const beside = case_.hasReader ? createDiscards(captures) : case_.hasMany ? [] : bounds
      const measured = await measureCase(
        stage,
        [...captures, ...beside],
        case_,
        case_.hasReader ? listen : alone,
        context,
        title,
      )
      samples.push(...listSamples(table, describeCase(case_), measured))
    }
  }
  const rows = createRows('transactions/s', samples)
  return { rows, absent: [], targets: listTargets(rows), notes: [...notes, ...NOTES], postgresql }
}

/** Does the work while the reader of a capture listens, whose process id the work is told. */
type Listen = (capture: Capture, work: (reader: number | undefined) => Promise<Sample>) => Promise<Sample>

const alone: Listen = async (_, work) => await work(undefined)

/** Milliseconds of writing before it is counted where there are readers: how they start is no cost of a transaction. */
const SETTLING = 500

async function measureCase(
  stage: Stage,
  captures: readonly Capture[],
  one: Case,
  listen: Listen,
  { quick, signal, progress }: Context,
  title: string,
): Promise<Measured> {
  return await runInterleaved({
    variants: captures,
    warmups: 1,
    rounds: quick ? 3 : 5,
    measure: (capture) =>
      listen(capture, async (reader) => {
        if (one.hasReader) await stage.measure(one, capture, SETTLING)
        return await stage.measure(one, capture, quick ? 150 : 250, reader)
      }),
    progress: ({ name }, round) =>
      progress(`${title}: ${round === 0 ? 'warming up' : `round ${round}`}, ${name}`),
    signal,
  })
}

function listSamples(table: string, group: string, measured: Measured): readonly Samples[] {
  const times = [...measured].map(([capture, samples]) => ({
    capture,
    processor: medianOf(samples, 'processor'),
    reader: medianOf(samples, 'reader'),
    served: medianOf(samples, 'served'),
  }))
  const baseline = times.find(({ capture }) => capture.name === BASELINE)?.processor
  return [...measured].map(([capture, samples]) => {
    const { processor, reader, served } = times.find((entry) => entry.capture === capture) ?? {}
    const isTold = processor !== undefined && baseline !== undefined
    return {
      name: capture.name,
      table,
      group,
      values: samples.map((sample) => sample.rate),
      details: {
        ...(isTold && {
          [PROCESSOR]: processor,
          [ADDED]: capture.name === BASELINE ? '' : processor - baseline,
        }),
        ...(reader !== undefined && { [READER]: reader }),
        ...(reader !== undefined && served !== undefined && { [SERVED]: served }),
      },
    }
  })
}

function medianOf(samples: readonly Sample[], part: 'processor' | 'reader' | 'served'): number | undefined {
  const times = samples.flatMap((sample) => sample[part] ?? [])
  return times.length === 0 ? undefined : median(times)
}

const PROCESSOR = 'backend µs'
const ADDED = 'added'
const READER = 'reader µs'
const SERVED = 'its backends µs'

function listTargets(rows: readonly Row[]): readonly Target[] {
  const find = (name: string, group: string): Row | undefined =>
    rows.find((row) => row.name === name && row.table === 'fsync on' && row.group === group)
  const rate = (name: string, one: Case, wanted: number): readonly Target[] => {
    const group = describeCase(one)
    const row = find(name, group)
    return row === undefined
      ? []
      : [createTarget(`${name}, ${group}, fsync on`, 'at least', wanted, row.ratio)]
  }
  const added = (name: string, one: Case, wanted: number): readonly Target[] => {
    const group = describeCase(one)
    const measured = find(name, group)?.details?.[ADDED]
    return typeof measured !== 'number'
      ? []
      : [createTarget(`${name}, ${group}, backend added`, 'at most', wanted, measured, 'µs')]
  }
  const at = (operation: Case['operation'], clients: number, hasReader = false): Case => ({
    operation,
    clients,
    hasReader,
    hasMany: false,
  })
  return [
    ...FEEDS.flatMap((feed) => [16, 64].flatMap((clients) => rate(feed, at('unread', clients), 0.85))),
    ...rate('outbox', at('update', 16), 0.72),
    ...rate('outbox', at('update', 64), 0.62),
    ...rate('outbox', at('update', 16, true), 0.64),
    ...rate('wal', at('update', 16), 0.78),
    ...rate('wal', at('update', 64), 0.72),
    ...rate('wal', at('update', 16, true), 0.66),
    ...[1, 16].flatMap((clients) => added('outbox', at('update', clients), 30)),
    ...[1, 16].flatMap((clients) => added('wal', at('update', clients), 20)),
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
  '`empty trigger`: a statement trigger with the transition tables of its event whose function returns at once: no trigger that sees both versions of the rows costs less. `row trigger + WAL message`: the least that a trigger of single rows can do for the same rule; its condition stands in WHEN, a column that is renamed makes the write fail, and what it costs many rows is measured by `bulk`.',
  'Its reader: one process on the same cores that reads what is measured and nothing else, a runtime, or a session that listens to the row trigger; the baseline has none. It has read for half a second when counting begins: its start and its compiler are no cost of a transaction.',
  '`outbox, thrown away`, `wal, thrown away`: the triggers of ours beside a process that reads their messages as seldom as ours does where thousands come, and looks at none of them: beside no reader in a process of Node do writers keep more.',
  'Five caches: the table makes five caches wrong, by the same param, with five lists of columns.',
  "`backend µs`: processor time of the writers' backends for each transaction, by the kernel's count; `added` is what is above the baseline. `reader µs` and `its backends µs`: the same of the reader's process, with all its threads, and of the backends that it is served by.",
] as const
