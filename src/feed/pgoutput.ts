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
      /** Where in the bytes that were read the text begins, and where it ends. */
      readonly contentAt: number
      readonly contentEnd: number
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

/** Reads one chunk of a replication stream, which lies in `bytes` from `start` to `end`. */
export function readWalEvent(bytes: Buffer, start: number, end: number): WalEvent {
  if (bytes[start] === KEEPALIVE) {
    return { kind: 'keepalive', end: bytes.readBigUInt64BE(start + 1), wantsReply: bytes[start + 17] === 1 }
  }
  if (bytes[start] !== XLOG_DATA || end - start <= HEAD) return OTHER
  const at = start + HEAD
  const type = bytes[at]
  if (type === BEGIN) return { kind: 'begin', xid: bytes.readUInt32BE(at + 17) }
  if (type === MESSAGE) return readMessage(bytes, at)
  if (type === COMMIT) return { kind: 'commit', end: bytes.readBigUInt64BE(at + 10) }
  return OTHER
}

const OTHER: WalEvent = { kind: 'other' }

function readMessage(bytes: Buffer, at: number): WalEvent {
  const prefixAt = at + 10
  const prefixEnd = bytes.indexOf(0, prefixAt)
  const contentAt = prefixEnd + 5
  return {
    kind: 'message',
    isTransactional: bytes[at + 1] === 1,
    prefix: bytes.toString('utf8', prefixAt, prefixEnd),
    contentAt,
    contentEnd: contentAt + bytes.readUInt32BE(prefixEnd + 1),
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
