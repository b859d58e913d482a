import { Client } from 'pg'
import { startPostgres } from '../../src/embedded/postgres.ts'
import { BASELINE, type Benchmark, type Context, type Report } from '../harness/benchmark.ts'
import { runInterleaved } from '../harness/interleave.ts'
import { createRows, createTarget } from '../harness/rows.ts'
import { createUuid } from '../harness/uuid.ts'
import { startWorker, stopAll, type Worker } from '../harness/worker.ts'
import { createCaptures } from '../write/captures.ts'
import { createTable } from '../write/operations.ts'
import { createSettings } from '../write/stage.ts'
import type { ReaderJob } from './reader.ts'

export const receive: Benchmark = {
  name: 'receive',
  summary: 'How many keys a second one process applies of a backlog.',
  run: runReceive,
}

type Variant = {
  readonly name: string
  readonly table: string
  readonly reader: Worker<ReaderJob> | undefined
}

/** Keys of one statement: what the rules let through one by one. */
const KEYS = 1_000

async function runReceive({ quick, signal, progress }: Context): Promise<Report> {
  progress('starting')
  const statements = quick ? 100 : 500
  const { captures, manifests } = await createCaptures()
  await using server = await startPostgres({ settings: createSettings(false), signal })
  const { connectionString } = server
  const writer = new Client({ connectionString })
  await writer.connect()
  const opened: AsyncDisposable[] = []
  try {
    const variants: Variant[] = [{ name: BASELINE, table: '', reader: undefined }]
    for (const manifest of manifests) {
      const capture = captures.find(({ name }) => name === manifest.feed)
      if (capture === undefined) continue
      await writer.query(createTable(capture.table))
      await writer.query(capture.install)
      const url = new URL('./reader.js', import.meta.url)
      const reader = await startWorker<ReaderJob>(url, { connectionString, manifest }, signal)
      opened.push(reader)
      variants.push({ name: manifest.feed, table: capture.table, reader })
    }
    const samples = await runInterleaved({
      variants,
      warmups: 1,
      rounds: quick ? 3 : 5,
      measure: (variant) => measure(writer, variant, statements),
      progress: ({ name }, round) => progress(`${round === 0 ? 'warming up' : `round ${round}`}, ${name}`),
      signal,
    })
    const rows = createRows(
      'keys/s',
      [...samples].map(([{ name }, values]) => ({ name, values })),
    )
    const targets = rows
      .filter(({ name }) => name !== BASELINE)
      .map(({ name, value }) => createTarget(name, 'at least', 1_000_000, value, 'keys/s'))
    return { rows, absent: [], targets, notes: NOTES, postgresql: server.version }
  } finally {
    await writer.end()
    await stopAll(opened.reverse())
  }
}

/** Keys a second of one backlog: a transaction of many statements, whose messages come at once when it commits. */
async function measure(writer: Client, { table, reader }: Variant, statements: number): Promise<number> {
  const keys = KEYS * statements
  if (reader === undefined) return (keys / parseAll(statements)) * 1_000
  const elapsed = reader.run(keys)
  await writer.query(`DO $$ BEGIN
    FOR turn IN 1..${statements} LOOP
      INSERT INTO ${table} (user_id, status, duration)
      -- Other keys each time: notifications of one transaction that say the same are one.
      SELECT md5(turn || ' ' || n)::uuid, 'open', 0 FROM generate_series(1, ${KEYS}) AS n;
    END LOOP;
  END $$`)
  const rate = (keys / (await elapsed)) * 1_000
  await writer.query(`TRUNCATE ${table}`)
  return rate
}

/** Milliseconds that reading as much JSON takes by itself. */
function parseAll(statements: number): number {
  const users = Array.from({ length: KEYS }, (_, index) => createUuid(index))
  const texts = Array.from({ length: statements }, (_, number) =>
    JSON.stringify({ v: number, d: [['dashboard', ['user_id'], users]] }),
  )
  const began = performance.now()
  for (const text of texts) JSON.parse(text)
  return performance.now() - began
}

const NOTES = [
  'A backlog is one transaction of many statements with 1,000 keys each; its messages become visible at once. From the first change that was applied to the last: reading, decoding and dropping, with what the server needs to hand them out on the same cores.',
  '`baseline`: `JSON.parse` of as many keys, and nothing else.',
] as const
