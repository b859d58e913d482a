import {
  type IndentedTexts,
  type PreparedTemplate,
  prepareSeparator,
  prepareTemplate,
} from './prepared-template.ts'
import { checkText, quoteIdentifier, quoteLiteral } from './quote.ts'

/** A template and what stands in its holes; fragments with something between them; or text that no indentation changes. */
type Content =
  | { readonly kind: 'template'; readonly template: PreparedTemplate; readonly holes: readonly Fragment[] }
  | { readonly kind: 'list'; readonly fragments: readonly Fragment[]; readonly separator: IndentedTexts }
  | { readonly kind: 'text'; readonly text: string }

/**
 * A piece of SQL. Only the functions of this file make one, so that no SQL is pasted from strings. It is kept as
 * the tree that it was put together from, and becomes text once, when that is asked for.
 */
export class Fragment {
  readonly #content: Content

  private constructor(content: Content) {
    this.#content = content
  }

  static of(content: Content): Fragment {
    return new Fragment(content)
  }

  /** The SQL. */
  toString(): string {
    const texts: string[] = []
    this.#render(0, texts)
    // Not `join`: V8 takes a text that is also some object's key for one of two bytes a character, and so all of it.
    let text = ''
    for (const piece of texts) text += piece
    // Looking at it makes the pieces one text, so that they can go.
    return checkText(text)
  }

  /** @param indent how many spaces each line but the first begins with */
  #render(indent: number, texts: string[]): void {
    const content = this.#content
    if (content.kind === 'text') texts.push(content.text)
    else if (content.kind === 'template') {
      const { template, holes } = content
      const pieces = template.indented(indent)
      let index = 0
      for (const hole of holes) {
        texts.push(pieces[index] ?? '')
        hole.#render(indent + (template.indents[index] ?? 0), texts)
        index += 1
      }
      texts.push(pieces[index] ?? '')
    } else {
      const { fragments, separator } = content
      const between = separator.at(indent)[0] ?? ''
      let first = true
      for (const fragment of fragments) {
        if (!first) texts.push(between)
        fragment.#render(indent, texts)
        first = false
      }
    }
  }
}

/**
 * SQL with fragments in its holes. The template's own indentation is taken off, and a fragment of several
 * lines is indented as far as the line that it stands on.
 */
export function sql(strings: TemplateStringsArray, ...holes: readonly Fragment[]): Fragment {
  return Fragment.of({ kind: 'template', template: prepareTemplate(strings), holes })
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
  return Fragment.of({ kind: 'list', fragments, separator: prepareSeparator(separator) })
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
  return fixed(`${tag}${checkText(body)}${tag}`)
}

function fixed(text: string): Fragment {
  return Fragment.of({ kind: 'text', text })
}
