/** The slice of a socket, or of what encrypts it, that is read here. */
export type ByteStream = {
  readonly listeners: (event: 'data') => readonly unknown[]
  readonly removeAllListeners: (event: 'data') => unknown
  readonly on: (event: 'data', listener: (bytes: Buffer) => void) => unknown
  readonly destroy: (error: Error) => unknown
}

export type CopyHandlers = {
  /** Anything has come: so many bytes. */
  readonly heard: (bytes: number) => void
  /** What one message of the copy says: from `start` to `end` of memory that may be overwritten later. */
  readonly copyData: (bytes: Buffer, start: number, end: number) => void
}

const COPY_DATA = 'd'.charCodeAt(0)
/** The type and the length that each message begins with. */
const HEAD = 5
/** The length counts itself. */
const LENGTH = 4
/** No message of a server is longer than what it can hold in one piece of memory. */
const MAX_LENGTH = 2 ** 30
const NONE = Buffer.alloc(0)

/**
 * Reads the messages of a copy past node-postgres's parser, which makes an object and an event of each; all others
 * it is given as before. Nothing may be under way: the next byte is the first of a message.
 *
 * Source: PostgreSQL, "Frontend/Backend Protocol", "Message Formats".
 */
export function readCopy(stream: ByteStream, { heard, copyData }: CopyHandlers): void {
  const others = stream.listeners('data') as ((bytes: Buffer) => void)[]
  stream.removeAllListeners('data')
  /** What has come of a message that is not whole: `held` bytes of memory that has room for it, or for its head. */
  let partial = NONE
  let held = 0

  /** Reads whole messages; gives where the first begins that is not. */
  const readWhole = (bytes: Buffer): number => {
    let at = 0
    while (bytes.length - at >= HEAD) {
      const end = at + readSize(bytes, at)
      if (end > bytes.length) break
      if (bytes[at] === COPY_DATA) copyData(bytes, at + HEAD, end)
      else for (const other of others) other.call(stream, Buffer.from(bytes.subarray(at, end)))
      at = end
    }
    return at
  }

  const keep = (bytes: Buffer, at: number): void => {
    held = bytes.length - at
    partial = held === 0 ? NONE : Buffer.allocUnsafe(held < HEAD ? HEAD : readSize(bytes, at))
    bytes.copy(partial, 0, at)
  }

  const read = (bytes: Buffer): void => {
    let at = 0
    while (held > 0 && at < bytes.length) {
      const taken = bytes.copy(partial, held, at)
      held += taken
      at += taken
      // A message without anything but its head is whole by now, another one gets the room that it needs.
      if (held === partial.length) keep(partial, readWhole(partial))
    }
    if (at < bytes.length) {
      const rest = at === 0 ? bytes : bytes.subarray(at)
      keep(rest, readWhole(rest))
    }
  }

  stream.on('data', (bytes) => {
    heard(bytes.length)
    try {
      read(bytes)
    } catch (error) {
      stream.destroy(error as Error)
    }
  })
}

/** Bytes of a message, with its head. */
function readSize(bytes: Buffer, at: number): number {
  const length = bytes.readUInt32BE(at + 1)
  if (length < LENGTH || length > MAX_LENGTH)
    throw new RangeError(`A message of ${length} bytes makes no sense.`)
  return length + 1
}
