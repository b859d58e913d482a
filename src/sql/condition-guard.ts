import {
  isFields,
  locationOf,
  toColumn,
  toNames,
  toNode,
  type ColumnUse,
  type SqlFields,
  type SqlNode,
} from './tree.ts'

export type Objection = {
  readonly message: string
  readonly hint: string | undefined
  readonly location: number | undefined
}

/** What a condition may consist of. Everything that is not named here is refused. */
const ALLOWED = new Set(
  `A_ArrayExpr A_Const A_Expr A_Indices A_Indirection BoolExpr BooleanTest CaseExpr CaseWhen
  CoalesceExpr CollateClause ColumnRef FuncCall Integer JsonIsPredicate List MinMaxExpr
  NamedArgExpr NullTest RowExpr SQLValueFunction String TypeCast TypeName`.split(/\s+/),
)

const ROW = 'A condition sees one row and nothing else.'
const REFUSED: Readonly<Record<string, readonly [what: string, hint: string]>> = {
  SubLink: ['A condition cannot contain a subquery.', `${ROW} Compare columns of the changed row.`],
  ParamRef: ['A condition cannot contain a parameter such as $1.', 'Write the value itself.'],
  SetToDefault: ['A condition cannot contain DEFAULT.', 'Write the value itself.'],
  GroupingFunc: ['A condition cannot contain GROUPING().', ROW],
}

const AGGREGATES = new Set(
  'count sum avg min max array_agg string_agg json_agg jsonb_agg json_object_agg jsonb_object_agg bool_and bool_or every'.split(
    ' ',
  ),
)
const SET_RETURNING =
  /^(?:unnest|generate_(?:series|subscripts)|regexp_(?:matches|split_to_table)|string_to_table|jsonb?_(?:each|each_text|array_elements|array_elements_text|object_keys|populate_recordset|to_recordset|path_query))$/
const MAX_DEPTH = 200
export const TOO_DEEP = [
  'The condition is nested too deeply.',
  'Write it as IN (...) or as a generated column.',
] as const

/**
 * Walks an expression's tree and gives the columns that it reads and everything that a condition may not
 * contain. Deeper trees than 200 levels are objected to, so that no later walk overflows the stack.
 */
export function guardExpression(root: unknown): {
  columns: readonly ColumnUse[]
  objections: readonly Objection[]
} {
  const columns: ColumnUse[] = []
  const objections: Objection[] = []
  const refuse = (location: number | undefined, message: string, hint?: string): void => {
    objections.push({ message, hint, location })
  }

  const visit = (value: unknown, depth: number): void => {
    if (depth > MAX_DEPTH) {
      if (!objections.some(({ message }) => message === TOO_DEEP[0])) refuse(undefined, ...TOO_DEEP)
      return
    }
    if (Array.isArray(value)) {
      for (const item of value) visit(item, depth + 1)
      return
    }
    const node = toNode(value)
    if (node === undefined) {
      if (isFields(value)) for (const child of Object.values(value)) visit(child, depth + 1)
      return
    }
    if (node.type === 'ColumnRef') {
      const column = toColumn(node)
      if (column === undefined)
        refuse(locationOf(node), 'A condition cannot contain .* for a whole row.', 'Name the columns.')
      else columns.push(column)
      return
    }
    const refused = REFUSED[node.type]
    if (refused !== undefined) return refuse(locationOf(node) ?? firstLocation(node.fields), ...refused)
    if (!ALLOWED.has(node.type)) {
      return refuse(
        locationOf(node),
        `A condition cannot contain this kind of expression (${node.type}).`,
        ROW,
      )
    }
    if (node.type === 'FuncCall') checkCall(node, refuse)
    if (node.type === 'A_Expr') checkOperator(node, refuse)
    for (const child of Object.values(node.fields)) visit(child, depth + 1)
  }

  visit(root, 0)
  return { columns, objections }
}

type Refuse = (location: number | undefined, message: string, hint?: string) => void

function checkCall(node: SqlNode, refuse: Refuse): void {
  const { fields } = node
  const names = toNames(fields['funcname'])
  const name = names.at(-1) ?? ''
  const builtIn = names.length === 1 || names[0] === 'pg_catalog'
  if (fields['over'] !== undefined)
    refuse(locationOf(node), 'A condition cannot contain a window function.', ROW)
  else if (
    ['agg_star', 'agg_distinct', 'agg_filter', 'agg_order', 'agg_within_group'].some(
      (key) => fields[key] !== undefined,
    ) ||
    (builtIn && AGGREGATES.has(name))
  )
    refuse(locationOf(node), `A condition cannot contain an aggregate such as ${name}().`, ROW)
  else if (builtIn && SET_RETURNING.test(name))
    refuse(locationOf(node), `A condition cannot contain ${name}(), which returns several rows.`, ROW)
}

function checkOperator(node: SqlNode, refuse: Refuse): void {
  if (toNames(node.fields['name']).at(-1) === '==')
    refuse(locationOf(node), 'SQL has no operator ==.', 'Equality is written =.')
}

function firstLocation(fields: SqlFields): number | undefined {
  for (const value of Object.values(fields)) {
    const node = toNode(value)
    const found = node === undefined ? undefined : (locationOf(node) ?? firstLocation(node.fields))
    if (found !== undefined) return found
  }
  return undefined
}
