import { Client } from 'pg'
import { type EmbeddedPostgres, startPostgres } from '../../src/embedded/postgres.ts'
import { OUTBOX_TABLES } from '../../src/emit/outbox/names.ts'
import { startWorker, stopAll, type Worker } from '../harness/worker.ts'
import type { Capture } from './captures.ts'
import type { Case } from './cases.ts'
import { createTable, MAX_CLIENTS, resetTable } from './operations.ts'
import { readProcessorTime } from './processor.ts'
import type { WriterJob, WriterTask } from './writer.ts'

/** What one round showed. */
export type Sample = {
  /** Transactions a second. */
  readonly rate: number
  /** Microseconds of processor time of the writers' backends for each transaction. */
  readonly processor: number | undefined
  /** The same of the reader, where there is one, and of the backends that serve it. */
  readonly reader: number | undefined
  readonly served: number | undefined
}

const PROCESSES = 4

/** A server with the table of every capture, and the processes that write to it. */
export class Stage implements AsyncDisposable {
  readonly server: EmbeddedPostgres
  readonly #admin: Client
  readonly #captures: readonly Capture[]
  readonly #writers: readonly Worker<WriterJob>[]
  readonly #backends: readonly number[]

  private constructor(
    server: EmbeddedPostgres,
    admin: Client,
    captures: readonly Capture[],
    writers: readonly Worker<WriterJob>[],
    backends: readonly number[],
  ) {
    this.server = server
    this.#admin = admin
    this.#captures = captures
    this.#writers = writers
    this.#backends = backends
  }

  static async open(isSynced: boolean, captures: readonly Capture[], signal: AbortSignal): Promise<Stage> {
    const server = await startPostgres({ settings: createSettings(isSynced), signal })
    const { connectionString } = server
    const opened: AsyncDisposable[] = [server]
    try {
      const admin = new Client({ connectionString })
      admin.on('error', () => {})
      await admin.connect()
      for (const { table, install } of captures) {
        await admin.query(createTable(table))
        if (install !== '') await admin.query(install)
      }
      const writers: Worker<WriterJob>[] = []
      for (let process = 0; process < PROCESSES; process += 1) {
        const clients = Array.from(
          { length: MAX_CLIENTS / PROCESSES },
          (_, index) => index * PROCESSES + process,
        )
        const url = new URL('./writer.js', import.meta.url)
        const config = { connectionString, clients }
        const writer = await startWorker<WriterJob>(url, config, signal)
        opened.push(writer)
        writers.push(writer)
      }
      const answers = await Promise.all(writers.map((writer) => writer.run({ kind: 'backends' })))
      const backends = answers.flatMap((answer) => answer.backends)
      return new Stage(server, admin, captures, writers, backends)
    } catch (error) {
      await stopAll(opened.reverse())
      throw error
    }
  }

  /** Brings every table back to its start. */
  async reset(): Promise<void> {
    for (const { table } of this.#captures) {
      for (const statement of resetTable(table)) await this.#admin.query(statement)
    }
    // So that no measurement bears what those before it have left.
    for (const table of OUTBOX_TABLES) await this.#admin.query(`TRUNCATE stalemate.${table}`)
    await this.#admin.query('CHECKPOINT')
  }

  /** @param reader the process that reads meanwhile */
  async measure(
    { operation, clients }: Case,
    { table }: Capture,
    duration: number,
    reader?: number,
  ): Promise<Sample> {
    const task: WriterTask = { kind: 'write', operation, table, clients, duration }
    const groups = [this.#backends, reader === undefined ? [] : [reader], await this.#listServing()]
    const before = groups.map(readProcessorTime)
    const results = await Promise.all(this.#writers.map((writer) => writer.run(task)))
    const after = groups.map(readProcessorTime)
    const active = results.filter(({ transactions }) => transactions > 0)
    const transactions = active.reduce((sum, result) => sum + result.transactions, 0)
    const rate = active.reduce((sum, result) => sum + (result.transactions * 1000) / result.elapsed, 0)
    const [processor, own, served] = groups.map((group, index) => {
      const [began, ended] = [before[index], after[index]]
      const isTold = group.length > 0 && began !== undefined && ended !== undefined
      return isTold ? (ended - began) / transactions / 1000 : undefined
    })
    return { rate, processor, reader: own, served }
  }

  /** The backends that are neither the writers' nor the administrator's. */
  async #listServing(): Promise<readonly number[]> {
    const { rows } = await this.#admin.query<{ readonly pid: number }>(
      `SELECT pid FROM pg_stat_activity WHERE backend_type IN ('client backend', 'walsender') AND pid <> pg_backend_pid()`,
    )
    return rows.map(({ pid }) => pid).filter((pid) => !this.#backends.includes(pid))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await stopAll([...this.#writers, { [Symbol.asyncDispose]: () => this.#admin.end() }])
    await this.server.stop()
  }
}

/** What a careful administrator would set, and nothing that runs in the background when it likes. */
export function createSettings(isSynced: boolean): Readonly<Record<string, string>> {
  return {
    fsync: isSynced ? 'on' : 'off',
    full_page_writes: isSynced ? 'on' : 'off',
    synchronous_commit: 'on',
    wal_level: 'logical',
    max_prepared_transactions: '0',
    shared_buffers: '256MB',
    max_wal_size: '8GB',
    checkpoint_timeout: '1h',
    autovacuum: 'off',
  }
}
