import { loadParser } from './load-parser.ts'
import { fromBytes } from './offsets.ts'
import { readValue, type QueryColumn, type QueryTable, type QueryValue } from './query-value.ts'
import { armsOf, isFields, onlyStatement, toColumn, toNames, toNode, toNodes, type SqlNode } from './tree.ts'

/** A column of the outcome, with what each SELECT of a UNION gives in its place, where that can be read off the text. */
export type QueryOutput = { readonly name: string; readonly values: readonly QueryValue[] }

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
    const [names = [], ...others] = armsOf(fields).map((arm) => readArm(arm))
    return names.flatMap(({ name, value }, index): readonly QueryOutput[] => {
      const values = [value, ...others.map((arm) => arm[index]?.value)].flatMap((one) => one ?? [])
      return name === undefined ? [] : [{ name, values }]
    })
  }

  /** The columns of one SELECT, up to a `*`, after which their places are not known. */
  function readArm(fields: SqlNode['fields']): readonly Target[] {
    const targets: Target[] = []
    for (const target of toNodes(fields['targetList'])) {
      const node = toNode(target.fields['val'])
      if (node?.type === 'ColumnRef' && toColumn(node) === undefined) break
      const given = target.fields['name']
      const name = typeof given === 'string' ? given : node && nameOf(node)
      targets.push({ name, value: readValue(text, node, found) })
    }
    return targets
  }
}

type Target = { readonly name: string | undefined; readonly value: QueryValue | undefined }

/** As the server names a column without AS. */
function nameOf(node: SqlNode): string | undefined {
  if (node.type === 'FuncCall') return toNames(node.fields['funcname']).at(-1)
  if (node.type !== 'TypeCast') return node.type === 'ColumnRef' ? toColumn(node)?.name : undefined
  const inner = toNode(node.fields['arg'])
  return inner && nameOf(inner)
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
