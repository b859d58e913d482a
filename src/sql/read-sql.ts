import { fromBytes, fromCodePoints } from './offsets.ts'
import { isFields } from './tree.ts'
import type { SqlParser, SqlToken } from './load-parser.ts'
import type { SqlProblems } from './sql-problem.ts'

/** What stands around a text of a rule, so that PostgreSQL's grammar reads it as what it is meant to be. */
export type SqlFrame = {
  /** In a sentence, with its article, as in `a condition`. */
  readonly noun: string
  readonly before: string
  readonly after: string
  /** Said where something stands in the text that ends it. */
  readonly whole: string
  /** Said where the text ends too early, if there is more to say than that. */
  readonly early?: string
  readonly tooDeep: readonly [message: string, hint: string]
}

export type ReadSql = {
  readonly tree: unknown
  readonly tokens: () => readonly SqlToken[]
  /** UTF-16 offset in the rule's text of a byte offset in the tree or of a token. */
  readonly fromByte: (byte: number | undefined) => number
}

const [OPEN, CLOSE, SEMICOLON, OPEN_BRACKET, CLOSE_BRACKET] = [40, 41, 59, 91, 93]

type Kind = 'syntax' | 'not-one' | 'not-allowed'

const MAX_LENGTH = 16_384
/** Levels of parentheses and brackets: the grammar's own stack is not asked how many it bears. */
const MAX_DEPTH = 200

/** Reads a rule's text with PostgreSQL's grammar; `undefined`, and a problem, when it is not what the frame wants. */
export function readSql<K extends string>(
  parser: SqlParser,
  text: string,
  frame: SqlFrame,
  problems: SqlProblems<K | Kind>,
): ReadSql | undefined {
  const { noun, before, after, whole, tooDeep } = frame
  const name = noun.replace(/^an? /, '')
  const fail = (kind: Kind, at: number, message: string, hint?: string): undefined => {
    problems.add(kind, at, message, hint)
  }
  if (text.includes('\0'))
    return fail('syntax', text.indexOf('\0'), `${capital(noun)} cannot contain a NUL character.`)
  if (text.trim() === '') return fail('syntax', 0, `The ${name} is empty.`, whole)
  if (text.length > MAX_LENGTH)
    return fail('syntax', 0, `The ${name} is longer than ${MAX_LENGTH} characters.`)

  const wrapped = `${before}${text}\n${after}`
  const fromByte = (byte: number | undefined): number =>
    fromBytes(wrapped, byte ?? before.length) - before.length
  try {
    if (!isPlain(text)) {
      const stray = strayToken(scanTokens(parser, wrapped), frame)
      if (stray === 'too-deep') return fail('not-allowed', text.search(/\S/), ...tooDeep)
      if (stray !== undefined) return fail('not-one', fromByte(stray[0].start), stray[1], whole)
    }
    return { tree: parser.parseSync(wrapped), tokens: () => scanTokens(parser, wrapped), fromByte }
  } catch (error) {
    if (isTooDeep(error)) return fail('not-allowed', text.search(/\S/), ...tooDeep)
    return fail('syntax', ...describeFailure(error, wrapped, text, frame))
  }
}

const MAY_COMMENT = /--|\/\*/
const MAY_HIDE = /--|\/\*|[;\\$]/

/**
 * Whether brackets can be counted without the scanner, which takes longer than the grammar, and are closed: nothing but
 * plain quotes hides one, and no comment, escape or dollar quote hides a quote.
 */
function isPlain(text: string): boolean {
  if (MAY_HIDE.test(text)) return false
  const bare = text.replaceAll(/'[^']*'|"[^"]*"/g, '')
  let depth = 0
  for (const [bracket] of bare.matchAll(/[()[\]'"]/g)) {
    if (bracket === "'" || bracket === '"') return false
    depth += bracket === '(' || bracket === '[' ? 1 : -1
    if (depth < 0 || depth > MAX_DEPTH) return false
  }
  return depth === 0
}

/** The text without comments, one of which would swallow what is written after it, and without what is cut out. */
export function cleanSql(
  text: string,
  { tokens, fromByte }: ReadSql,
  cuts: readonly (readonly [start: number, end: number])[] = [],
): string {
  if (cuts.length === 0 && !MAY_COMMENT.test(text)) return text.trim()
  const comments = tokens()
    .filter(({ tokenName }) => tokenName === 'SQL_COMMENT' || tokenName === 'C_COMMENT')
    .map(({ start, end }) => [fromByte(start), fromByte(end), true] as const)
  const ranges = [...comments, ...cuts.map(([start, end]) => [start, end, false] as const)]
  let sql = ''
  let from = 0
  for (const [start, end, comment] of ranges.sort((a, b) => a[0] - b[0])) {
    if (start < from) continue
    sql += comment ? text.slice(from, start).trimEnd() : text.slice(from, start)
    from = end
    if (comment && !/^\s/.test(text.slice(from))) sql += ' '
  }
  return (sql + text.slice(from)).trim()
}

/** What the scanner cannot cut into tokens it reports without a place; the grammar says where. */
function scanTokens(parser: SqlParser, sql: string): readonly SqlToken[] {
  try {
    return parser.scanSync(sql).tokens
  } catch (error) {
    parser.parseSync(sql)
    throw error
  }
}

/** The first token that would end the parenthesis around the text, or the statement. */
function strayToken(
  tokens: readonly SqlToken[],
  { noun, after }: SqlFrame,
): readonly [SqlToken, string] | 'too-deep' | undefined {
  let depth = 0
  for (const [index, token] of tokens.entries()) {
    const { tokenType } = token
    if (tokenType === SEMICOLON) return [token, `A ; cannot stand in ${noun}.`]
    if (tokenType === OPEN || tokenType === OPEN_BRACKET) depth += 1
    if (depth > MAX_DEPTH) return 'too-deep'
    if (tokenType === CLOSE_BRACKET) depth -= 1
    if (tokenType !== CLOSE) continue
    depth -= 1
    const ends = after === '' ? depth < 0 : depth === 0 && index < tokens.length - 1
    if (ends) return [token, 'A ) without a ( before it.']
  }
  return undefined
}

function isTooDeep(error: unknown): boolean {
  return (
    error instanceof RangeError || (error instanceof Error && error.message.startsWith('memory exhausted'))
  )
}

function describeFailure(
  error: unknown,
  wrapped: string,
  text: string,
  { noun, before, early }: SqlFrame,
): readonly [at: number, message: string, hint: string | undefined] {
  const name = noun.replace(/^an? /, '')
  if (!(error instanceof Error)) return [0, `The ${name} cannot be read.`, undefined]
  const details: unknown = 'sqlDetails' in error ? error.sqlDetails : undefined
  const position = isFields(details) ? details['cursorPosition'] : undefined
  const at = typeof position === 'number' ? fromCodePoints(wrapped, position) - before.length : 0
  const unfinished = /^unterminated (.+?)(?: at or near|$)/.exec(error.message)?.[1]
  if (unfinished !== undefined) return [at, `A ${unfinished} is opened and not closed.`, undefined]
  const near = /at or near "(.*)"$/s.exec(error.message)?.[1]
  const hint = text[at - 1] === "'" ? QUOTE_IN_TEXT : operatorHint(text, near, noun)
  const end = text.trimEnd().length
  if (near === undefined || at > end) {
    return [
      Math.max(0, end - 1),
      `The ${name} ends too early.`,
      hint ?? early ?? 'Something is missing after this.',
    ]
  }
  return [at, `PostgreSQL cannot read this ${name} at ${JSON.stringify(near)}.`, hint]
}

const QUOTE_IN_TEXT = "A quote inside of a text is written twice, as in 'it''s'."

function operatorHint(text: string, near: string | undefined, noun: string): string | undefined {
  if (near === ':') return `${capital(noun)} has no parameters: write a column or a value.`
  if (/&&|\|\|/.test(text)) return 'Conditions are combined with AND and OR.'
  if (/==/.test(text)) return 'Equality is written =.'
  return undefined
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
