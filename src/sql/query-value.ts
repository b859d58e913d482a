import { fromBytes } from './offsets.ts'
import { isFields, locationOf, textField, toNames, toNode, toNodes, type SqlNode } from './tree.ts'

/** A table of a query's FROM; `schema` where the text names one. */
export type QueryTable = { readonly schema: string | undefined; readonly name: string }

/** A column that a query names, at a UTF-16 offset in its text. */
export type QueryColumn = {
  readonly name: string
  readonly at: number
  readonly length: number
  /** It is of one of these; never one that may be of something else, such as a subquery. */
  readonly tables: readonly QueryTable[]
}

/** A value that a query gives, as far as the text says of what type it is, at a UTF-16 offset in it. */
export type QueryValue = { readonly at: number; readonly length: number } & (
  | { readonly kind: 'column'; readonly column: QueryColumn }
  /** Cast to a type of PostgreSQL's own, or always of it. */
  | { readonly kind: 'typed'; readonly type: string; readonly isCast: boolean }
  /** A text or NULL, which takes the type of what is beside it. */
  | { readonly kind: 'untyped' }
  /** A function without a schema, or of PostgreSQL's own. */
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly (QueryValue | undefined)[] }
  /** One of several. */
  | { readonly kind: 'choice'; readonly values: readonly (QueryValue | undefined)[] }
)

const NAME =
  /(?:"(?:[^"]|"")*"|[\p{L}_][\p{L}\p{N}_$]*)(?:\s*\.\s*(?:"(?:[^"]|"")*"|[\p{L}_][\p{L}\p{N}_$]*))*|[^\s,()]+/uy

/** What SQL writes like a name. */
const KEYWORDS: readonly (readonly [op: RegExp, type: string])[] = [
  [/^SVFOP_CURRENT_DATE$/, 'date'],
  [/^SVFOP_CURRENT_TIMESTAMP/, 'timestamptz'],
  [/^SVFOP_LOCALTIMESTAMP/, 'timestamp'],
  [/_(?:USER|ROLE|CATALOG|SCHEMA)$/, 'name'],
]

/**
 * Reads a value of a query; `undefined` where nothing follows from the text.
 * @param columns what the query's column references are, where that is known
 */
export function readValue(
  text: string,
  node: SqlNode | undefined,
  columns: ReadonlyMap<SqlNode['fields'], QueryColumn>,
): QueryValue | undefined {
  if (node === undefined) return undefined
  const { fields } = node
  const read = (value: unknown): QueryValue | undefined => readValue(text, toNode(value), columns)
  const readAll = (values: unknown): readonly (QueryValue | undefined)[] =>
    Array.isArray(values) ? values.map(read) : []
  const place = placeAt(text, locationOf(node))
  switch (node.type) {
    case 'ColumnRef': {
      const column = columns.get(fields)
      return column && { kind: 'column', column, at: column.at, length: column.length }
    }
    case 'TypeCast':
      return readCast(text, fields['typeName'])
    case 'A_Const': {
      const type = constantType(fields)
      return type === undefined
        ? { kind: 'untyped', ...place }
        : { kind: 'typed', type, isCast: false, ...place }
    }
    case 'SQLValueFunction': {
      const [, type] = KEYWORDS.find(([op]) => op.test(textField(fields, 'op'))) ?? []
      return type === undefined ? undefined : { kind: 'typed', type, isCast: false, ...place }
    }
    case 'FuncCall': {
      const names = toNames(fields['funcname'])
      const name = names.at(-1)
      if (name === undefined || names.length > 2 || (names.length === 2 && names[0] !== 'pg_catalog'))
        return undefined
      return { kind: 'call', name, args: readAll(fields['args']), ...place }
    }
    case 'CoalesceExpr':
    case 'MinMaxExpr':
      return { kind: 'choice', values: readAll(fields['args']), ...place }
    case 'CaseExpr': {
      const results = toNodes(fields['args']).map((when) => read(when.fields['result']))
      const other = fields['defresult'] === undefined ? [] : [read(fields['defresult'])]
      return { kind: 'choice', values: [...results, ...other], ...place }
    }
    case 'A_Expr':
      if (textField(fields, 'kind') !== 'AEXPR_NULLIF') return undefined
      return { kind: 'choice', values: [read(fields['lexpr'])], ...place }
    default:
      return undefined
  }
}

/** The type of a constant; `undefined` for a text and NULL. */
function constantType(fields: SqlNode['fields']): string | undefined {
  if (fields['ival'] !== undefined) return 'int4'
  if (fields['boolval'] !== undefined) return 'bool'
  if (fields['bsval'] !== undefined) return 'bit'
  if (!isFields(fields['fval'])) return undefined
  const digits = textField(fields['fval'], 'fval')
  return /^-?\d{1,18}$/.test(digits) ? 'int8' : 'numeric'
}

function readCast(text: string, type: unknown): QueryValue | undefined {
  if (!isFields(type) || type['arrayBounds'] !== undefined) return undefined
  const names = toNames(type['names'])
  const name = names.at(-1)
  const plain = names.length === 2 ? names[0] === 'pg_catalog' : ['uuid', 'text', 'date'].includes(name ?? '')
  if (name === undefined || !plain) return undefined
  const at = typeof type['location'] === 'number' ? type['location'] : undefined
  return { kind: 'typed', type: name, isCast: true, ...placeAt(text, at) }
}

function placeAt(text: string, byte: number | undefined): { readonly at: number; readonly length: number } {
  const at = fromBytes(text, byte ?? 0)
  NAME.lastIndex = at
  return { at, length: NAME.exec(text)?.[0].length ?? 1 }
}
