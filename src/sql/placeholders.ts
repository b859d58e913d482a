import { fromBytes } from './offsets.ts'
import type { SqlParser } from './load-parser.ts'

/** A text between placeholders, or a placeholder such as `:user_id`; `at` is its UTF-16 offset in the text. */
export type QueryPiece =
  | { readonly kind: 'text'; readonly text: string; readonly at: number }
  | { readonly kind: 'param'; readonly name: string; readonly at: number }

const COLON = 58
const NAME = /[A-Za-z_][A-Za-z0-9_]*/y

/**
 * Cuts SQL at its placeholders: a colon, and right after it one of `names`. In strings, comments, casts (`::`) and named
 * arguments (`:=`) there is none, as PostgreSQL's own lexer says.
 *
 * @throws Error of the lexer for text that it cannot cut into tokens
 */
export function cutPlaceholders(
  parser: SqlParser,
  text: string,
  names: ReadonlySet<string>,
): readonly QueryPiece[] {
  const pieces: QueryPiece[] = []
  let from = 0
  for (const { tokenType, end } of parser.scanSync(text).tokens) {
    if (tokenType !== COLON) continue
    const start = fromBytes(text, end)
    NAME.lastIndex = start
    const name = NAME.exec(text)?.[0]
    if (name === undefined || !names.has(name)) continue
    pieces.push({ kind: 'text', text: text.slice(from, start - 1), at: from })
    pieces.push({ kind: 'param', name, at: start - 1 })
    from = start + name.length
  }
  pieces.push({ kind: 'text', text: text.slice(from), at: from })
  return pieces
}

/** Puts the pieces together again, with something else in place of each placeholder. */
export function joinPieces(pieces: readonly QueryPiece[], put: (name: string) => string): string {
  return pieces.map((piece) => (piece.kind === 'text' ? piece.text : put(piece.name))).join('')
}

/** The offset in the text that was cut, of one in the text that was joined; a placeholder is one place. */
export function placeInPieces(
  pieces: readonly QueryPiece[],
  put: (name: string) => string,
  offset: number,
): number {
  let from = 0
  for (const piece of pieces) {
    const length = piece.kind === 'text' ? piece.text.length : put(piece.name).length
    if (offset < from + length) return piece.kind === 'text' ? piece.at + offset - from : piece.at
    from += length
  }
  const last = pieces.at(-1)
  return last === undefined ? 0 : last.at + (last.kind === 'text' ? last.text.length : 0)
}
