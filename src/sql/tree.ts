/** A node of a parse tree: one key, its type, and under it the fields. */
export type SqlNode = { readonly type: string; readonly fields: SqlFields }
export type SqlFields = Readonly<Record<string, unknown>>

/** Reads `{ TypeName: { ...fields } }`; `undefined` for what is no node. */
export function toNode(value: unknown): SqlNode | undefined {
  if (!isFields(value)) return undefined
  const [entry, more] = Object.entries(value)
  if (entry === undefined || more !== undefined || !/^[A-Z]/.test(entry[0]) || !isFields(entry[1]))
    return undefined
  return { type: entry[0], fields: entry[1] }
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

/** The byte offset at which a node stands in the text, where the tree says it. */
export function locationOf(node: SqlNode): number | undefined {
  const location = node.fields['location']
  return typeof location === 'number' ? location : undefined
}
