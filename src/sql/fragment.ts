import { checkText, quoteIdentifier, quoteLiteral } from './quote.ts'

/** Text with line breaks that keep their place (`fixed`) or are indented where it is put; or a fragment put there. */
type Item =
  | { readonly kind: 'text'; readonly text: string; readonly fixed: boolean }
  | { readonly kind: 'put'; readonly fragment: Fragment; readonly indent: string }

/**
 * A piece of SQL. Only the functions of this file make one, so that no SQL is pasted from strings. It is kept as
 * the tree that it was put together from, and becomes text once, when that is asked for.
 */
export class Fragment {
  readonly #items: readonly Item[]

  private constructor(items: readonly Item[]) {
    this.#items = items
  }

  static of(items: readonly Item[]): Fragment {
    return new Fragment(items)
  }

  /** The SQL. */
  toString(): string {
    const texts: string[] = []
    this.#render('', texts)
    return texts.join('')
  }

  #render(indent: string, texts: string[]): void {
    for (const item of this.#items) {
      if (item.kind === 'put') item.fragment.#render(indent + item.indent, texts)
      else if (item.fixed || indent === '' || !item.text.includes('\n')) texts.push(item.text)
      else texts.push(indentLines(item.text, indent))
    }
  }
}

/** Nothing. */
export const empty: Fragment = Fragment.of([])

/**
 * SQL with fragments in its holes. The template's own indentation is taken off, and a fragment of several
 * lines is indented as far as the line that it stands on.
 */
export function sql(strings: TemplateStringsArray, ...holes: readonly Fragment[]): Fragment {
  const items: Item[] = []
  let line = ''
  for (const [index, text] of prepare(strings).entries()) {
    items.push({ kind: 'text', text, fixed: false })
    line = text.includes('\n') ? text.slice(text.lastIndexOf('\n') + 1) : line + text
    const fragment = holes[index]
    if (fragment === undefined) continue
    items.push({ kind: 'put', fragment, indent: /^ */.exec(line)?.[0] ?? '' })
    line += '.'
  }
  return Fragment.of(items)
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
  const between: Item = { kind: 'text', text: checkText(separator), fixed: false }
  return Fragment.of(
    fragments.flatMap((fragment, index): readonly Item[] => {
      const put: Item = { kind: 'put', fragment, indent: '' }
      return index === 0 ? [put] : [between, put]
    }),
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
  return Fragment.of([{ kind: 'text', text, fixed: true }])
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
