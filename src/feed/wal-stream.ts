import type { Client, Submittable } from 'pg'
import { type ByteStream, type CopyHandlers, readCopy } from './copy-data.ts'
import { type ConnectionConfig, openClient } from './open-client.ts'
import { readWalEvent, writeStatus } from './pgoutput.ts'

/** A message in a transaction; `text` is missing where it is too long to be one of ours. */
export type WalMessage = { readonly prefix: string; readonly text: string | undefined }

/** What a committed transaction said to us; it may not be visible yet. */
export type WalTransaction = {
  /** The lower 32 bits of its id. */
  readonly xid: number
  /** The position behind its commit. */
  readonly end: bigint
  readonly messages: readonly WalMessage[]
}

export type WalHandlers = {
  /** Whether messages with this prefix are kept. */
  readonly wants: (prefix: string) => boolean
  /** Anything has come: so many bytes. */
  readonly heard: (bytes: number) => void
  /** In the order of the commits in the WAL. */
  readonly transaction: (transaction: WalTransaction) => void
  /** Nothing that is wanted and was not handed over lies before this position. */
  readonly passed: (end: bigint, wantsReply: boolean) => void
  /** Called once when the connection ends by itself, and never after `destroy`. */
  readonly lost: (error: Error) => void
}

/** A connection to a walsender. */
export type WalStream = {
  /** Runs one statement, or one command of the replication protocol, before the stream has started. */
  readonly query: (text: string) => Promise<{ readonly rows: readonly Record<string, unknown>[] }>
  /** Turns the connection into a stream; resolves when the server has. */
  readonly start: (command: string) => Promise<void>
  /** Tells the server how far one is. */
  readonly confirm: (received: bigint, applied: bigint, wantsReply: boolean) => void
  /** Nothing more is read before `resume`. */
  readonly pause: () => void
  readonly resume: () => void
  /** Ends the connection at once, also when the other side does not answer. */
  readonly destroy: () => void
}

export type OpenStream = (handlers: WalHandlers, signal: AbortSignal) => Promise<WalStream>

/** The slice of node-postgres's connection that a stream needs. */
type CopyConnection = {
  readonly query: (text: string) => void
  readonly once: (event: 'replicationStart', listener: () => void) => void
  readonly sendCopyFromChunk: (chunk: Buffer) => void
  readonly stream: ByteStream
}

/** Bytes of a message; triggers send less. */
const MAX_BYTES = 2 * 1_048_576

/** Opens replication connections with node-postgres. */
export function streamOpener(config: ConnectionConfig, connectTimeout: number): OpenStream {
  return async (handlers, signal) => {
    const { client, pause, resume, destroy } = await openClient({
      // A stream is one statement that never ends.
      config: { ...config, replication: 'database', pipeline: false, query_timeout: 0, statement_timeout: 0 },
      connectTimeout,
      lost: handlers.lost,
      signal,
    })
    let connection: CopyConnection | undefined
    return {
      query: async (text) => await client.query<Record<string, unknown>>(text),
      start: async (command) => {
        connection = await startCopy(client, command, handlers)
      },
      confirm: (received, applied, wantsReply) =>
        connection?.sendCopyFromChunk(writeStatus(received, applied, wantsReply)),
      pause,
      resume,
      destroy,
    }
  }
}

async function startCopy(client: Client, command: string, handlers: WalHandlers): Promise<CopyConnection> {
  const copyData = createReceiver(handlers)
  return await new Promise((resolve, reject) => {
    const ended = (error: Error): void => {
      reject(error)
      handlers.lost(error)
    }
    const copy: Submittable & Record<string, unknown> = {
      submit: (given) => {
        const connection = given as unknown as CopyConnection
        readCopy(connection.stream, { heard: handlers.heard, copyData })
        connection.once('replicationStart', () => resolve(connection))
        connection.query(command)
      },
      handleError: ended,
      handleCommandComplete: () => ended(new Error('The server has ended the stream.')),
      handleReadyForQuery: () => {},
    }
    client.query(copy)
  })
}

/** Puts transactions together from what the walsender says. */
function createReceiver({ wants, transaction, passed }: WalHandlers): CopyHandlers['copyData'] {
  let open: { readonly xid: number; readonly messages: WalMessage[] } | undefined
  return (bytes, start, end) => {
    const event = readWalEvent(bytes, start, end)
    switch (event.kind) {
      case 'begin':
        open = { xid: event.xid, messages: [] }
        break
      case 'message': {
        // Ours are part of a transaction; another may be of one that is rolled back.
        if (open === undefined || !event.isTransactional || !wants(event.prefix)) break
        const { prefix, contentAt, contentEnd } = event
        const isTooLong = contentEnd - contentAt > MAX_BYTES
        open.messages.push({
          prefix,
          text: isTooLong ? undefined : bytes.toString('utf8', contentAt, contentEnd),
        })
        break
      }
      case 'commit': {
        if (open !== undefined && open.messages.length > 0) {
          transaction({ xid: open.xid, end: event.end, messages: open.messages })
        } else passed(event.end, false)
        open = undefined
        break
      }
      case 'keepalive':
        if (open === undefined) passed(event.end, event.wantsReply)
        break
      case 'other':
    }
  }
}
