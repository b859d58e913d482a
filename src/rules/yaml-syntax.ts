import { Composer, Lexer, Parser, type CST, type Document, type YAMLError } from 'yaml'
import type { Report } from './report.ts'
import type { Source, Span } from './source.ts'

const MAX_BYTES = 1_048_576
/** Pieces that the reader cuts a text into: five thousand rules have about as many as this. */
const MAX_LEXEMES = 300_000
/** Levels of lists and maps; the language needs six. */
export const MAX_DEPTH = 32

/** Characters that no text has, and halves of characters. */
const ODD = /[\0-\x08\x0E-\x1F\x7F\uFFFD]/
const ODD_OR_ALONE = /[\0-\x08\x0E-\x1F\x7F\uFFFD]|\p{Surrogate}/u

/** In our words: what the reader calls the mistake, and what to do about it. */
const WORDS: Readonly<Record<string, readonly [message: string | undefined, hint: string]>> = {
  BLOCK_AS_IMPLICIT_KEY: [
    'A colon and a space inside a value begin a map of their own.',
    'Put quotes around the whole value.',
  ],
  BAD_INDENT: [
    'This line is not indented like those it belongs to.',
    'What belongs together begins in the same column.',
  ],
  BAD_ALIAS: ['The name of an alias is missing after *.', 'A text that begins with * must be quoted.'],
  TAB_AS_INDENT: ['A tab cannot indent a line.', 'Indent with spaces.'],
  MISSING_CHAR: [undefined, 'A quote, bracket, comma or colon is missing before this.'],
  BAD_SCALAR_START: [undefined, 'Put quotes around the value.'],
  UNEXPECTED_TOKEN: [undefined, 'Put quotes around the value if it is a text.'],
  TAG_RESOLVE_FAILED: [
    'Tags, which begin with !, are not part of the rule language.',
    'Remove it, or quote the value.',
  ],
}

const OPEN_FLOW = [
  'A [ or { is opened, and not closed before this.',
  'Close it, or indent the lines that belong to it.',
] as const

/**
 * Reads a file as one YAML 1.2 document. Size, NUL and depth are checked before anything recursive or costly runs.
 * Only the first mistake is reported, since those after it are often consequences.
 */
export function readDocument(source: Source, report: Report): Document | undefined {
  const { text } = source
  const fail = (
    span: Span,
    ...rest: [code: 'file-too-large' | 'not-text' | 'too-deep', message: string, hint?: string]
  ): undefined => {
    report.error(source, span, ...rest)
  }
  if (text.length > MAX_BYTES || Buffer.byteLength(text) > MAX_BYTES) {
    return fail(
      { start: 0, end: 0 },
      'file-too-large',
      'A rule file has at most 1 MiB.',
      'Split it: several files make one ruleset.',
    )
  }
  // Without surrogates, which only the slower expression knows, unless there are some.
  const odd = (text.isWellFormed() ? ODD : ODD_OR_ALONE).exec(text)
  if (odd !== null) {
    const name =
      odd[0] === '\0' ? 'NUL' : `U+${odd[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`
    return fail(
      { start: odd.index, end: odd.index + 1 },
      'not-text',
      `The file contains the character ${name}.`,
      'Save it as UTF-8 text.',
    )
  }
  const alone = /\r(?!\n)/.exec(text)
  if (alone !== null) {
    return fail(
      { start: alone.index, end: alone.index + 1 },
      'not-text',
      'A line ends with a carriage return alone.',
      'Save the file with line ends of LF or CRLF.',
    )
  }
  const tokens = parseTokens(text)
  if (tokens === undefined) {
    return fail(
      { start: 0, end: 0 },
      'file-too-large',
      'The file has more pieces than a rule file may have.',
      'Split it: several files make one ruleset.',
    )
  }
  const deep = findDeep(tokens)
  if (deep !== undefined) {
    return fail(
      { start: deep, end: deep + 1 },
      'too-deep',
      `Lists and maps are nested more than ${MAX_DEPTH} deep.`,
    )
  }
  const composer = new Composer({
    schema: 'core',
    uniqueKeys: false,
    strict: true,
    stringKeys: true,
    logLevel: 'silent',
  })
  const documents = [...composer.compose(tokens, true, text.length)]
  const [document, second] = documents
  const problem = document?.errors[0] ?? document?.warnings[0]
  if (problem !== undefined) {
    reportProblem(source, report, problem)
    return undefined
  }
  if (second !== undefined) {
    const start = second.range[0]
    report.error(
      source,
      { start, end: start },
      'yaml-syntax',
      'A second document begins here.',
      'A rule file is one document: remove the --- in the middle.',
    )
    return undefined
  }
  return document
}

function reportProblem(source: Source, report: Report, problem: YAMLError): void {
  const { text } = source
  let [start, end] = problem.pos
  if (problem.code === 'BAD_INDENT') while (text.charAt(start) === ' ') start += 1
  if (text.slice(start).trim() === '') start = Math.max(0, text.trimEnd().length - 1)
  end = Math.max(start + 1, Math.min(end, text.length))
  const flow = problem.code === 'BAD_INDENT' && problem.message.startsWith('Flow')
  const [message, hint] = flow ? OPEN_FLOW : (WORDS[problem.code] ?? [])
  const said = problem.message
    .trim()
    .replace(/Missing closing ["']quote/, 'A quote is opened and not closed')
    .replace(/[.:]?$/, '.')
  report.error(source, { start, end }, 'yaml-syntax', message ?? said, hint)
}

/** The tokens of a text; `undefined` where it has more pieces than a rule file may have, of which the rest is not read. */
function parseTokens(text: string): readonly CST.Token[] | undefined {
  const parser = new Parser()
  const tokens: CST.Token[] = []
  let count = 0
  for (const lexeme of new Lexer().lex(text)) {
    if ((count += 1) > MAX_LEXEMES) return undefined
    for (const token of parser.next(lexeme)) tokens.push(token)
  }
  for (const token of parser.end()) tokens.push(token)
  return tokens
}

/** Offset of the first token that is nested too deeply, found without recursion. */
function findDeep(tokens: readonly CST.Token[]): number | undefined {
  const stack: (readonly [token: CST.Token, depth: number])[] = tokens.map((token) => [token, 0])
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const [token, depth] = next
    if (depth > MAX_DEPTH) return token.offset
    if (token.type === 'document' && token.value) stack.push([token.value, depth])
    if (!('items' in token)) continue
    for (const item of token.items) {
      if (item.key) stack.push([item.key, depth + 1])
      if (item.value) stack.push([item.value, depth + 1])
    }
  }
  return undefined
}
