import { setTimeout } from 'node:timers/promises'
import { Client } from 'pg'
import { createStalemate, type Manifest } from '../../src/index.ts'
import { serveTasks } from '../harness/worker.ts'
import { COMMON_CHANNEL } from '../write/captures.ts'
import { readTime } from './time.ts'

/** When a user was heard of: what a bare session received, or what a runtime has applied. */
export type Heard = { readonly user: string; readonly at: number }

export type ReaderJob = {
  readonly config: { readonly connectionString: string; readonly manifest: Manifest | undefined }
  /** Waits until so many have come, and hands them over. */
  readonly task: number
  readonly result: readonly Heard[]
}

/** Milliseconds for which what was sent may be on its way. */
const PATIENCE = 10_000

serveTasks<ReaderJob>(async ({ connectionString, manifest }) => {
  let heard: Heard[] = []
  if (manifest === undefined) await listenTo(connectionString, (user) => heard.push({ user, at: readTime() }))
  else {
    await run(connectionString, manifest, (user, at) => heard.push({ user, at }))
  }
  return async (count) => {
    const end = readTime() + PATIENCE
    while (heard.length < count && readTime() < end) await setTimeout(10)
    const all = heard
    heard = []
    return all
  }
})

async function listenTo(connectionString: string, tell: (user: string) => void): Promise<void> {
  const client = new Client({ connectionString, application_name: 'listener' })
  await client.connect()
  client.on('notification', ({ payload }) => tell((JSON.parse(payload ?? '') as { user_id: string }).user_id))
  await client.query(`LISTEN ${COMMON_CHANNEL}`)
}

async function run(
  connectionString: string,
  manifest: Manifest,
  tell: (user: string, at: number) => void,
): Promise<void> {
  const app = await createStalemate({
    manifest,
    connection: { connectionString },
    loaders: { dashboard: () => ({}) },
  })
  app.on('change', ({ change }) => {
    const at = readTime()
    for (const target of change.targets) {
      if (target.kind === 'bindings') for (const user of target.values) tell(user, at)
    }
  })
  await app.ready
}
