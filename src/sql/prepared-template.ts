import { checkText } from './quote.ts'

/** The texts of a template, cut and checked once, since they never change. */
export class PreparedTemplate {
  /** How far the line of each hole is indented. */
  readonly indents: readonly string[]
  readonly #pieces = new Map<string, readonly string[]>()

  constructor(strings: TemplateStringsArray) {
    const texts = dedent(strings).map(checkText)
    this.#pieces.set('', texts)
    let line = ''
    this.indents = texts.slice(0, -1).map((text) => {
      line = text.includes('\n') ? text.slice(text.lastIndexOf('\n') + 1) : line + text
      const indent = /^ */.exec(line)?.[0] ?? ''
      line += '.'
      return indent
    })
  }

  /** The texts around the holes, each line but the first indented. Templates are nested a few levels, so these are few. */
  indented(indent: string): readonly string[] {
    const known = this.#pieces.get(indent)
    if (known !== undefined) return known
    const pieces = this.indented('').map((text) => indentLines(text, indent))
    this.#pieces.set(indent, pieces)
    return pieces
  }
}

const prepared = new WeakMap<TemplateStringsArray, PreparedTemplate>()

export function prepareTemplate(strings: TemplateStringsArray): PreparedTemplate {
  const known = prepared.get(strings)
  if (known !== undefined) return known
  const template = new PreparedTemplate(strings)
  prepared.set(strings, template)
  return template
}

/** Empty lines stay empty. */
export function indentLines(text: string, indent: string): string {
  return indent === '' || !text.includes('\n') ? text : text.replaceAll(/\n(?!\n)/g, `\n${indent}`)
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
