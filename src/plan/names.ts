import { createHash } from 'node:crypto'

/** PostgreSQL cuts names after this many bytes, without an error. */
const MAX_BYTES = 63
const HASH_LENGTH = 8

/** A name that PostgreSQL keeps whole: past 63 bytes its end gives way to a hash of all of it. */
export function shortenName(name: string): string {
  return Buffer.byteLength(name) <= MAX_BYTES ? name : hashName(name, name)
}

/** A name with a hash of `identity` at its end, within 63 bytes. */
export function hashName(name: string, identity: string): string {
  const hash = createHash('sha256').update(identity).digest('hex').slice(0, HASH_LENGTH)
  return `${cutBytes(name, MAX_BYTES - HASH_LENGTH - 1)}_${hash}`
}

function cutBytes(text: string, bytes: number): string {
  let cut = ''
  let size = 0
  for (const char of text) {
    size += Buffer.byteLength(char)
    if (size > bytes) break
    cut += char
  }
  return cut
}
