import { createHash } from 'node:crypto'

/** Characters that are hashed at once, at least. */
const CHUNK = 65_536

/** The checksum of a migration's SQL: lower-case hex SHA-256. Line ends do not count, since tools rewrite them. */
export function checksumOf(text: string): string {
  const hash = createHash('sha256')
  const plain = text.includes('\r') ? text.replaceAll('\r\n', '\n') : text
  // Cut after line ends, so that the bytes of a long text need not all be made at once.
  for (let start = 0; start < plain.length;) {
    const end = plain.indexOf('\n', start + CHUNK) + 1 || plain.length
    hash.update(plain.slice(start, end))
    start = end
  }
  return hash.digest('hex')
}
