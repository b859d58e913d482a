import { Client } from 'pg'
import { createStalemate, type Manifest } from '../../src/index.ts'
import { serveTasks } from '../harness/worker.ts'
import { COMMON_CHANNEL } from './captures.ts'

export type ReaderConfig = { readonly connectionString: string; readonly manifest: Manifest }

/** What has arrived since the start. */
export type Received = { readonly changes: number; readonly notifications: number }

export type ReaderJob = {
  readonly config: ReaderConfig
  readonly task: 'count'
  readonly result: Received
}

serveTasks<ReaderJob>(async ({ connectionString, manifest }) => {
  const app = await createStalemate({
    manifest,
    connection: { connectionString },
    loaders: { dashboard: () => ({}) },
  })
  await app.ready
  const listener = new Client({ connectionString, application_name: 'listener' })
  await listener.connect()
  let notifications = 0
  listener.on('notification', ({ payload }) => {
    JSON.parse(payload ?? '')
    notifications += 1
  })
  await listener.query(`LISTEN ${COMMON_CHANNEL}`)
  return async () => {
    await app.sync()
    await listener.query('SELECT 1')
    return { changes: app.stats().changes, notifications }
  }
})
