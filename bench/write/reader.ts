import { Client } from 'pg'
import { createStalemate, type Manifest } from '../../src/index.ts'
import { serveTasks } from '../harness/worker.ts'
import { COMMON_CHANNEL } from './captures.ts'

export type ReaderConfig = { readonly connectionString: string; readonly manifests: readonly Manifest[] }

/** What has arrived since the start. */
export type Received = { readonly changes: readonly number[]; readonly notifications: number }

export type ReaderJob = {
  readonly config: ReaderConfig
  readonly task: 'count'
  readonly result: Received
}

serveTasks<ReaderJob>(async ({ connectionString, manifests }) => {
  const apps = await Promise.all(
    manifests.map((manifest) =>
      createStalemate({ manifest, connection: { connectionString }, loaders: { dashboard: () => ({}) } }),
    ),
  )
  await Promise.all(apps.map((app) => app.ready))
  const listener = new Client({ connectionString, application_name: 'listener' })
  await listener.connect()
  let notifications = 0
  listener.on('notification', ({ payload }) => {
    JSON.parse(payload ?? '')
    notifications += 1
  })
  await listener.query(`LISTEN ${COMMON_CHANNEL}`)
  return async () => {
    await Promise.all(apps.map((app) => app.sync()))
    await listener.query('SELECT 1')
    return { changes: apps.map((app) => app.stats().changes), notifications }
  }
})
