import { Worker } from 'node:worker_threads'
import { renderNext, renderRest, type TriggerBodies } from '../emit/trigger/render-bodies.ts'
import type { Plan } from '../plan/plan.ts'
import type { BodiesReply, BodiesRequest } from './body-worker.ts'

/** A second thread, beside the one that has it. */
export type Together = Disposable & {
  /** Renders the bodies of a plan's triggers by both; once. */
  readonly render: (plan: Plan) => Promise<TriggerBodies>
}

const WORKER = new URL('./body-worker.js', import.meta.url)

/**
 * Starts a second thread, which is ready by the time that there is a plan. Both take some tables at a time until there are
 * no more, so that neither waits long for the other. Where the second fails, the first renders what is missing.
 */
export function renderTogether(file = WORKER): Together {
  const worker = new Worker(file)
  const bodies = new Map<string, string>()
  const ended = new Promise<void>((resolve) => {
    worker.on('message', (reply: BodiesReply) => {
      if (reply === 'end') resolve()
      else for (const [name, body] of reply) bodies.set(name, body)
    })
    // An error ends it too.
    worker.on('error', () => {})
    worker.on('exit', () => resolve())
  })
  return {
    render: async (plan) => {
      const taken = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
      worker.postMessage({ plan, taken } satisfies BodiesRequest, [])
      for (let next = renderNext(plan, taken); next !== undefined; next = renderNext(plan, taken))
        for (const [name, body] of next) bodies.set(name, body)
      await ended
      return renderRest(plan, bodies)
    },
    [Symbol.dispose]: () => void worker.terminate(),
  }
}
