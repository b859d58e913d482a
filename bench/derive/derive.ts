import { Client } from 'pg'
import { askQuery } from '../../src/derive/ask-query.ts'
import { formatLock } from '../../src/derive/lock-file.ts'
import type { LockedQuery } from '../../src/derive/lock.ts'
import { startPostgres } from '../../src/embedded/postgres.ts'
import { loadParser } from '../../src/sql/load-parser.ts'
import { BASELINE, type Benchmark, type Context, type Report } from '../harness/benchmark.ts'
import { runInterleaved } from '../harness/interleave.ts'
import { createRows, createTarget } from '../harness/rows.ts'
import { median } from '../harness/statistics.ts'
import { startWorker } from '../harness/worker.ts'
import { BENCH_QUERIES, BENCH_SCHEMA } from './queries.ts'
import type { DeriveJob } from './worker.ts'

export const derive: Benchmark = {
  name: 'derive',
  summary: 'Deriving the watches of a query from the lock file.',
  run: runDerive,
}

const TASKS = ['parse', 'derive', 'derive, the first time in the process'] as const

async function runDerive({ quick, signal, progress }: Context): Promise<Report> {
  progress('asking PostgreSQL what the queries mean')
  const asked = await askAll(signal)
  const queries = [...asked.values()].sort((a, b) => (a.hash < b.hash ? -1 : 1))
  const params = Object.fromEntries([...asked].map(([name, { hash }]) => [hash, BENCH_QUERIES[name]?.params ?? []])) // prettier-ignore
  const config = { lock: formatLock(queries), params }
  const url = new URL('./worker.js', import.meta.url)
  const samples = await runInterleaved({
    variants: TASKS.map((task) => ({ task })),
    warmups: 1,
    rounds: quick ? 1 : 7,
    measure: async ({ task }) => {
      await using worker = await startWorker<DeriveJob>(url, config, signal)
      return await worker.run(task)
    },
    progress: ({ task }, round) => progress(`${round === 0 ? 'warming up' : `round ${round}`}: ${task}`),
    signal,
  })
  const measured = [...samples].flatMap(([{ task }, rounds]) =>
    [...asked].map(([name, { hash }]) => {
      const place = queries.findIndex((query) => query.hash === hash)
      return { task, table: name, values: rounds.map((times) => times[place] ?? Number.NaN) }
    }),
  )
  const rows = createRows(
    'ms',
    measured.map(({ task, table, values }) => ({ name: task === 'parse' ? BASELINE : task, table, values })),
  )
  const targets = measured
    .filter(({ task }) => task === 'derive')
    .map(({ table, values }) => createTarget(table, 'at most', 20, median(values), 'ms'))
  return { rows, absent: [], targets, notes: NOTES }
}

async function askAll(signal: AbortSignal): Promise<ReadonlyMap<string, LockedQuery>> {
  await using server = await startPostgres({ signal })
  const client = new Client({ connectionString: server.connectionString })
  client.on('error', () => {})
  await client.connect()
  try {
    await client.query(BENCH_SCHEMA)
    const parser = await loadParser()
    const found = new Map<string, LockedQuery>()
    for (const [name, query] of Object.entries(BENCH_QUERIES)) {
      const ask = (text: string, values?: readonly unknown[]) => client.query(text, values && [...values])
      const answer = await askQuery(ask, query, parser)
      if (!('hash' in answer)) throw new Error(`${name}: ${answer.message}`)
      found.set(name, answer)
    }
    return found
  } finally {
    await client.end()
  }
}

const NOTES = [
  'Times are of the processor. PostgreSQL is asked once before, outside of them. Each round has a process of its own; a query is derived once in it after all of them were derived ten times, or the first time in the process, in the order of the lock file, when nothing is compiled yet.',
  'Baseline: the parser alone, on the text that the server printed.',
] as const
