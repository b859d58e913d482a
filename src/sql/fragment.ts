import {
  type IndentedTexts,
  type PreparedTemplate,
  prepareSeparator,
  prepareTemplate,
} from './prepared-template.ts'
import { Pieces } from './pieces.ts'
import { checkText, quoteIdentifier, quoteLiteral } from './quote.ts'

/** What a tree of fragments becomes, piece by piece; with `pieces`, what comes after the last of them is `text`. */
type Made = { text: string; readonly pieces?: string[] }

/**
 * A piece of SQL. Only the functions of this file make one, so that no SQL is pasted from strings. It is kept as
 * the tree that it was put together from, and becomes text once, when that is asked for.
 */
export abstract class Fragment {
  /** Adds the text; each line but the first begins with `indent` spaces. */
  protected abstract render(indent: number, made: Made): void

  protected static render(fragment: Fragment, indent: number, made: Made): void {
    fragment.render(indent, made)
  }

  /** The SQL. */
  toString(): string {
    // Not a list and `join`: V8 takes a text that is also some object's key for one of two bytes a character, and so all of it.
    const made = { text: '' }
    this.render(0, made)
    // Looking at it makes the pieces one text, so that they can go.
    return checkText(made.text)
  }

  /** The SQL, with bodies as pieces of their own. */
  toPieces(): Pieces {
    const pieces: string[] = []
    const made = { text: '', pieces }
    this.render(0, made)
    return new Pieces([...pieces, checkText(made.text)])
  }
}

/** A template and what stands in its holes. */
class Template extends Fragment {
  readonly #template: PreparedTemplate
  readonly #holes: readonly Fragment[]

  constructor(template: PreparedTemplate, holes: readonly Fragment[]) {
    super()
    this.#template = template
    this.#holes = holes
  }

  protected override render(indent: number, made: Made): void {
    const pieces = this.#template.indented(indent)
    let index = 0
    for (const hole of this.#holes) {
      made.text += pieces[index] ?? ''
      Fragment.render(hole, indent + (this.#template.indents[index] ?? 0), made)
      index += 1
    }
    made.text += pieces[index] ?? ''
  }
}

/** Fragments with something between them. */
class List extends Fragment {
  readonly #fragments: readonly Fragment[]
  readonly #separator: IndentedTexts

  constructor(fragments: readonly Fragment[], separator: IndentedTexts) {
    super()
    this.#fragments = fragments
    this.#separator = separator
  }

  protected override render(indent: number, made: Made): void {
    const between = this.#separator.at(indent)[0] ?? ''
    let first = true
    for (const fragment of this.#fragments) {
      if (!first) made.text += between
      Fragment.render(fragment, indent, made)
      first = false
    }
  }
}

/** Text that no indentation changes. */
class Text extends Fragment {
  readonly #text: string

  constructor(text: string) {
    super()
    this.#text = text
  }

  protected override render(_indent: number, made: Made): void {
    made.text += this.#text
  }
}

/** A body, which is long and held by others too. */
class Body extends Text {
  protected override render(indent: number, made: Made): void {
    if (made.pieces === undefined) {
      super.render(indent, made)
      return
    }
    made.pieces.push(checkText(made.text))
    made.text = ''
    super.render(indent, made)
    made.pieces.push(made.text)
    made.text = ''
  }
}

/**
 * SQL with fragments in its holes. The template's own indentation is taken off, and a fragment of several
 * lines is indented as far as the line that it stands on.
 */
export function sql(strings: TemplateStringsArray, ...holes: readonly Fragment[]): Fragment {
  return new Template(prepareTemplate(strings), holes)
}

/** A name, qualified when several are given: `identifier('public', 'calls')`. */
export function identifier(...names: readonly [string, ...string[]]): Fragment {
  const [only, ...others] = names.map(quoteIdentifier)
  return fixed(others.reduce((name, part) => `${name}.${part}`, only ?? ''))
}

/** A string constant. */
export function literal(text: string): Fragment {
  return fixed(quoteLiteral(text))
}

/** A whole number. */
export function integer(value: number): Fragment {
  return fixed(Number.isSafeInteger(value) ? String(value) : BigInt(value).toString())
}

/** SQL that is SQL already, such as a condition that PostgreSQL's parser has accepted. */
export function rawSql(text: string): Fragment {
  return fixed(checkText(text))
}

/** Fragments one after another, a separator (such as `,\n`) between them. */
export function joinSql(fragments: readonly Fragment[], separator: string): Fragment {
  return new List(fragments, prepareSeparator(separator))
}

/** The text of a fragment between line breaks, made in one piece: bodies are many, and the text of a migration is long. */
export function onLines(fragment: Fragment): string {
  return joinSql([rawSql(''), fragment, rawSql('')], '\n').toString()
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
  return joinSql([fixed(tag), new Body(checkText(body)), fixed(tag)], '')
}

function fixed(text: string): Fragment {
  return new Text(text)
}
