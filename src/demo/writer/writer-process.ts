import { Client } from 'pg'
import { now } from '../clock.ts'
import { createRandom } from '../random.ts'
import { createDealer } from './deal.ts'
import type { Request, Response, Written } from './message.ts'
import type { Statement } from './statement.ts'

// Ctrl-C reaches every process of the terminal; this one ends when its parent lets go of it.
process.on('SIGINT', () => {})
process.on('disconnect', () => process.exit())

let write: (count: number, wish?: Request & { kind: 'write' }) => Promise<Written[]>

async function start({ connectionString, seed, hot }: Request & { kind: 'start' }): Promise<void> {
  const client = new Client({ connectionString, application_name: 'writer' })
  // A statement that waits for the lost connection fails by itself.
  client.on('error', () => {})
  await client.connect()
  const deal = createDealer(
    createRandom(seed),
    async (text, values) => {
      const { rows } = await client.query({ text, values: [...values], rowMode: 'array' })
      return rows[0]?.[0] as string | undefined
    },
    hot,
  )
  const commit = async (statement: Statement): Promise<Written> => {
    await client.query('BEGIN')
    await client.query(statement.text, [...statement.values])
    const begunAt = now()
    await client.query('COMMIT')
    return { statement, begunAt, returnedAt: now() }
  }
  write = async (count, request) => {
    const written: Written[] = []
    while (written.length < count) written.push(await commit(await deal(request?.wish)))
    return written
  }
}

async function answer(request: Request): Promise<Response> {
  switch (request.kind) {
    case 'start':
      await start(request)
      return { kind: 'started' }
    case 'write':
      return { kind: 'written', written: await write(1, request) }
    case 'burst':
      return { kind: 'written', written: await write(request.count) }
  }
}

process.on('message', (request: Request) => {
  answer(request).then(
    (response) => process.send?.(response),
    (error: unknown) => process.send?.({ kind: 'failed', message: String(error) } satisfies Response),
  )
})
