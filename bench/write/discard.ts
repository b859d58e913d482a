import { setTimeout } from 'node:timers/promises'
import { Client } from 'pg'
import { openClient } from '../../src/feed/open-client.ts'
import { outboxQueries } from '../../src/feed/outbox-queries.ts'
import { startCommand } from '../../src/feed/wal-slot.ts'
import type { Manifest } from '../../src/index.ts'

/** Gives what ends listening, and how much was heard. */
export type Listen = (connectionString: string) => Promise<() => Promise<number>>

/** Milliseconds between two reads: as seldom as a feed that is flooded. */
const LOG_PAUSE = 10
const OUTBOX_PAUSE = 20

/** Reads the log as a feed does, and looks at nothing that comes. */
export function discardLog({ channel }: Manifest): Listen {
  return async (connectionString) => {
    const { client, pause, resume, destroy } = await openClient({
      config: { connectionString, replication: 'database' },
      connectTimeout: 10_000,
      lost: () => {},
      signal: new AbortController().signal,
    })
    await client.query(`CREATE_REPLICATION_SLOT "discarded" TEMPORARY LOGICAL pgoutput (SNAPSHOT 'nothing')`)
    const { connection } = client as unknown as { readonly connection: RawConnection }
    let bytes = 0
    connection.stream.removeAllListeners('data')
    connection.stream.on('data', ({ length }) => {
      bytes += length
      pause()
      void setTimeout(LOG_PAUSE).then(resume)
    })
    connection.query(startCommand('discarded', channel))
    return async () => {
      destroy()
      return await Promise.resolve(bytes)
    }
  }
}

/** The slice of node-postgres's connection that is read past its parser. */
type RawConnection = {
  readonly query: (text: string) => void
  readonly stream: {
    readonly removeAllListeners: (event: 'data') => void
    readonly on: (event: 'data', listener: (chunk: Buffer) => void) => void
  }
}

/** Looks at the outbox as a feed does, and reads no message. */
export function discardOutbox({ channel }: Manifest): Listen {
  return async (connectionString) => {
    const client = new Client({ connectionString, application_name: 'discards' })
    await client.connect()
    const session = {
      query: async (text: string, values: readonly unknown[] = [], name?: string) =>
        await client.query({
          text,
          ...(values.length > 0 && { values: [...values] }),
          ...(name !== undefined && { name }),
        }),
      destroy: () => {},
    }
    const queries = outboxQueries(channel)
    const { server } = await queries.arrive(session, undefined)
    const position = await queries.register(session, server, 60_000)
    let { snapshot } = position
    let messages = 0
    const end = new AbortController()
    const look = async (): Promise<void> => {
      const batch = await queries.poll(session, { ...position, snapshot }, undefined)
      messages += batch.messages.length
      snapshot = batch.snapshot
      await setTimeout(OUTBOX_PAUSE)
      if (!end.signal.aborted) await look()
    }
    const looking = look()
    return async () => {
      end.abort()
      await looking
      await queries.leave(session, position)
      await client.end()
      return messages
    }
  }
}
