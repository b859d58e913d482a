import { setTimeout } from 'node:timers/promises'
import { Client } from 'pg'
import { serveTasks } from '../harness/worker.ts'
import { createStatement, createValues, type Operation } from './operations.ts'

export type WriterConfig = {
  readonly connectionString: string
  /** Numbers of the clients that live in this process. */
  readonly clients: readonly number[]
}

/** Write with the clients below `clients` for so many milliseconds, or tell the backends' process ids. */
export type WriterTask =
  | { readonly kind: 'backends' }
  | {
      readonly kind: 'write'
      readonly operation: Operation
      readonly table: string
      readonly clients: number
      readonly duration: number
    }

export type WriterResult = {
  readonly backends: readonly number[]
  readonly transactions: number
  /** Milliseconds. */
  readonly elapsed: number
}

export type WriterJob = {
  readonly config: WriterConfig
  readonly task: WriterTask
  readonly result: WriterResult
}

type Session = { readonly number: number; readonly client: Client }

serveTasks<WriterJob>(async ({ connectionString, clients }) => {
  const sessions: Session[] = []
  for (const number of clients) {
    const client = new Client({ connectionString, application_name: `writer ${number}` })
    await client.connect()
    sessions.push({ number, client })
  }
  return async (task) => {
    if (task.kind === 'write') return await write(sessions, task)
    return {
      backends: sessions.map(({ client }) => (client as unknown as { processID: number }).processID),
      transactions: 0,
      elapsed: 0,
    }
  }
})

async function write(
  sessions: readonly Session[],
  { operation, table, clients, duration }: Extract<WriterTask, { kind: 'write' }>,
): Promise<WriterResult> {
  const statement = createStatement(operation, table)
  const active = sessions.filter(({ number }) => number < clients)
  let transactions = 0
  const state = { isOver: false }
  const runClient = async ({ number, client }: Session): Promise<void> => {
    const values = createValues(operation, number).map((value) => [value])
    for (let turn = 0; !state.isOver; turn += 1) {
      await client.query({ ...statement, values: values[turn % values.length] as string[] })
      if (!state.isOver) transactions += 1
    }
  }
  const began = performance.now()
  const running = Promise.all(active.map(runClient))
  if (active.length > 0) await Promise.race([setTimeout(duration), running])
  state.isOver = true
  const elapsed = performance.now() - began
  await running
  return { backends: [], transactions, elapsed }
}
