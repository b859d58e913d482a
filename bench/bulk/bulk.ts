import { Client } from 'pg'
import { startPostgres } from '../../src/embedded/postgres.ts'
import { OUTBOX_TABLES } from '../../src/emit/outbox/names.ts'
import { BASELINE, type Benchmark, type Context, type Report, type Row } from '../harness/benchmark.ts'
import { runInterleaved } from '../harness/interleave.ts'
import { createRows, type Samples } from '../harness/rows.ts'
import { median } from '../harness/statistics.ts'
import type { Capture } from '../write/captures.ts'
import { createSettings } from '../write/stage.ts'
import { type BulkCaptures, createBulkCaptures } from './captures.ts'
import { measureStatement, type Sample } from './sample.ts'
import {
  createBulkTable,
  fillTable,
  type Kind,
  KINDS,
  type Place,
  PLACE_TITLES,
  PLACES,
} from './statements.ts'
import { ADDED_WAL, describeSize, listTargets } from './targets.ts'

export const bulk: Benchmark = {
  name: 'bulk',
  summary: 'What triggers cost a statement that changes many rows, against a table without trigger.',
  run: runBulk,
}

const SIZES = [1_000, 10_000, 100_000]
const LARGEST = 100_000

async function runBulk(context: Context): Promise<Report> {
  const { quick, signal, progress } = context
  progress('starting')
  const captures = await createBulkCaptures()
  const tables = [...new Set([...captures.all, ...captures.keys])]
  const samples: Samples[] = []
  let postgresql = ''
  for (const place of quick ? PLACES.slice(0, 1) : PLACES) {
    await using server = await startPostgres({ settings: createSettings(false), signal })
    postgresql = server.version
    const client = new Client({ connectionString: server.connectionString })
    client.on('error', () => {})
    await client.connect()
    try {
      for (const { table, install } of tables) {
        await client.query(createBulkTable(table, place))
        if (install !== '') await client.query(install)
      }
      for (const size of quick ? SIZES.slice(0, 2) : SIZES) {
        for (const kind of KINDS.filter((kind) => kind !== 'keys' || size === LARGEST)) {
          const measured = await measureKind(client, captures, { size, kind, place }, context)
          samples.push(...listSamples(PLACE_TITLES[place], describeSize(size, kind), measured))
        }
      }
    } finally {
      await client.end()
    }
  }
  const rows: readonly Row[] = createRows('backend ms', samples)
  return { rows, absent: [], targets: listTargets(rows), notes: NOTES, postgresql }
}

async function measureKind(
  client: Client,
  captures: BulkCaptures,
  { size, kind, place }: { readonly size: number; readonly kind: Kind; readonly place: Place },
  { quick, signal, progress }: Context,
): Promise<ReadonlyMap<Capture, readonly Sample[]>> {
  const variants = kind === 'keys' ? captures.keys : captures.all
  progress(`${describeSize(size, kind)}: filling`)
  for (const { table } of variants) {
    for (const statement of fillTable(table, size, kind)) await client.query(statement)
  }
  for (const table of OUTBOX_TABLES) await client.query(`TRUNCATE stalemate.${table}`)
  await client.query('CHECKPOINT')
  return await runInterleaved({
    variants,
    warmups: 1,
    // A statement of 1,000 rows takes some milliseconds: what disturbs it has to be outnumbered.
    rounds: quick ? 5 : size < 10_000 ? 25 : 7,
    measure: ({ table }) => measureStatement(client, table, kind, place),
    progress: ({ name }, round) =>
      progress(`${describeSize(size, kind)}: ${round === 0 ? 'warming up' : `round ${round}`}, ${name}`),
    signal,
  })
}

function listSamples(
  table: string,
  group: string,
  measured: ReadonlyMap<Capture, readonly Sample[]>,
): readonly Samples[] {
  const figures = [...measured].map(([{ name }, samples]) => ({
    name,
    values: samples.map(({ processor }) => processor),
    elapsed: median(samples.map(({ elapsed }) => elapsed)),
    wal: median(samples.map(({ wal }) => wal)),
  }))
  const baseline = figures.find(({ name }) => name === BASELINE)
  return figures.map(({ name, values, elapsed, wal }) => ({
    name,
    table,
    group,
    values,
    details: {
      'elapsed ms': elapsed,
      [ADDED_WAL]: baseline === undefined || name === BASELINE ? '' : (wal - baseline.wal) / 1024,
    },
  }))
}

const NOTES = [
  'One session updates all rows of a table in one statement, after some on one to three rows: what they had planned has to do for many. Full pages are vacuumed before, after which a session plans its queries anew: about 1 ms. fsync is off: a commit is a small part of such a statement.',
  "The figure is processor time of the session's backend by the kernel's count, which other work on the machine disturbs less than the clock. `elapsed ms` is the clock.",
  '`empty trigger`: a statement trigger with both transition tables whose function returns at once. No trigger that sees both versions of the rows costs less. `row trigger + WAL message`: the least that a trigger of single rows can do for the same rule; it tells a key as often as there are rows.',
  'Rows of 100 bytes in memory, the cheapest update there is: a wider row, a trigger of the application, a foreign key or a disk makes each ratio milder.',
  'All keys distinct: there are more than `max-keys` (1,000), so the whole cache is made wrong. Told one by one: `max-keys` is raised; past 1 MiB (some 26,000 UUIDs) a message gives way to the whole cache all the same.',
] as const
