/**
 * What a walsender says. Source: PostgreSQL, "Streaming Replication Protocol" and "Logical Replication Message
 * Formats", protocol version 1.
 */
export type WalEvent =
  /** Nothing of interest lies before this position. */
  | { readonly kind: 'keepalive'; readonly end: bigint; readonly wantsReply: boolean }
  | { readonly kind: 'begin'; readonly xid: number }
  | {
      readonly kind: 'message'
      readonly isTransactional: boolean
      readonly prefix: string
      /** Lies in memory that the next event may overwrite. */
      readonly content: Buffer
    }
  | { readonly kind: 'commit'; readonly end: bigint }
  /** Not asked for, such as the description of a table. */
  | { readonly kind: 'other' }

const XLOG_DATA = 'w'.charCodeAt(0)
const KEEPALIVE = 'k'.charCodeAt(0)
const BEGIN = 'B'.charCodeAt(0)
const MESSAGE = 'M'.charCodeAt(0)
const COMMIT = 'C'.charCodeAt(0)
/** The type, two positions and a time stand before what the plugin wrote. */
const HEAD = 25

/** Reads one chunk of a replication stream. */
export function readWalEvent(chunk: Buffer): WalEvent {
  if (chunk[0] === KEEPALIVE) {
    return { kind: 'keepalive', end: chunk.readBigUInt64BE(1), wantsReply: chunk[17] === 1 }
  }
  if (chunk[0] !== XLOG_DATA) return { kind: 'other' }
  const type = chunk[HEAD]
  if (type === BEGIN) return { kind: 'begin', xid: chunk.readUInt32BE(HEAD + 17) }
  if (type === MESSAGE) return readMessage(chunk)
  if (type === COMMIT) return { kind: 'commit', end: chunk.readBigUInt64BE(HEAD + 10) }
  return { kind: 'other' }
}

function readMessage(chunk: Buffer): WalEvent {
  const isTransactional = chunk[HEAD + 1] === 1
  const prefixAt = HEAD + 10
  const prefixEnd = chunk.indexOf(0, prefixAt)
  const length = chunk.readUInt32BE(prefixEnd + 1)
  const contentAt = prefixEnd + 5
  return {
    kind: 'message',
    isTransactional,
    prefix: chunk.toString('utf8', prefixAt, prefixEnd),
    content: chunk.subarray(contentAt, contentAt + length),
  }
}

/** What a reader says to the walsender: how far it has received, and how far it has applied. */
export function writeStatus(received: bigint, applied: bigint, wantsReply: boolean): Buffer {
  const chunk = Buffer.alloc(34)
  chunk.write('r')
  chunk.writeBigUInt64BE(received, 1)
  chunk.writeBigUInt64BE(applied, 9)
  chunk.writeBigUInt64BE(applied, 17)
  // The reader's clock, which the server only shows; zero says that there is none.
  chunk.writeBigUInt64BE(0n, 25)
  chunk[33] = wantsReply ? 1 : 0
  return chunk
}
