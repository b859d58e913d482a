import { checkText } from './quote.ts'

/** The texts of a template, cut and checked once, since they never change. */
export class PreparedTemplate {
  /** By how many spaces the line of each hole is indented. */
  readonly indents: readonly number[]
  readonly #texts: IndentedTexts

  constructor(strings: TemplateStringsArray) {
    const texts = dedent(strings).map(checkText)
    this.#texts = new IndentedTexts(texts)
    let line = ''
    this.indents = texts.slice(0, -1).map((text) => {
      line = text.includes('\n') ? text.slice(text.lastIndexOf('\n') + 1) : line + text
      const indent = /^ */.exec(line)?.[0].length ?? 0
      line += '.'
      return indent
    })
  }

  /** The texts around the holes, each line but the first indented. */
  indented(indent: number): readonly string[] {
    return this.#texts.at(indent)
  }
}

/** Texts with each line but the first indented; kept for each depth, since templates are nested a few levels only. */
export class IndentedTexts {
  readonly #plain: readonly string[]
  readonly #depths: (readonly string[])[] = []

  constructor(texts: readonly string[]) {
    this.#plain = texts
  }

  at(indent: number): readonly string[] {
    return (this.#depths[indent] ??= this.#plain.map((text) => indentLines(text, ' '.repeat(indent))))
  }
}

const prepared = new WeakMap<TemplateStringsArray, PreparedTemplate>()
const separators = new Map<string, IndentedTexts>()

/** What stands between fragments: one of a few texts that the code names. */
export function prepareSeparator(separator: string): IndentedTexts {
  const known = separators.get(separator)
  if (known !== undefined) return known
  const texts = new IndentedTexts([checkText(separator)])
  separators.set(separator, texts)
  return texts
}

export function prepareTemplate(strings: TemplateStringsArray): PreparedTemplate {
  const known = prepared.get(strings)
  if (known !== undefined) return known
  const template = new PreparedTemplate(strings)
  prepared.set(strings, template)
  return template
}

/** Empty lines stay empty. */
function indentLines(text: string, indent: string): string {
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
