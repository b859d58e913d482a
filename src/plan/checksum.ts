import { createHash } from 'node:crypto'

/** The checksum of a migration's SQL: lower-case hex SHA-256. Line ends do not count, since tools rewrite them. */
export function checksumOf(text: string): string {
  return createHash('sha256').update(text.replaceAll('\r\n', '\n')).digest('hex')
}
