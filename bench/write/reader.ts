import { Client } from 'pg'
import { createStalemate, type Manifest } from '../../src/index.ts'
import { serveTasks } from '../harness/worker.ts'
import { COMMON_CHANNEL } from './captures.ts'
import { discardLog, discardOutbox, type Listen } from './discard.ts'

export type ReaderConfig = { readonly connectionString: string }

/**
 * Listen for one capture, a bare session where it has no manifest, and tell this process's id; or leave, and tell how much was
 * heard. What is discarded is read as cheaply as it can be, and thrown away.
 */
export type ReaderTask = { readonly manifest: Manifest | undefined; readonly discards: boolean } | 'leave'

export type ReaderJob = {
  readonly config: ReaderConfig
  readonly task: ReaderTask
  readonly result: number
}

serveTasks<ReaderJob>(async ({ connectionString }) => {
  let leave: (() => Promise<number>) | undefined
  return await Promise.resolve(async (task) => {
    if (task === 'leave') return (await leave?.()) ?? 0
    leave = await chooseListener(task)(connectionString)
    return process.pid
  })
})

function chooseListener({ manifest, discards }: Exclude<ReaderTask, 'leave'>): Listen {
  if (manifest === undefined) return listenBare
  if (!discards) return listenWith(manifest)
  return manifest.feed === 'wal' ? discardLog(manifest) : discardOutbox(manifest)
}

function listenWith(manifest: Manifest): Listen {
  return async (connectionString) => {
    const loaders = Object.fromEntries(Object.keys(manifest.caches).map((name) => [name, () => ({})]))
    const app = await createStalemate({ manifest, connection: { connectionString }, loaders })
    await app.ready
    return async () => {
      await app.sync()
      const { changes } = app.stats()
      await app.close()
      return changes
    }
  }
}

const listenBare: Listen = async (connectionString) => {
  const listener = new Client({ connectionString, application_name: 'listener' })
  await listener.connect()
  let notifications = 0
  listener.on('notification', ({ payload }) => {
    JSON.parse(payload ?? '')
    notifications += 1
  })
  await listener.query(`LISTEN ${COMMON_CHANNEL}`)
  return async () => {
    await listener.query('SELECT 1')
    await listener.end()
    return notifications
  }
}
