import { setTimeout as pause } from 'node:timers/promises'
import type { Client } from 'pg'
import type { EmbeddedPostgres } from '../../src/embedded/postgres.ts'
import type { FeedName } from '../../src/manifest/manifest.ts'
import type { Proxy } from '../helpers/proxy.ts'
import type { ReaderRequest } from './messages.ts'
import type { Timing } from './timing.ts'

/** What a fault can lay hands on. */
export type Scene = {
  readonly feed: FeedName
  readonly server: EmbeddedPostgres
  /** Between the runtime and the server. */
  readonly proxy: Proxy
  readonly timing: Timing
  /** Runs with a superuser's connection of its own. */
  readonly asAdmin: <T>(use: (client: Client) => Promise<T>) => Promise<T>
  readonly reader: {
    readonly send: (request: ReaderRequest) => void
    readonly signal: (name: 'SIGSTOP' | 'SIGCONT') => void
    /** Ends the process and starts another one. */
    readonly kill: () => Promise<void>
  }
}

export type Fault = {
  readonly name: string
  /** Does it and undoes it. */
  readonly run: (scene: Scene) => Promise<void>
  /** All feeds unless given. */
  readonly feeds?: readonly FeedName[]
}

const query = (text: string) => async (client: Client) => await client.query(text)

const TERMINATE = `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name LIKE 'stalemate%'`

/** Settings of the server while `during` runs. */
async function withSetting(
  { asAdmin }: Scene,
  name: string,
  value: string,
  during: () => Promise<unknown>,
): Promise<void> {
  const apply = async (change: string): Promise<void> =>
    await asAdmin(async (client) => {
      // Changes of the configuration are written to no transaction, and must not wait for a standby.
      await client.query('SET synchronous_commit = off')
      await client.query(change)
      await client.query('SELECT pg_reload_conf()')
    })
  await apply(`ALTER SYSTEM SET ${name} = '${value}'`)
  try {
    await during()
  } finally {
    await apply(`ALTER SYSTEM RESET ${name}`)
  }
}

/** Locks tables against everybody for a while. */
async function lock({ asAdmin, timing }: Scene, tables: string): Promise<void> {
  await asAdmin(async (client) => {
    await client.query('SET lock_timeout = 0')
    await client.query(`BEGIN; LOCK TABLE ${tables} IN ACCESS EXCLUSIVE MODE`)
    await pause(timing.outage)
    await client.query('ROLLBACK')
  })
}

/** So many transactions pass that writers go on to another table of the outbox; then what all have is removed. */
const ROTATE = 'DO $$ BEGIN FOR i IN 1..65536 LOOP PERFORM pg_current_xact_id(); COMMIT; END LOOP; END $$'
async function rotate(client: Client): Promise<void> {
  await client.query('SET synchronous_commit = off')
  await client.query(ROTATE)
}

/** Empties a table of the outbox: as soon as the last transaction that has written to it has ended. */
async function trim({ asAdmin, timing }: Scene): Promise<void> {
  const deadline = performance.now() + 2 * timing.open('outbox') + TRIM_PATIENCE
  await asAdmin(async (client) => {
    for (;;) {
      const { rows } = await client.query<{ trimmed: number }>('SELECT stalemate.trim_v1() AS trimmed')
      if ((rows[0]?.trimmed ?? 0) > 0) return
      if (performance.now() > deadline) throw new Error('The outbox could not be trimmed.')
      await pause(20)
    }
  })
}
const TRIM_PATIENCE = 30_000

const OUTBOX_TABLES = 'stalemate.outbox_0, stalemate.outbox_1, stalemate.outbox_2, stalemate.readers'

/** All that can happen to a runtime and its server. */
export const FAULTS: readonly Fault[] = [
  { name: 'backend terminated', run: async ({ asAdmin }) => void (await asAdmin(query(TERMINATE))) },
  { name: 'connection cut', run: async ({ proxy }) => await Promise.resolve(proxy.cut()) },
  {
    name: 'network gone',
    run: async ({ proxy, timing }) => {
      proxy.refuse(true)
      proxy.cut()
      await pause(timing.outage)
      proxy.refuse(false)
    },
  },
  {
    name: 'network slow',
    run: async ({ proxy, timing }) => {
      proxy.delay(60)
      await pause(timing.outage)
      proxy.delay(0)
    },
  },
  {
    name: 'network half-open',
    run: async ({ proxy, timing }) => {
      proxy.pause()
      await pause(timing.options.maxSilence + timing.outage)
      proxy.resume()
    },
  },
  { name: 'server restarted, fast', run: async ({ server }) => await server.restart('fast') },
  { name: 'server restarted, immediate', run: async ({ server }) => await server.restart('immediate') },
  { name: 'runtime killed', run: async ({ reader }) => await reader.kill() },
  {
    name: 'runtime stopped',
    run: async ({ reader, timing }) => {
      reader.signal('SIGSTOP')
      await pause(timing.stop)
      reader.signal('SIGCONT')
    },
  },
  {
    name: 'clocks jump',
    run: async ({ reader }) => {
      reader.send({ kind: 'jump', ms: 3_600_000 })
      await pause(50)
      reader.send({ kind: 'jump', ms: -3_600_000 })
    },
  },
  {
    name: 'synchronous standby missing',
    run: async (scene) =>
      await withSetting(scene, 'synchronous_standby_names', 'nobody', () => pause(scene.timing.outage)),
  },
  {
    name: 'lock timeout',
    run: async (scene) => {
      const tables = scene.feed === 'outbox' ? OUTBOX_TABLES : 'owners'
      await withSetting(scene, 'lock_timeout', '100ms', () => lock(scene, tables))
    },
  },
  {
    name: 'lock held',
    run: async (scene) => await lock(scene, scene.feed === 'outbox' ? 'stalemate.readers' : 'owners'),
  },
  {
    name: 'slot dropped',
    feeds: ['wal'],
    run: async ({ asAdmin }) => {
      await asAdmin(query('SELECT pg_terminate_backend(active_pid, 5000) FROM pg_replication_slots'))
    },
  },
  {
    name: 'outbox trimmed',
    feeds: ['outbox'],
    run: async (scene) => {
      const { asAdmin, proxy } = scene
      proxy.refuse(true)
      proxy.cut()
      await asAdmin(rotate)
      await asAdmin(query(`UPDATE stalemate.readers SET until = clock_timestamp()`))
      await trim(scene)
      proxy.refuse(false)
    },
  },
  {
    name: 'outbox rotated',
    feeds: ['outbox'],
    run: async (scene) => {
      await scene.asAdmin(rotate)
      await trim(scene)
    },
  },
]
