import { loadParser, type SqlParser } from './load-parser.ts'
import { readSql, type SqlFrame } from './read-sql.ts'
import { createProblems, type SqlProblem } from './sql-problem.ts'
import { isFields, locationOf, onlyStatement, toColumn, toNames, toNode, toNodes } from './tree.ts'
import type { SqlFields, SqlNode } from './tree.ts'

export type JoinProblem = SqlProblem<'syntax' | 'not-one' | 'not-allowed'>

/** A column in an ON, and where it stands: a UTF-16 offset in the text. */
export type JoinColumn = { readonly name: string; readonly qualifier: readonly string[]; readonly at: number }

/** A joined table by its names, and the pairs of columns that must be equal. Whose columns they are is not checked. */
export type Join = {
  readonly schema: string | undefined
  readonly table: string
  readonly alias: string | undefined
  /** Where the table stands: a UTF-16 offset in the text. */
  readonly at: number
  readonly on: readonly (readonly [JoinColumn, JoinColumn])[]
}

export type ParsedJoin = {
  /** `undefined` when there is a problem. */
  readonly join: Join | undefined
  readonly problems: readonly JoinProblem[]
}

/** Reads the text of one join, such as `agents ON agents.id = leads.agent_id`; all problems of it at once. */
export type ParseJoin = (text: string) => ParsedJoin

const EXAMPLE = 'It is one table, as in agents ON agents.id = leads.agent_id.'
const FRAME: SqlFrame = {
  noun: 'a join',
  before: 'SELECT FROM t JOIN ',
  after: '',
  whole: EXAMPLE,
  early: EXAMPLE,
  tooDeep: ['The join is nested too deeply.', EXAMPLE],
}
const EQUALITIES = 'Columns are compared with =, and comparisons combined with AND.'

/** Loads PostgreSQL's grammar and gives the function that reads joins with it. */
export async function createJoinParser(): Promise<ParseJoin> {
  const parser = await loadParser()
  return (text) => parseJoin(parser, text)
}

function parseJoin(parser: SqlParser, text: string): ParsedJoin {
  const problems = createProblems<JoinProblem['kind']>(text)
  const read = readSql(parser, text, FRAME, problems)
  const join = read && readTree(read.tree)
  return { join: problems.hasErrors() ? undefined : join, problems: problems.found }

  function refuse(node: SqlNode | undefined, message: string, hint = EXAMPLE): undefined {
    const location = node && (locationOf(node) ?? locationOf(toNode(node.fields['lexpr']) ?? node))
    problems.add('not-allowed', location === undefined ? text.search(/\S/) : at(location), message, hint)
  }

  function at(location: number | undefined): number {
    return read?.fromByte(location) ?? 0
  }

  function readTree(tree: unknown): Join | undefined {
    const select = onlyStatement(tree)
    const from = toNodes(select?.fields['fromClause'])
    const extra = Object.keys(select?.fields ?? {}).some(
      (key) => !['fromClause', 'limitOption', 'op'].includes(key),
    )
    const joined = from[0]?.type === 'JoinExpr' ? from[0].fields : undefined
    if (select?.type !== 'SelectStmt' || extra || from.length !== 1 || joined === undefined)
      return refuse(undefined, 'A join has nothing after its ON.')
    const [left, right] = [toNode(joined['larg']), toNode(joined['rarg'])]
    if (left?.type !== 'RangeVar' || right?.type === 'JoinExpr')
      return refuse(
        undefined,
        'A join names one table.',
        'Write one join for each table, as items of a list.',
      )
    if (joined['jointype'] !== 'JOIN_INNER') return refuse(undefined, 'Only an inner join leads anywhere.')
    if (right?.type !== 'RangeVar')
      return refuse(undefined, 'Only a table can be joined, no subquery and no function.')
    if (joined['usingClause'] !== undefined || joined['isNatural'] === true)
      return refuse(undefined, 'USING does not say whose columns they are.', EXAMPLE)
    if (right.fields['catalogname'] !== undefined || right.fields['inh'] !== true)
      return refuse(right, 'A table is named by schema and table, nothing more.')
    if (isFields(right.fields['alias']) && right.fields['alias']['colnames'] !== undefined)
      return refuse(right, 'An alias cannot rename columns.')
    if (joined['quals'] === undefined) return refuse(right, 'A join needs an ON.')
    return { ...readTable(right.fields), at: at(locationOf(right)), on: readOn(toNode(joined['quals'])) }
  }

  /** A condition of some depth: `AND` is flat in the tree unless parentheses make it deep, which are bounded. */
  function readOn(node: SqlNode | undefined): readonly (readonly [JoinColumn, JoinColumn])[] {
    if (node?.type === 'BoolExpr' && node.fields['boolop'] === 'AND_EXPR')
      return toNodes(node.fields['args']).flatMap(readOn)
    const { lexpr, rexpr } = node?.fields ?? {}
    const names = toNames(node?.fields['name'])
    if (node?.type !== 'A_Expr' || node.fields['kind'] !== 'AEXPR_OP' || names.at(-1) !== '=') {
      refuse(node, 'A join compares columns with = and nothing else.', EQUALITIES)
      return []
    }
    const [left, right] = [readColumn(toNode(lexpr)), readColumn(toNode(rexpr))]
    return left === undefined || right === undefined ? [] : [[left, right]]
  }

  function readColumn(node: SqlNode | undefined): JoinColumn | undefined {
    const column = node?.type === 'ColumnRef' ? toColumn(node) : undefined
    if (column === undefined) return refuse(node, 'Only columns can be compared in a join.', EQUALITIES)
    return { name: column.name, qualifier: column.qualifier, at: at(column.location) }
  }
}

function readTable(fields: SqlFields): {
  schema: string | undefined
  table: string
  alias: string | undefined
} {
  const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)
  const alias = isFields(fields['alias']) ? text(fields['alias']['aliasname']) : undefined
  return { schema: text(fields['schemaname']), table: text(fields['relname']) ?? '', alias }
}
