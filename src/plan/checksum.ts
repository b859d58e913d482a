import { createHash } from 'node:crypto'
import { Pieces, type AnyText } from '../sql/pieces.ts'

/** Characters that are hashed at once, at least. */
const CHUNK = 65_536

/** The checksum of a migration's SQL: lower-case hex SHA-256. Line ends do not count, since tools rewrite them. */
export function checksumOf(text: AnyText): string {
  const hash = createHash('sha256')
  for (const piece of withoutReturns(Pieces.of(text))) {
    // Cut after line ends, so that the bytes of a long text need not all be made at once.
    for (let start = 0; start < piece.length;) {
      const end = piece.indexOf('\n', start + CHUNK) + 1 || piece.length
      hash.update(start === 0 && end === piece.length ? piece : piece.slice(start, end))
      start = end
    }
  }
  return hash.digest('hex')
}

/** A line end may be cut in two. */
function withoutReturns(pieces: readonly string[]): readonly string[] {
  if (!pieces.some((piece) => piece.includes('\r'))) return pieces
  return [new Pieces(pieces).toString().replaceAll('\r\n', '\n')]
}
