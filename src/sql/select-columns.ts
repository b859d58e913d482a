import { loadParser } from './load-parser.ts'
import { fromBytes } from './offsets.ts'
import { isFields, onlyStatement, toColumn, toNames, toNode, toNodes, type SqlNode } from './tree.ts'

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

/** What a column of the outcome is, where that can be read off the text: a table's column, or a cast to a type of PostgreSQL's own. */
export type QueryOutput = {
  readonly name: string
  readonly column: QueryColumn | undefined
  readonly cast: { readonly type: string; readonly at: number } | undefined
}

export type QueryColumns = {
  readonly columns: readonly QueryColumn[]
  readonly outputs: readonly QueryOutput[]
}

/** What names can mean in a select: tables by their aliases, `undefined` for what is none, and those of the selects around it. */
type Scope = {
  readonly tables: Map<string, QueryTable | undefined>
  readonly outer: Scope | undefined
  readonly aliases: ReadonlySet<string>
}

const REF =
  /(?:"(?:[^"]|"")*"|[\p{L}_][\p{L}\p{N}_$]*)(?:\s*\.\s*(?:"(?:[^"]|"")*"|[\p{L}_][\p{L}\p{N}_$]*))*/uy

/** Loads PostgreSQL's grammar and gives the function that lists which columns of tables a query names. */
export async function createColumnsReader(): Promise<(text: string) => QueryColumns> {
  const parser = await loadParser()
  return (text) => {
    try {
      return readColumns(text, onlyStatement(parser.parseSync(text)))
    } catch {
      // What is wrong with the text is said where it is read.
      return { columns: [], outputs: [] }
    }
  }
}

function readColumns(text: string, statement: SqlNode | undefined): QueryColumns {
  const found = new Map<SqlNode['fields'], QueryColumn>()
  const queries = new Set<unknown>()
  let top: Scope | undefined
  if (statement?.type === 'SelectStmt') readSelect(statement.fields, undefined)
  return {
    columns: [...found.values()],
    outputs: statement === undefined ? [] : readOutputs(statement.fields),
  }

  function readSelect(fields: SqlNode['fields'], outer: Scope | undefined): void {
    const withs = toNode({ WithClause: fields['withClause'] })
    for (const { fields: query } of toNodes(withs?.fields['ctes'])) queries.add(query['ctename'])
    const targets = toNodes(fields['targetList'])
    const aliases = new Set(
      targets.flatMap((target) => (typeof target.fields['name'] === 'string' ? [target.fields['name']] : [])),
    )
    const scope: Scope = { tables: new Map(), outer, aliases }
    top ??= scope
    for (const from of toNodes(fields['fromClause'])) readFrom(from, scope)
    for (const [key, value] of Object.entries(fields)) {
      if (key === 'larg' || key === 'rarg') {
        if (isFields(value)) readSelect(value, outer)
      } else visit(value, key === 'withClause' ? { tables: new Map(), outer, aliases: new Set() } : scope)
    }
  }

  function readFrom(node: SqlNode, { tables }: Scope): void {
    const { fields } = node
    const alias = isFields(fields['alias']) ? fields['alias'] : undefined
    const given = typeof alias?.['aliasname'] === 'string' ? alias['aliasname'] : undefined
    if (node.type === 'RangeVar' && typeof fields['relname'] === 'string') {
      const { schemaname: schema, relname: name } = fields
      const table = { schema: typeof schema === 'string' ? schema : undefined, name }
      const own = table.schema === undefined && queries.has(name)
      tables.set(given ?? name, own || alias?.['colnames'] !== undefined ? undefined : table)
    } else if (node.type === 'JoinExpr') {
      for (const side of [toNode(fields['larg']), toNode(fields['rarg'])])
        if (side) readFrom(side, { tables, outer: undefined, aliases: new Set() })
      if (given !== undefined) tables.set(given, undefined)
    } else tables.set(given ?? '', undefined)
  }

  function visit(value: unknown, scope: Scope): void {
    if (Array.isArray(value)) for (const item of value) visit(item, scope)
    if (!isFields(value)) return
    const node = toNode(value)
    if (node?.type === 'ColumnRef') note(node, scope)
    else if (node?.type === 'SelectStmt') readSelect(node.fields, scope)
    else for (const child of Object.values(value)) visit(child, scope)
  }

  function note(node: SqlNode, scope: Scope): void {
    const column = toColumn(node)
    const tables = column && tablesOf(column.name, column.qualifier, scope)
    if (column === undefined || tables === undefined) return
    const at = fromBytes(text, column.location ?? 0)
    REF.lastIndex = at
    found.set(node.fields, { name: column.name, at, length: REF.exec(text)?.[0].length ?? 1, tables })
  }

  function readOutputs(fields: SqlNode['fields']): readonly QueryOutput[] {
    return toNodes(fields['targetList']).flatMap((target): readonly QueryOutput[] => {
      const value = toNode(target.fields['val'])
      const source = value?.type === 'TypeCast' ? toNode(value.fields['arg']) : value
      const name =
        target.fields['name'] ?? (source?.type === 'ColumnRef' ? toColumn(source)?.name : undefined)
      if (typeof name !== 'string' || value === undefined) return []
      return [{ name, column: found.get(value.fields), cast: castOf(value) }]
    })
  }

  function castOf(value: SqlNode): QueryOutput['cast'] {
    const type =
      value.type === 'TypeCast' && isFields(value.fields['typeName']) ? value.fields['typeName'] : undefined
    const names = toNames(type?.['names'])
    const name = names.at(-1)
    const plain =
      names.length === 2 ? names[0] === 'pg_catalog' : ['uuid', 'text', 'date'].includes(name ?? '')
    if (name === undefined || !plain || type?.['arrayBounds'] !== undefined) return undefined
    const location = type?.['location']
    return { type: name, at: fromBytes(text, typeof location === 'number' ? location : 0) }
  }
}

/** The tables that a column may be of; `undefined` where it may be of something else. */
function tablesOf(
  name: string,
  qualifier: readonly string[],
  scope: Scope,
): readonly QueryTable[] | undefined {
  const [first, second] = qualifier
  if (second !== undefined) return undefined
  const tables: QueryTable[] = []
  for (let at: Scope | undefined = scope; at !== undefined; at = at.outer) {
    if (first !== undefined && at.tables.has(first)) {
      const table = at.tables.get(first)
      return table === undefined ? undefined : [table]
    }
    if (first !== undefined) continue
    // Names of the outcome, in ORDER BY and GROUP BY, and of whole rows.
    if (at.aliases.has(name) || at.tables.has(name)) return undefined
    for (const table of at.tables.values()) {
      if (table === undefined) return undefined
      tables.push(table)
    }
  }
  return tables.length === 0 ? undefined : tables
}
