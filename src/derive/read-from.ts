import { toNames, toNode, type SqlFields, type SqlNode } from '../sql/tree.ts'
import type { Block, Cte, From, Occurrence, Place, Scope, Source } from './block.ts'
import type { LockedRelation } from './lock.ts'
import { aliasOf, JOINS, outputNames, placeNamed, placesOf, renameColumns, type Alias } from './names.ts'

/** What reading FROM needs of the reading around it. */
export type FromReader = {
  readonly block: (node: SqlNode, parent: Scope | undefined) => Block
  readonly visit: (node: SqlNode | undefined, scope: Scope) => void
  readonly readPlace: (place: Place) => void
  readonly relation: (schema: string, name: string) => LockedRelation | undefined
  readonly statement: (sql: string) => SqlNode
  readonly recursion: (cte: Cte) => Block | undefined
  readonly next: () => number
  readonly occurrences: Occurrence[]
}

/** Occurrences past which a query is not looked into. */
const MAX_OCCURRENCES = 400

/** Thrown where a query is more than can be understood; the message completes "the query has". */
export class TooMuch extends Error {}

/** Reads a part of FROM, and gives the names in it to the scope. */
export function readFrom(reader: FromReader, node: SqlNode, scope: Scope): From {
  const { fields } = node
  const leaf = (source: Source, name = ''): From => nameLeaf(reader, source, aliasOf(fields), name, scope)
  switch (node.type) {
    case 'JoinExpr':
      return readJoin(reader, fields, scope)
    case 'RangeVar':
      return leaf(readRelation(reader, fields, scope), String(fields['relname']))
    case 'RangeSubselect': {
      const query = toNode(fields['subquery'])
      if (query === undefined) throw new TooMuch('a part of FROM that is no query')
      return leaf(derive(reader, reader.block(query, scope), []))
    }
    case 'RangeTableSample':
      return readFrom(reader, toNode(fields['relation']) ?? node, scope)
    default:
      reader.visit(node, scope)
      return leaf({ kind: 'opaque', id: reader.next(), arguments: [node] })
  }
}

function nameLeaf(
  { occurrences }: FromReader,
  source: Source,
  alias: Alias,
  name: string,
  scope: Scope,
): From {
  const named = renameColumns(source, alias)
  scope.sources.set(alias.name ?? (name || `?${source.id}`), named)
  if (named.kind === 'table') occurrences.push(named)
  if (occurrences.length > MAX_OCCURRENCES) throw new TooMuch('too many tables')
  return { kind: 'leaf', source: named }
}

function derive({ next }: FromReader, block: Block, names: readonly string[]): Source {
  const own = outputNames(block)
  return { kind: 'derived', id: next(), block, names: own.map((name, index) => names[index] ?? name) }
}

function readRelation(reader: FromReader, fields: SqlFields, scope: Scope): Source {
  const { relname, schemaname } = fields
  if (typeof relname !== 'string') throw new TooMuch('a table without a name')
  const cte = schemaname === undefined ? findCte(scope, relname) : undefined
  if (cte !== undefined) {
    const block = cte.kind === 'query' ? reader.block(cte.node, cte.scope) : reader.recursion(cte)
    // Inside of itself, a recursive query has no rows yet that anything is known of.
    if (block === undefined) return { kind: 'opaque', id: reader.next(), arguments: [] }
    return derive(reader, block, cte.names)
  }
  const schema = typeof schemaname === 'string' ? schemaname : 'pg_catalog'
  const relation = reader.relation(schema, relname)
  if (relation === undefined) throw new TooMuch(`the relation ${relname}, of which nothing is known`)
  if (relation.kind === 'view' && relation.sql !== undefined) {
    const columns = relation.columns.map(({ name }) => name)
    return derive(reader, reader.block(reader.statement(relation.sql), undefined), columns)
  }
  const names = new Map(relation.columns.map(({ name }) => [name, name]))
  return { kind: 'table', id: reader.next(), relation, alias: relname, names, read: new Set(), whole: false }
}

function findCte(scope: Scope, name: string): Cte | undefined {
  return scope.ctes.get(name) ?? (scope.parent && findCte(scope.parent, name))
}

function readJoin(reader: FromReader, fields: SqlFields, scope: Scope): From {
  const [l, r] = [toNode(fields['larg']), toNode(fields['rarg'])]
  if (l === undefined || r === undefined) throw new TooMuch('half a join')
  const [left, right] = [readFrom(reader, l, scope), readFrom(reader, r, scope)]
  const merged = toNames(fields['usingClause'])
  const using = merged.flatMap((name) => {
    const places = [...placesOf(left), ...placesOf(right)].filter(({ column }) => column === name)
    scope.merged.set(name, places)
    places.forEach(reader.readPlace)
    const [a, b] = [placeNamed(left, name), placeNamed(right, name)]
    return a === undefined || b === undefined ? [] : [[a, b] as const]
  })
  const on = toNode(fields['quals'])
  reader.visit(on, scope)
  nameJoin(aliasOf(fields), [...placesOf(left), ...placesOf(right)], merged.length > 0, scope)
  const type = JOINS[String(fields['jointype'])] ?? 'full'
  return { kind: 'join', type, left, right, on, scope, using, merged }
}

function nameJoin({ name, columns }: Alias, places: readonly Place[], merges: boolean, scope: Scope): void {
  if (name === undefined) return
  if (merges || columns.length > 0) throw new TooMuch('a join with a name of its own')
  scope.joined.set(name, new Map(places.map((place) => [place.column, place])))
}
