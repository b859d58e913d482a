import { isFields, toNames, toNode, type SqlFields, type SqlNode } from '../sql/tree.ts'
import type { Block, From, Join, Place, Source } from './block.ts'
import { columnsOf } from './resolve.ts'

/** What a part of FROM is called, and its columns where they are named anew. */
export type Alias = { readonly name: string | undefined; readonly columns: readonly string[] }

export const JOINS: Readonly<Record<string, Join['type']>> = {
  JOIN_INNER: 'inner',
  JOIN_LEFT: 'left',
  JOIN_RIGHT: 'right',
  JOIN_FULL: 'full',
}

export function aliasOf(fields: SqlFields): Alias {
  const { alias } = fields
  if (!isFields(alias)) return { name: undefined, columns: [] }
  const { aliasname } = alias
  return { name: typeof aliasname === 'string' ? aliasname : undefined, columns: toNames(alias['colnames']) }
}

/** A source under an alias, whose list of columns names the first ones. */
export function renameColumns(source: Source, { name, columns }: Alias): Source {
  if (source.kind === 'opaque') return source
  const renamed = (index: number, own: string): string => columns[index] ?? own
  if (source.kind === 'derived')
    return { ...source, names: source.names.map((own, index) => renamed(index, own)) }
  const names = new Map([...source.names.values()].map((own, index) => [renamed(index, own), own]))
  return { ...source, alias: name ?? source.alias, names }
}

/** All columns of a part of FROM. */
export function placesOf(from: From): readonly Place[] {
  if (from.kind === 'join') return [...placesOf(from.left), ...placesOf(from.right)]
  return (columnsOf(from.source) ?? []).map((column) => ({ source: from.source, column }))
}

/** The column of that name where it is one; what FULL JOIN merges is none. */
export function placeNamed(from: From, name: string): Place | undefined {
  if (from.kind === 'leaf') {
    return columnsOf(from.source)?.includes(name) === true ? { source: from.source, column: name } : undefined
  }
  const sides = [placeNamed(from.left, name), placeNamed(from.right, name)]
  if (from.merged.includes(name)) return { inner: sides[0], left: sides[0], right: sides[1], full: undefined }[from.type] // prettier-ignore
  return sides[0] === undefined || sides[1] === undefined ? (sides[0] ?? sides[1]) : undefined
}

export function outputNames(block: Block): readonly string[] {
  return block.kind === 'set'
    ? outputNames(block.left)
    : block.targets.map(({ name, value }) => name || guessName(value))
}

/** As the server names a column without AS, as far as it prints such ones. */
function guessName({ type, fields }: SqlNode): string {
  if (type === 'ColumnRef') return toNames(fields['fields']).at(-1) ?? ''
  if (type === 'FuncCall') return toNames(fields['funcname']).at(-1) ?? ''
  const inner = type === 'TypeCast' ? toNode(fields['arg']) : undefined
  return inner === undefined ? '' : guessName(inner)
}

/** Calls back with the number of each column. */
export function demandAll(block: Block, demand: (index: number) => void): void {
  for (const index of outputNames(block).keys()) demand(index)
}

export function isLimited(fields: SqlFields): boolean {
  return fields['limitCount'] !== undefined || fields['limitOffset'] !== undefined
}

/** All nodes of a type, however deep. */
export function findNodes(value: unknown, type: string): readonly SqlNode[] {
  const found: SqlNode[] = []
  const visit = (at: unknown): void => {
    if (Array.isArray(at)) at.forEach(visit)
    if (!isFields(at)) return
    const node = toNode(at)
    if (node?.type === type) found.push(node)
    Object.values(at).forEach(visit)
  }
  visit(value)
  return found
}

export function refersTo(query: SqlNode, name: string): boolean {
  return findNodes({ [query.type]: query.fields }, 'RangeVar').some(
    ({ fields }) => fields['relname'] === name && fields['schemaname'] === undefined,
  )
}
