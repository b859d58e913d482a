import { createStalemate, type Manifest } from '../../src/index.ts'
import { serveTasks } from '../harness/worker.ts'

export type ReaderJob = {
  readonly config: { readonly connectionString: string; readonly manifest: Manifest }
  /** Waits until so many keys have been applied since the task before. */
  readonly task: number
  /** Milliseconds from the first of them to the last. */
  readonly result: number
}

/** Milliseconds for writing a backlog and reading it. */
const PATIENCE = 120_000

serveTasks<ReaderJob>(async ({ connectionString, manifest }) => {
  const app = await createStalemate({
    manifest,
    connection: { connectionString },
    loaders: { dashboard: () => ({}) },
  })
  let applied = 0
  let began = 0
  let wanted = Number.POSITIVE_INFINITY
  let finish = (_elapsed: number): void => {}
  app.on('change', ({ change }) => {
    const now = performance.now()
    if (applied === 0) began = now
    for (const target of change.targets) if (target.kind === 'bindings') applied += target.values.length
    if (applied >= wanted) finish(now - began)
  })
  await app.ready
  return async (count) => {
    const elapsed = await new Promise<number>((resolve, reject) => {
      wanted = count
      finish = resolve
      setTimeout(() => reject(new Error(`Of ${count} keys ${applied} came.`)), PATIENCE).unref()
      if (applied >= wanted) resolve(performance.now() - began)
    })
    applied = 0
    wanted = Number.POSITIVE_INFINITY
    return elapsed
  }
})
