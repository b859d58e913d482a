import { loadParser } from './load-parser.ts'
import { fromBytes } from './offsets.ts'
import { isFields, locationOf, toColumn, toNames, toNode, toNodes, type SqlNode } from './tree.ts'

/** A name in a condition, at a UTF-16 offset in its text; `length` is that of the text as it stands there. */
export type NameUse = { readonly name: string; readonly at: number; readonly length: number }

/** What a condition refers to. */
export type ConditionUses = {
  readonly columns: readonly NameUse[]
  /** Columns that an operator without a schema compares or computes with, by the operator's name. */
  readonly operands: readonly (NameUse & { readonly operator: string })[]
  /** Types that are named without a schema. */
  readonly types: readonly NameUse[]
  /** Functions that are named without a schema. */
  readonly functions: readonly NameUse[]
}

/** Reads what a condition refers to, of the text of one that is known to be right. */
export type ReadUses = (text: string) => ConditionUses

const BEFORE = 'SELECT ('
const TOKEN = /(?:"(?:[^"]|"")*"|[\p{L}_][\p{L}\p{N}_$]*)(?:\.(?:"(?:[^"]|"")*"|[\p{L}_][\p{L}\p{N}_$]*))*/uy

/** Loads PostgreSQL's grammar and gives the function that reads with it. */
export async function createUsesReader(): Promise<ReadUses> {
  const parser = await loadParser()
  return (text) => {
    const wrapped = `${BEFORE}${text}\n)`
    const place = (name: string, location: number | undefined): NameUse => {
      const at = fromBytes(wrapped, location ?? BEFORE.length) - BEFORE.length
      TOKEN.lastIndex = at
      return { name, at, length: TOKEN.exec(text)?.[0].length ?? 1 }
    }
    return collectUses(parser.parseSync(wrapped), place)
  }
}

function collectUses(
  tree: unknown,
  place: (name: string, location: number | undefined) => NameUse,
): ConditionUses {
  const columns: NameUse[] = []
  const operands: (NameUse & { operator: string })[] = []
  const types: NameUse[] = []
  const functions: NameUse[] = []
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) {
      for (const item of value) visit(item)
      return
    }
    const node = toNode(value)
    if (node === undefined) {
      if (isFields(value)) for (const [key, child] of Object.entries(value)) visitField(key, child)
      return
    }
    if (node.type === 'ColumnRef') {
      const column = toColumn(node)
      if (column !== undefined) columns.push(place(column.name, column.location))
      return
    }
    if (node.type === 'FuncCall') {
      const names = toNames(node.fields['funcname'])
      if (names.length === 1) functions.push(place(names[0] ?? '', locationOf(node)))
    }
    const operator = operatorOf(node)
    if (operator !== undefined) {
      for (const column of operandsOf(node)) {
        const { name = '', location } = toColumn(column) ?? {}
        operands.push({ ...place(name, location), operator })
      }
    }
    for (const [key, child] of Object.entries(node.fields)) visitField(key, child)
  }
  const visitField = (key: string, child: unknown): void => {
    // A cast holds its type as fields without a node around them.
    if (key === 'typeName' && isFields(child)) {
      const names = toNames(child['names'])
      const location = child['location']
      if (names.length === 1)
        types.push(place(names[0] ?? '', typeof location === 'number' ? location : undefined))
    }
    visit(child)
  }
  visit(tree)
  return { columns, operands, types, functions }
}

/** The operator of a node that looks one up by its name alone. */
function operatorOf({ type, fields }: SqlNode): string | undefined {
  if (type === 'CaseExpr') return fields['arg'] === undefined ? undefined : '='
  if (type !== 'A_Expr') return undefined
  const names = toNames(fields['name'])
  return names.length === 1 ? names[0] : undefined
}

/** Columns whose own type decides which operator is meant: they themselves, or what gives one of them. */
function operandsOf({ type, fields }: SqlNode): readonly SqlNode[] {
  const sides = type === 'CaseExpr' ? [fields['arg']] : [fields['lexpr'], fields['rexpr']]
  return sides.flatMap((side) => columnsBehind(toNode(side)))
}

function columnsBehind(node: SqlNode | undefined): readonly SqlNode[] {
  if (node === undefined) return []
  switch (node.type) {
    case 'ColumnRef':
      return [node]
    case 'CoalesceExpr':
    case 'MinMaxExpr':
    case 'RowExpr':
      return toNodes(node.fields['args']).flatMap(columnsBehind)
    case 'List':
      return toNodes(node.fields['items']).flatMap(columnsBehind)
    case 'A_ArrayExpr':
      return toNodes(node.fields['elements']).flatMap(columnsBehind)
    case 'CollateClause':
      return columnsBehind(toNode(node.fields['arg']))
    default:
      return []
  }
}
