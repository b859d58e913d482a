import { isFields, toNames, toNode, type SqlNode } from '../sql/tree.ts'
import type { Block, Place, Scope, Source } from './block.ts'
import type { Term } from './facts.ts'
import { PARAM_PREFIX } from './lock.ts'
import { classOfColumn, classOfName } from './type-class.ts'

/** What a column's name means in a query. */
export type Meaning =
  | { readonly kind: 'place'; readonly place: Place }
  /** A merged column of a join by USING, which is NULL on neither side only together. */
  | { readonly kind: 'merged'; readonly places: readonly Place[] }
  | { readonly kind: 'row'; readonly source: Source }
  | { readonly kind: 'unknown' }

const UNKNOWN: Meaning = { kind: 'unknown' }

/** Finds what a ColumnRef means, from the scope that it stands in outwards. */
export function lookUp(node: SqlNode, scope: Scope): Meaning {
  const fields = node.fields['fields']
  const names = toNames(fields)
  const star = Array.isArray(fields) && fields.length > names.length
  const [first, second] = names
  if (first === undefined || names.length > 2 || (star && names.length > 1)) return UNKNOWN
  for (let at: Scope | undefined = scope; at !== undefined; at = at.parent) {
    if (star || second !== undefined) {
      const joined = at.joined.get(first)
      const found = second === undefined ? undefined : joined?.get(second)
      if (found !== undefined) return { kind: 'place', place: found }
      const source = at.sources.get(first)
      if (source === undefined) continue
      return second === undefined
        ? { kind: 'row', source }
        : { kind: 'place', place: { source, column: second } }
    }
    const merged = at.merged.get(first)
    if (merged !== undefined) return { kind: 'merged', places: merged }
    const holders = [...at.sources.values()].filter((source) => columnsOf(source)?.includes(first) === true)
    const [holder] = holders
    if (holders.length === 1 && holder !== undefined)
      return { kind: 'place', place: { source: holder, column: first } }
    if (holders.length > 1) return UNKNOWN
    const [only] = at.sources.values()
    if (at.sources.size === 1 && only?.kind === 'opaque')
      return { kind: 'place', place: { source: only, column: first } }
  }
  return UNKNOWN
}

/** The names of a source's columns; `undefined` where nobody knows. */
export function columnsOf(source: Source): readonly string[] | undefined {
  if (source.kind === 'table') return [...source.names.keys()]
  return source.kind === 'derived' ? source.names : undefined
}

/** The term that an expression is, if it is one: a param or a column, seen through casts that change no value. */
export function termOf(node: SqlNode | undefined, scope: Scope): Term | undefined {
  switch (node?.type) {
    case 'ColumnRef': {
      const meaning = lookUp(node, scope)
      return meaning.kind === 'place' ? placeTerm(meaning.place) : undefined
    }
    case 'FuncCall':
      return paramTerm(node, scope)
    case 'TypeCast': {
      const term = termOf(toNode(node.fields['arg']), scope)
      const type = node.fields['typeName']
      if (term === undefined || !isFields(type) || type['typmods'] !== undefined) return undefined
      return type['arrayBounds'] === undefined && classOfName(toNames(type['names'])) === term.class
        ? term
        : undefined
    }
    case undefined:
    default:
      return undefined
  }
}

/** The name of the param that a call stands for. */
export function paramName(node: SqlNode): string | undefined {
  const names = toNames(node.fields['funcname'])
  const name = names[1]
  return names.length === 2 &&
    names[0]?.startsWith('pg_temp') === true &&
    name?.startsWith(PARAM_PREFIX) === true
    ? name.slice(PARAM_PREFIX.length)
    : undefined
}

function paramTerm(node: SqlNode, { params }: Scope): Term | undefined {
  const name = paramName(node)
  const type = name === undefined ? undefined : params.get(name)
  return name === undefined || type === undefined ? undefined : { kind: 'param', name, class: type }
}

/** The term of a source's column. */
export function placeTerm({ source, column }: Place): Term | undefined {
  switch (source.kind) {
    case 'opaque':
      return undefined
    case 'table': {
      const own = source.names.get(column)
      const described = source.relation.columns.find(({ name }) => name === own)
      const type = described && classOfColumn(described)
      if (own === undefined || type === undefined || described?.virtual === true) return undefined
      return { kind: 'column', owner: source, column: own, class: type }
    }
    case 'derived':
      return outputTerm(source.block, source.names.indexOf(column))
  }
}

/** The term of a query's column by its number, where it has one. */
export function outputTerm(block: Block, index: number): Term | undefined {
  if (index < 0) return undefined
  if (block.kind === 'select') return termOf(block.targets[index]?.value, block.scope)
  const [left, right] = [outputTerm(block.left, index), outputTerm(block.right, index)]
  if (left === undefined || right === undefined || left.class !== right.class) return undefined
  return { kind: 'output', owner: block, index, class: left.class }
}
