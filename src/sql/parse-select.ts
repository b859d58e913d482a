import { loadParser, type SqlParser } from './load-parser.ts'
import { cutPlaceholders, joinPieces } from './placeholders.ts'
import { cleanSql, readSql, type SqlFrame } from './read-sql.ts'
import { createProblems, type SqlProblem } from './sql-problem.ts'
import { armsOf, isFields, locationOf, onlyStatement, toColumn, toNames, toNode, toNodes } from './tree.ts'
import type { SqlFields, SqlNode } from './tree.ts'

export type SelectProblem = SqlProblem<'syntax' | 'not-one' | 'not-allowed' | 'no-name'>

/** A column of a query's outcome; `at` is its UTF-16 offset in the text. */
export type OutputColumn = { readonly name: string; readonly at: number }

export type ParsedSelect = {
  /** `undefined` when there is a problem. `sql` is the text without comments. */
  readonly select:
    | {
        readonly sql: string
        /** None where they need no names. */
        readonly columns: readonly OutputColumn[]
        /** Those that it asks for. */
        readonly params: ReadonlySet<string>
      }
    | undefined
  readonly problems: readonly SelectProblem[]
}

export type SelectOptions = {
  /** Words after a colon that stand for params, as in `:user_id`; none unless given. */
  readonly params?: ReadonlySet<string>
  /** Whether the columns must have names that can be read off the text, so that `*` is none; they must unless said. */
  readonly named?: boolean
}

/** Reads the text of one query that writes nothing and locks no row; all problems of it at once. */
export type ParseSelect = (text: string, options?: SelectOptions) => ParsedSelect

const FRAME: SqlFrame = {
  noun: 'a query',
  before: '',
  after: '',
  whole: 'It is one SELECT, and nothing after it.',
  tooDeep: ['The query is nested too deeply.', 'Put a part of it into a view.'],
}
/** Levels of the tree; parentheses and brackets are bounded before. */
const MAX_DEPTH = 1000

const WRITING = /^(?:Insert|Update|Delete|Merge)Stmt$/
const NAMELESS = 'Name it, as in count(*) AS number.'

/** Loads PostgreSQL's grammar and gives the function that reads queries with it. */
export async function createSelectParser(): Promise<ParseSelect> {
  const parser = await loadParser()
  return (text, options) => parseSelect(parser, text, options)
}

function parseSelect(
  parser: SqlParser,
  text: string,
  { params = new Set(), named = true }: SelectOptions = {},
): ParsedSelect {
  const problems = createProblems<SelectProblem['kind']>(text)
  const used = new Set<string>()
  const plain = params.size === 0 ? text : hideParams(parser, text, params, used)
  const read = readSql(parser, plain, FRAME, problems)
  const refused = { select: undefined, problems: problems.found }
  if (read === undefined) return refused
  const { tree, fromByte } = read
  const start = text.search(/\S/)
  const statement = onlyStatement(tree)
  if (statement?.type !== 'SelectStmt') {
    problems.add('not-one', start, 'Expected one SELECT, got another statement.', FRAME.whole)
    return refused
  }
  try {
    guard(statement)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    problems.add('not-allowed', start, ...FRAME.tooDeep)
    return refused
  }
  const columns = named ? outputColumns(statement.fields) : []
  if (problems.hasErrors()) return refused
  return { select: { sql: cleanSql(text, read), columns, params: used }, problems: problems.found }

  /** Refuses everything that is more than reading; functions may still write, which only the server can prevent. */
  function guard(value: unknown, depth = 0): void {
    if (depth > MAX_DEPTH) throw new RangeError('too deep')
    if (Array.isArray(value)) for (const item of value) guard(item, depth + 1)
    if (!isFields(value)) return
    const node = toNode(value)
    if (node !== undefined && WRITING.test(node.type))
      problems.add('not-allowed', start, 'The query writes.', 'A query of a rule only reads.')
    if (node?.type === 'ParamRef')
      problems.add(
        'not-allowed',
        fromByte(locationOf(node)),
        'A query has no parameters.',
        'Write the value itself.',
      )
    if (value['intoClause'] !== undefined)
      problems.add(
        'not-allowed',
        start,
        'SELECT INTO makes a table.',
        'Remove INTO: a query of a rule only reads.',
      )
    if (value['lockingClause'] !== undefined)
      problems.add('not-allowed', start, 'The query locks rows.', 'Remove FOR UPDATE or FOR SHARE.')
    for (const child of Object.values(value)) guard(child, depth + 1)
  }

  function outputColumns(fields: SqlFields): readonly OutputColumn[] {
    let arm = fields
    while (isFields(arm['larg'])) arm = arm['larg']
    if (arm['valuesLists'] !== undefined) {
      problems.add(
        'no-name',
        start,
        'The columns of VALUES have no names.',
        'Write SELECT ... AS ... instead.',
      )
      return []
    }
    refuseOtherWidths(fields)
    return toNodes(arm['targetList']).flatMap((target): readonly OutputColumn[] => {
      const at = Math.max(start, fromByte(locationOf(target)))
      const name = target.fields['name'] ?? nameOf(toNode(target.fields['val']))
      if (typeof name === 'string') return [{ name, at }]
      if (isStar(target))
        problems.add(
          'no-name',
          at,
          'What * stands for is not known here.',
          'Name the columns that are meant.',
        )
      else problems.add('no-name', at, 'This column has no name that the rule could mean.', NAMELESS)
      return []
    })
  }

  /** Each SELECT of a UNION, INTERSECT or EXCEPT has to give as many columns as the first. */
  function refuseOtherWidths(fields: SqlFields): void {
    const [first, ...others] = armsOf(fields).map((arm) => toNodes(arm['targetList']))
    if (first === undefined || first.length === 0 || first.some(isStar)) return
    for (const targets of others) {
      const [target] = targets
      if (target === undefined || targets.length === first.length || targets.some(isStar)) continue
      const count = (list: readonly unknown[]): string =>
        `${list.length} ${list.length === 1 ? 'column' : 'columns'}`
      problems.add(
        'not-one',
        fromByte(locationOf(target)),
        `This SELECT gives ${count(targets)}, and the first ${count(first)}.`,
        'Each gives the same columns in the same order.',
      )
    }
  }

  /** As the server names columns without AS; what it names by other rules must be named in the query. */
  function nameOf(node: SqlNode | undefined): string | undefined {
    switch (node?.type) {
      case 'ColumnRef': {
        const fields = node.fields['fields']
        const names = toNames(fields)
        return Array.isArray(fields) && names.length === fields.length ? names.at(-1) : undefined
      }
      case 'FuncCall':
        return toNames(node.fields['funcname']).at(-1)
      case 'TypeCast':
        return nameOf(toNode(node.fields['arg']))
      case undefined:
      default:
        return undefined
    }
  }
}

function isStar({ fields }: SqlNode): boolean {
  const value = toNode(fields['val'])
  return value?.type === 'ColumnRef' && toColumn(value) === undefined
}

/** The same text with a blank for each colon, so that the grammar reads names of params as those of columns. */
function hideParams(parser: SqlParser, text: string, params: ReadonlySet<string>, used: Set<string>): string {
  try {
    return joinPieces(cutPlaceholders(parser, text, params), (name) => {
      used.add(name)
      return ` ${name}`
    })
  } catch {
    // What the lexer cannot cut, the grammar says something of.
    return text
  }
}
