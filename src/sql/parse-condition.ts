import { loadParser, type SqlParser, type SqlToken } from './load-parser.ts'
import { fromBytes, fromCodePoints } from './offsets.ts'
import { guardExpression, TOO_DEEP, type ColumnUse } from './condition-guard.ts'
import { toConditionNode } from './condition-tree.ts'
import { isFields, toNames, toNode, toNodes } from './tree.ts'
import type { Condition } from './condition.ts'

/** Something wrong with a condition; `at` and `length` are UTF-16 units of the text as it was given. */
export type ConditionProblem = {
  readonly kind: 'syntax' | 'not-one' | 'not-allowed' | 'not-boolean' | 'qualifier' | 'quotes'
  readonly severity: 'error' | 'warning'
  readonly message: string
  readonly hint: string | undefined
  readonly at: number
  readonly length: number
}

export type ParsedCondition = {
  /** `undefined` when one of the problems is an error. */
  readonly condition: Condition | undefined
  readonly problems: readonly ConditionProblem[]
}

/** Reads the text of one condition on the row of one table; all problems of it at once. */
export type ParseCondition = (
  text: string,
  table: { readonly schema: string; readonly name: string },
) => ParsedCondition

const PREFIX = 'SELECT ('
const MAX_LENGTH = 16_384
const ARITHMETIC = new Set(['+', '-', '*', '/', '%', '^', '||'])

/**
 * Loads PostgreSQL's grammar and gives the function that reads conditions with it. The text must be exactly
 * one expression: what would close the parenthesis that it is put into, or end the statement, is refused.
 */
export async function createConditionParser(): Promise<ParseCondition> {
  const parser = await loadParser()
  return (text, table) => parseCondition(parser, text, table)
}

function parseCondition(
  parser: SqlParser,
  text: string,
  table: { schema: string; name: string },
): ParsedCondition {
  const problems: ConditionProblem[] = []
  const report = (
    kind: ConditionProblem['kind'],
    at: number,
    message: string,
    hint?: string,
    severity: ConditionProblem['severity'] = 'error',
  ): ParsedCondition => {
    const start = Math.max(0, Math.min(at, text.length))
    problems.push({ kind, severity, message, hint, at: start, length: tokenLength(text, start) })
    return { condition: undefined, problems }
  }
  if (text.includes('\0'))
    return report('syntax', text.indexOf('\0'), 'A condition cannot contain a NUL character.')
  if (text.trim() === '')
    return report('syntax', 0, 'The condition is empty.', 'Leave `when` out to match every row.')
  if (text.length > MAX_LENGTH)
    return report('syntax', 0, `The condition is longer than ${MAX_LENGTH} characters.`)

  const wrapped = `${PREFIX}${text}\n)`
  const fromByte = (location: number | undefined): number =>
    fromBytes(wrapped, location ?? PREFIX.length) - PREFIX.length
  let tokens: readonly SqlToken[]
  let tree: unknown
  try {
    tokens = scanTokens(parser, wrapped)
    const stray = strayToken(tokens)
    if (stray !== undefined) {
      const [token, message] = stray
      return report(
        'not-one',
        fromByte(token.start),
        message,
        'A condition is one SQL expression, and nothing after it.',
      )
    }
    tree = parser.parseSync(wrapped)
  } catch (error) {
    if (isTooDeep(error)) return report('not-allowed', text.search(/\S/), ...TOO_DEEP)
    return report('syntax', ...describeFailure(error, wrapped, text))
  }

  const expression = onlyExpression(tree)
  if (expression === undefined) {
    return report(
      'not-one',
      text.search(/\S/),
      'This is not one expression.',
      'Combine conditions with AND and OR.',
    )
  }
  const { columns, objections } = guardExpression(expression)
  for (const { location, message, hint } of objections)
    report('not-allowed', fromByte(location), message, hint)
  if (!mayBeBoolean(expression)) {
    report(
      'not-boolean',
      text.search(/\S/),
      'This expression is not true or false.',
      "Compare it with something, as in status = 'completed'.",
    )
  }
  checkColumns(columns)
  if (problems.some(({ severity }) => severity === 'error')) return { condition: undefined, problems }
  return {
    condition: {
      sql: withoutComments(text, tokens, fromByte),
      columns: [...new Set(columns.map(({ name }) => name))].sort(),
      tree: toConditionNode(expression),
    },
    problems,
  }

  function checkColumns(uses: readonly ColumnUse[]): void {
    for (const { name, qualifier, location } of uses) {
      const at = fromByte(location)
      const [first, second] = qualifier.length === 1 ? [table.schema, qualifier[0]] : qualifier
      if (
        qualifier.length > 2 ||
        (qualifier.length > 0 && (first !== table.schema || second !== table.name))
      ) {
        report(
          'qualifier',
          at,
          `${[...qualifier, name].join('.')} is not a column of the changed row.`,
          `The condition sees columns of ${table.name} only.`,
        )
      } else if (
        text.startsWith(`"${name}"`, at) &&
        /=\s*$/.test(text.slice(0, at)) &&
        /^[a-z_ -]+$/.test(name)
      ) {
        report(
          'quotes',
          at,
          `In double quotes, "${name}" is a column.`,
          `A text stands in single quotes: '${name}'.`,
          'warning',
        )
      }
    }
  }
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

/** The first token that would end the parenthesis around the condition, or the statement. */
function strayToken(tokens: readonly SqlToken[]): readonly [SqlToken, string] | undefined {
  let depth = 0
  for (const [index, token] of tokens.entries()) {
    if (token.tokenName === 'ASCII_59') return [token, 'A ; cannot stand in a condition.']
    if (token.tokenName === 'ASCII_40') depth += 1
    if (token.tokenName !== 'ASCII_41') continue
    depth -= 1
    if (depth === 0 && index < tokens.length - 1) return [token, 'A ) without a ( before it.']
  }
  return undefined
}

function onlyExpression(tree: unknown): unknown {
  const statements: unknown = isFields(tree) ? tree['stmts'] : undefined
  if (!Array.isArray(statements) || statements.length !== 1) return undefined
  const statement: unknown = statements[0]
  const select = isFields(statement) ? toNode(statement['stmt']) : undefined
  if (select?.type !== 'SelectStmt') return undefined
  const extra = Object.keys(select.fields).some((key) => !['targetList', 'limitOption', 'op'].includes(key))
  const targets = toNodes(select.fields['targetList'])
  const target = targets[0]?.fields
  if (extra || targets.length !== 1 || target === undefined || target['name'] !== undefined) return undefined
  const node = toNode(target['val'])
  return node?.type === 'RowExpr' && node.fields['row_format'] !== 'COERCE_EXPLICIT_CALL'
    ? undefined
    : target['val']
}

/** False where the expression's form alone says that it gives no truth value. */
function mayBeBoolean(expression: unknown): boolean {
  const node = toNode(expression)
  if (node?.type === 'A_Const') return node.fields['boolval'] !== undefined || node.fields['isnull'] === true
  if (node?.type === 'A_ArrayExpr' || node?.type === 'RowExpr') return false
  if (node?.type !== 'A_Expr' || node.fields['kind'] !== 'AEXPR_OP') return true
  return !ARITHMETIC.has(toNames(node.fields['name']).at(-1) ?? '')
}

/** A comment to the end of a line would swallow what is written after the condition. */
function withoutComments(
  text: string,
  tokens: readonly SqlToken[],
  fromByte: (byte: number) => number,
): string {
  let sql = ''
  let from = 0
  for (const { start, end, tokenName } of tokens) {
    if (tokenName !== 'SQL_COMMENT' && tokenName !== 'C_COMMENT') continue
    sql += text.slice(from, fromByte(start)).trimEnd()
    from = fromByte(end)
    if (!/^\s/.test(text.slice(from))) sql += ' '
  }
  return (sql + text.slice(from)).trim()
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
): readonly [at: number, message: string, hint: string | undefined] {
  if (!(error instanceof Error)) return [0, 'The condition cannot be read.', undefined]
  const details: unknown = 'sqlDetails' in error ? error.sqlDetails : undefined
  const position = isFields(details) ? details['cursorPosition'] : undefined
  const at = typeof position === 'number' ? fromCodePoints(wrapped, position) - PREFIX.length : 0
  const unfinished = /^unterminated (.+?)(?: at or near|$)/.exec(error.message)?.[1]
  if (unfinished !== undefined) return [at, `A ${unfinished} is opened and not closed.`, undefined]
  const near = /at or near "(.*)"$/s.exec(error.message)?.[1]
  const hint = operatorHint(text, near)
  const end = text.trimEnd().length
  if (near === undefined || at > end) {
    return [Math.max(0, end - 1), 'The condition ends too early.', hint ?? 'Something is missing after this.']
  }
  return [at, `PostgreSQL cannot read this condition at ${JSON.stringify(near)}.`, hint]
}

function operatorHint(text: string, near: string | undefined): string | undefined {
  if (near === ':') return 'A condition has no parameters: write a column or a value.'
  if (/&&|\|\|/.test(text)) return 'Conditions are combined with AND and OR.'
  if (/==/.test(text)) return 'Equality is written =.'
  return undefined
}

/** How much to underline at an offset: a word, a quoted piece, or one character. */
function tokenLength(text: string, at: number): number {
  const rest = text.slice(at, at + 200)
  return (
    /^(?:[\p{L}\p{N}_$.]+|"[^"\n]*"|'[^'\n]*'|[=<>!&|+*/%-]+)/u.exec(rest)?.[0].length ??
    (rest === '' ? 0 : 1)
  )
}
