import { setTimeout } from 'node:timers/promises'
import { createStalemate, type Manifest } from '../../src/index.ts'
import { serveTasks } from '../harness/worker.ts'
import { readTime } from '../latency/time.ts'

export type ReaderJob = {
  readonly config: { readonly connectionString: string; readonly manifest: Manifest }
  /** Begins to count, or waits until so many changes have been applied. */
  readonly task: { readonly kind: 'forget' } | { readonly kind: 'await'; readonly changes: number }
  /** When the last one was applied; `undefined` when they did not come. */
  readonly result: number | undefined
}

/** Milliseconds for which what was sent may be on its way. */
const PATIENCE = 60_000

serveTasks<ReaderJob>(async ({ connectionString, manifest }) => {
  const app = await createStalemate({
    manifest,
    connection: { connectionString },
    loaders: { dashboard: () => ({}) },
  })
  let changes = 0
  let at = 0
  app.on('change', () => {
    changes += 1
    at = readTime()
  })
  await app.ready
  return async (task) => {
    if (task.kind === 'forget') {
      changes = 0
      return undefined
    }
    const end = readTime() + PATIENCE
    while (changes < task.changes && readTime() < end) await setTimeout(5)
    return changes < task.changes ? undefined : at
  }
})
