import { parentPort } from 'node:worker_threads'
import { renderNext, type TriggerBodies } from '../emit/trigger/render-bodies.ts'
import type { Plan } from '../plan/plan.ts'

/** What the other thread asks for: the bodies of tables that nobody has taken yet. */
export type BodiesRequest = { readonly plan: Plan; readonly taken: Int32Array }

/** Bodies of some tables, or that there are no more. */
export type BodiesReply = TriggerBodies | 'end'

parentPort?.once('message', ({ plan, taken }: BodiesRequest) => {
  const reply = (message: BodiesReply): void => parentPort?.postMessage(message, [])
  for (let next = renderNext(plan, taken); next !== undefined; next = renderNext(plan, taken)) reply(next)
  reply('end')
})
