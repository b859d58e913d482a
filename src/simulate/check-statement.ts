import { StalemateError } from '../errors.ts'
import { loadParser } from '../sql/load-parser.ts'
import { isFields, toNode } from '../sql/tree.ts'

/** What a transaction takes back: all other commands are refused, as some of them cannot be. */
const STATEMENTS = new Set([
  'InsertStmt',
  'UpdateStmt',
  'DeleteStmt',
  'MergeStmt',
  'TruncateStmt',
  'SelectStmt',
])

/** What is to be simulated. */
export type Statement = {
  readonly sql: string
  /** Whether EXPLAIN can time it. */
  readonly explainable: boolean
}

/**
 * Makes sure that a text is one statement that a transaction takes back.
 *
 * @throws StalemateError `usage`
 */
export async function checkStatement(text: string): Promise<Statement> {
  if (text.includes('\0')) throw wrong('The statement contains a NUL.', 'Leave it out.')
  const { parseSync } = await loadParser()
  let tree: unknown
  try {
    tree = parseSync(text)
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error)
    throw wrong(`The statement is no SQL: ${said}.`, 'Put it in quotes: stalemate simulate "UPDATE ...".')
  }
  const statements: unknown = isFields(tree) ? tree['stmts'] : undefined
  const list = Array.isArray(statements) ? statements : []
  if (list.length !== 1) {
    throw wrong(`Expected one statement, got ${list.length}.`, 'Simulate one after the other.')
  }
  const [only] = list as readonly unknown[]
  const type = (isFields(only) ? toNode(only['stmt'])?.type : undefined) ?? ''
  if (!STATEMENTS.has(type)) {
    throw wrong(
      'Only INSERT, UPDATE, DELETE, MERGE, TRUNCATE and SELECT can be simulated.',
      'What other commands do cannot always be taken back.',
    )
  }
  return { sql: text.trim().replace(/;\s*$/, ''), explainable: type !== 'TruncateStmt' }
}

function wrong(message: string, hint: string): StalemateError {
  return new StalemateError('usage', message, { hint })
}
