import { loadParser, type SqlParser } from './load-parser.ts'
import { guardExpression, TOO_DEEP } from './condition-guard.ts'
import { toConditionNode } from './condition-tree.ts'
import { cleanSql, readSql, type ReadSql, type SqlFrame } from './read-sql.ts'
import { createProblems, type SqlProblem } from './sql-problem.ts'
import { onlyStatement, toNames, toNode, toNodes, type ColumnUse } from './tree.ts'
import type { Condition } from './condition.ts'

export type ConditionProblem = SqlProblem<
  'syntax' | 'not-one' | 'not-allowed' | 'not-boolean' | 'qualifier' | 'quotes'
>

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

const FRAME: SqlFrame = {
  noun: 'a condition',
  before: 'SELECT (',
  after: ')',
  whole: 'A condition is one SQL expression, and nothing after it.',
  tooDeep: TOO_DEEP,
}
const DOT = 46
const ARITHMETIC = new Set(['+', '-', '*', '/', '%', '^', '||'])

/**
 * Loads PostgreSQL's grammar and gives the function that reads conditions with it. The text must be exactly
 * one expression: what would close the parenthesis that it is put into, or end the statement, is refused.
 */
export async function createConditionParser(): Promise<ParseCondition> {
  const parser = await loadParser()
  const known = new Map<string, ParsedCondition>()
  return (text, table) => {
    const before = known.get(text)
    if (before !== undefined) return before
    const { qualified, ...parsed } = parseCondition(parser, text, table)
    // The same text means the same in all tables, unless it names one.
    if (!qualified) known.set(text, parsed)
    return parsed
  }
}

function parseCondition(
  parser: SqlParser,
  text: string,
  table: { schema: string; name: string },
): ParsedCondition & { readonly qualified: boolean } {
  const problems = createProblems<ConditionProblem['kind']>(text)
  const read = readSql(parser, text, FRAME, problems)
  const refused = { condition: undefined, problems: problems.found, qualified: true }
  if (read === undefined) return refused
  const expression = onlyExpression(read.tree)
  if (expression === undefined) {
    problems.add(
      'not-one',
      text.search(/\S/),
      'This is not one expression.',
      'Combine conditions with AND and OR.',
    )
    return refused
  }
  const { columns, objections } = guardExpression(expression)
  for (const { location, message, hint } of objections)
    problems.add('not-allowed', read.fromByte(location), message, hint)
  if (!mayBeBoolean(expression)) {
    problems.add(
      'not-boolean',
      text.search(/\S/),
      'This expression is not true or false.',
      "Compare it with something, as in status = 'completed'.",
    )
  }
  for (const column of columns) checkColumn(column)
  if (problems.hasErrors()) return refused
  const cuts = columns.flatMap((column) => schemaOf(column, read))
  return {
    condition: {
      sql: cleanSql(text, read, cuts),
      columns: [...new Set(columns.map(({ name }) => name))].sort(),
      tree: toConditionNode(expression),
    },
    problems: problems.found,
    qualified: columns.some(({ qualifier }) => qualifier.length > 0),
  }

  function checkColumn({ name, qualifier, location }: ColumnUse): void {
    const at = read?.fromByte(location) ?? 0
    const [first, second] = qualifier.length === 1 ? [table.schema, qualifier[0]] : qualifier
    const own = qualifier.length <= 2 && first === table.schema && second === table.name
    if (qualifier.length > 0 && !own) {
      problems.add(
        'qualifier',
        at,
        `${[...qualifier, name].join('.')} is not a column of the changed row.`,
        /^(?:old|new)$/.test(qualifier.join('.'))
          ? `Write ${name}: the condition is asked of the row before and after the change.`
          : `The condition sees columns of ${table.name} only.`,
      )
    } else if (/^[\u2018-\u201F]/.test(name)) {
      problems.add(
        'quotes',
        at,
        `In typographic quotes, ${name} is a column.`,
        'A text stands in straight single quotes.',
        'warning',
      )
    } else if (
      text.startsWith(`"${name}"`, at) &&
      /=\s*$/.test(text.slice(0, at)) &&
      /^[a-z_ -]+$/.test(name)
    ) {
      problems.add(
        'quotes',
        at,
        `In double quotes, "${name}" is a column.`,
        `A text stands in single quotes: '${name}'.`,
        'warning',
      )
    }
  }
}

/** The schema before a column's table: where a row is named, its table's name is all there is. */
function schemaOf(
  { qualifier, location }: ColumnUse,
  { tokens, fromByte }: ReadSql,
): readonly (readonly [start: number, end: number])[] {
  if (qualifier.length < 2 || location === undefined) return []
  const dot = tokens().find(({ start, tokenType }) => start > location && tokenType === DOT)
  return dot === undefined ? [] : [[fromByte(location), fromByte(dot.end)]]
}

function onlyExpression(tree: unknown): unknown {
  const select = onlyStatement(tree)
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
