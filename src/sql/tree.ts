/** A node of a parse tree: one key, its type, and under it the fields. */
export type SqlNode = { readonly type: string; readonly fields: SqlFields }
export type SqlFields = Readonly<Record<string, unknown>>

/** A column as SQL names it: what stands before the last dot is the qualifier. */
export type ColumnUse = {
  readonly name: string
  readonly qualifier: readonly string[]
  readonly location: number | undefined
}

/** Reads `{ TypeName: { ...fields } }`; `undefined` for what is no node. */
export function toNode(value: unknown): SqlNode | undefined {
  if (!isFields(value)) return undefined
  const [type, more] = Object.keys(value)
  if (type === undefined || more !== undefined || !/^[A-Z]/.test(type)) return undefined
  const fields = value[type]
  return isFields(fields) ? { type, fields } : undefined
}

export function toNodes(value: unknown): readonly SqlNode[] {
  return Array.isArray(value) ? value.flatMap((item) => toNode(item) ?? []) : []
}

/** The texts of a list of String nodes, as names are written in the tree; others are left out. */
export function toNames(value: unknown): readonly string[] {
  return toNodes(value).flatMap(({ type, fields }) =>
    type === 'String' ? [typeof fields['sval'] === 'string' ? fields['sval'] : ''] : [],
  )
}

export function isFields(value: unknown): value is SqlFields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A field of a node that is a text, such as the name of an operator's kind; empty where it is left out. */
export function textField(fields: SqlFields, key: string): string {
  const value = fields[key]
  return typeof value === 'string' ? value : ''
}

/** The byte offset at which a node stands in the text, where the tree says it. */
export function locationOf(node: SqlNode): number | undefined {
  const location = node.fields['location']
  return typeof location === 'number' ? location : undefined
}

/** The statement of a tree that has one. */
export function onlyStatement(tree: unknown): SqlNode | undefined {
  const statements: unknown = isFields(tree) ? tree['stmts'] : undefined
  if (!Array.isArray(statements) || statements.length !== 1) return undefined
  const statement: unknown = statements[0]
  return isFields(statement) ? toNode(statement['stmt']) : undefined
}

/** Reads a ColumnRef: names before the last dot are the qualifier; `undefined` for `*` and `t.*`. */
export function toColumn(node: SqlNode): ColumnUse | undefined {
  const fields = node.fields['fields']
  const names = toNames(fields)
  const name = names.at(-1)
  if (name === undefined || !Array.isArray(fields) || names.length !== fields.length) return undefined
  return { name, qualifier: names.slice(0, -1), location: locationOf(node) }
}

/** The SELECTs that a UNION, INTERSECT or EXCEPT puts together, from the left; one where there is none. */
export function armsOf(select: SqlFields): readonly SqlFields[] {
  const arms: SqlFields[] = []
  // Not by recursion: a long UNION leans to the left.
  const waiting = [select]
  for (let fields = waiting.pop(); fields !== undefined; fields = waiting.pop()) {
    const { larg, rarg } = fields
    if (isFields(larg) && isFields(rarg)) waiting.push(rarg, larg)
    else arms.push(fields)
  }
  return arms
}
