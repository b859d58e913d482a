import { checkText, quoteIdentifier, quoteLiteral } from './quote.ts'

/**
 * A run of SQL; `fixed` text keeps its line breaks as they are, the rest is indented where it is put. Where the
 * line breaks are is kept beside the text, since looking for it again at each level takes most of the time.
 */
type Piece = {
  readonly text: string
  readonly fixed: boolean
  readonly breaks: boolean
  readonly startsBroken: boolean
  readonly endsBroken: boolean
}

/** A piece of text. What has no line break is the same whether it is fixed or not. */
function makePiece(text: string, fixed: boolean): Piece {
  const breaks = text.includes('\n')
  return {
    text,
    fixed: fixed && breaks,
    breaks,
    startsBroken: text.startsWith('\n'),
    endsBroken: text.endsWith('\n'),
  }
}

/** A piece of SQL. Only the functions of this file make one, so that no SQL is pasted from strings. */
export class Fragment {
  readonly #pieces: readonly Piece[]

  private constructor(pieces: readonly Piece[]) {
    this.#pieces = pieces
  }

  static of(pieces: readonly Piece[]): Fragment {
    return new Fragment(joinPieces(pieces))
  }

  get pieces(): readonly Piece[] {
    return this.#pieces
  }

  /** The SQL. */
  toString(): string {
    return this.#pieces.map((piece) => piece.text).join('')
  }
}

/** Nothing. */
export const empty: Fragment = Fragment.of([])

/**
 * SQL with fragments in its holes. The template's own indentation is taken off, and a fragment of several
 * lines is indented as far as the line that it stands on.
 */
export function sql(strings: TemplateStringsArray, ...holes: readonly Fragment[]): Fragment {
  const texts = prepare(strings)
  const pieces: Piece[] = []
  let line = ''
  for (const [index, text] of texts.entries()) {
    pieces.push(makePiece(text, false))
    line = text.includes('\n') ? text.slice(text.lastIndexOf('\n') + 1) : line + text
    const hole = holes[index]
    if (hole === undefined) continue
    const indent = /^ */.exec(line)?.[0] ?? ''
    for (const piece of hole.pieces) {
      const same = piece.fixed || indent === '' || !piece.breaks
      pieces.push(same ? piece : makePiece(indentLines(piece.text, indent), false))
    }
    line += '.'
  }
  return Fragment.of(pieces)
}

/** A name, qualified when several are given: `identifier('public', 'calls')`. */
export function identifier(...names: readonly [string, ...string[]]): Fragment {
  return fixed(names.map(quoteIdentifier).join('.'))
}

/** A string constant. */
export function literal(text: string): Fragment {
  return fixed(quoteLiteral(text))
}

/** A whole number. */
export function integer(value: number): Fragment {
  return fixed(BigInt(value).toString())
}

/** SQL that is SQL already, such as a condition that PostgreSQL's parser has accepted. */
export function rawSql(text: string): Fragment {
  return fixed(checkText(text))
}

/** Fragments one after another, a separator (such as `,\n`) between them. */
export function joinSql(fragments: readonly Fragment[], separator: string): Fragment {
  const between = makePiece(checkText(separator), false)
  return Fragment.of(
    fragments.flatMap((fragment, index) => (index === 0 ? fragment.pieces : [between, ...fragment.pieces])),
  )
}

/** A comment of one line. */
export function lineComment(text: string): Fragment {
  return fixed(`-- ${checkText(text).replaceAll(/[\r\n]+/g, ' ')}`)
}

/** A body between dollar quotes whose tag does not occur in it, kept to the byte. */
export function dollarQuote(body: string, name = 'stalemate'): Fragment {
  let tag = `$${name}$`
  for (let count = 1; body.includes(tag) || body.endsWith(tag.slice(0, -1)); count += 1)
    tag = `$${name}_${count}$`
  return fixed(`${tag}${checkText(body)}${tag}`)
}

function fixed(text: string): Fragment {
  return Fragment.of([makePiece(text, true)])
}

/** Few long pieces instead of many short ones. */
function joinPieces(pieces: readonly Piece[]): readonly Piece[] {
  const joined: Piece[] = []
  let last: Piece | undefined
  for (const piece of pieces) {
    if (piece.text === '') continue
    // Of two line breaks side by side, whether the first one is indented depends on where a piece ends.
    if (last === undefined || last.fixed !== piece.fixed || (last.endsBroken && piece.startsBroken)) {
      joined.push(piece)
      last = piece
    } else {
      last = {
        text: last.text + piece.text,
        fixed: piece.fixed,
        breaks: last.breaks || piece.breaks,
        startsBroken: last.startsBroken,
        endsBroken: piece.endsBroken,
      }
      joined[joined.length - 1] = last
    }
  }
  return joined
}

/** A template's texts never change, so they are cut and checked once. */
const prepared = new WeakMap<TemplateStringsArray, readonly string[]>()

function prepare(strings: TemplateStringsArray): readonly string[] {
  const known = prepared.get(strings)
  if (known !== undefined) return known
  const texts = dedent(strings).map(checkText)
  prepared.set(strings, texts)
  return texts
}

function indentLines(text: string, indent: string): string {
  return text.replaceAll(/\n(?!\n)/g, `\n${indent}`)
}

function dedent(strings: readonly string[]): readonly string[] {
  const first = strings[0] ?? ''
  if (!first.startsWith('\n')) return strings
  const indents = strings.flatMap((text) =>
    [...text.matchAll(/\n( *)(?=[^ \n])/g)].map((match) => match[1] ?? ''),
  )
  // A hole at the very start of a line counts as well.
  for (const text of strings.slice(0, -1)) {
    const end = /\n( *)$/.exec(text)
    if (end !== null) indents.push(end[1] ?? '')
  }
  const width = Math.min(...indents.map((indent) => indent.length))
  const cut = strings.map((text) => text.replaceAll(new RegExp(`\n {0,${width}}`, 'g'), '\n'))
  const last = cut.length - 1
  return cut.map((text, index) => {
    const start = index === 0 ? text.slice(1) : text
    return index === last ? start.replace(/\n *$/, '') : start
  })
}
