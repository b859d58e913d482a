import { isFields, textField, toNames, toNode, toNodes, type SqlFields, type SqlNode } from '../sql/tree.ts'
import { quoteIdentifier, quoteLiteral } from '../sql/quote.ts'
import type { Occurrence, Scope } from './block.ts'
import { lookUp, placeTerm, termOf } from './resolve.ts'
import { classOfName } from './type-class.ts'

/** A condition on one row, as a trigger can ask it. */
export type RowCondition = { readonly owner: Occurrence; readonly sql: string }

/** A piece of a condition: its text, its owner if it reads a row, and the class of its type where it is known. */
type Piece = { readonly sql: string; readonly owner?: Occurrence; readonly class?: string | undefined }

const COMPARISONS = new Set('= <> < <= > >='.split(' '))
const MATCHES = new Set('~~ !~~ ~~* !~~*'.split(' '))
/** Types whose comparison with one another depends on the session. */
const TIMES = new Set(['date', 'timestamp', 'timestamptz'])
const PLAIN_CASTS = new Set(['int', 'text', 'uuid', 'boolean', 'date', 'timestamp', 'timestamptz', 'numeric'])

/**
 * An expression as a condition on one row. Only what means the same in every session and raises no error is taken;
 * `undefined` for all else, and where it reads more than one row.
 */
export function conditionOf(node: SqlNode, scope: Scope): RowCondition | undefined {
  const piece = truth(node, scope)
  return piece?.owner === undefined ? undefined : { owner: piece.owner, sql: piece.sql }
}

function truth(node: SqlNode | undefined, scope: Scope): Piece | undefined {
  if (node === undefined) return undefined
  switch (node.type) {
    case 'BoolExpr': {
      const parts = toNodes(node.fields['args']).map((arg) => truth(arg, scope))
      if (node.fields['boolop'] === 'NOT_EXPR') return combine(parts, ([part]) => `(NOT ${part})`)
      const word = node.fields['boolop'] === 'AND_EXPR' ? ' AND ' : ' OR '
      return combine(parts, (texts) => `(${texts.join(word)})`)
    }
    case 'NullTest': {
      const word = node.fields['nulltesttype'] === 'IS_NOT_NULL' ? 'IS NOT NULL' : 'IS NULL'
      return combine([value(toNode(node.fields['arg']), scope)], ([text]) => `(${text} ${word})`)
    }
    case 'BooleanTest': {
      const word = (textField(node.fields, 'booltesttype') || 'IS_TRUE').replaceAll('_', ' ')
      return combine([truth(toNode(node.fields['arg']), scope)], ([text]) => `(${text} ${word})`)
    }
    case 'A_Expr':
      return comparison(node.fields, scope)
    default: {
      const piece = value(node, scope)
      return piece?.class === 'boolean' ? piece : undefined
    }
  }
}

function comparison(fields: SqlFields, scope: Scope): Piece | undefined {
  const names = toNames(fields['name'])
  const [name = ''] = names
  const left = value(toNode(fields['lexpr']), scope)
  if (names.length !== 1 || left === undefined) return undefined
  const kind = fields['kind']
  if (kind === 'AEXPR_OP_ANY' || kind === 'AEXPR_OP_ALL') {
    const list = toNode(fields['rexpr'])
    const items = list?.type === 'A_ArrayExpr' ? toNodes(list.fields['elements']) : []
    const word = kind === 'AEXPR_OP_ANY' ? 'IN' : 'NOT IN'
    if (items.length === 0 || name !== (word === 'IN' ? '=' : '<>')) return undefined
    const values = items.map((item) => value(item, scope))
    if (values.some((item) => item === undefined || !mayCompare(left, item))) return undefined
    return combine([left, ...values], ([first, ...others]) => `(${first} ${word} (${others.join(', ')}))`)
  }
  const right = value(toNode(fields['rexpr']), scope)
  if (right === undefined || !mayCompare(left, right)) return undefined
  if (kind === 'AEXPR_DISTINCT' && name === '=')
    return combine([left, right], ([a, b]) => `(${a} IS DISTINCT FROM ${b})`)
  const known = COMPARISONS.has(name) || (MATCHES.has(name) && left.class === 'text')
  return kind === 'AEXPR_OP' && known ? combine([left, right], ([a, b]) => `(${a} ${name} ${b})`) : undefined
}

/** A comparison of two kinds of time asks for the session's time zone. */
function mayCompare(left: Piece, right: Piece): boolean {
  const times = [left, right].filter((piece) => TIMES.has(piece.class ?? ''))
  return times.length === 0 || left.class === right.class
}

function value(node: SqlNode | undefined, scope: Scope): Piece | undefined {
  if (node === undefined) return undefined
  switch (node.type) {
    case 'ColumnRef': {
      const meaning = lookUp(node, scope)
      const term = meaning.kind === 'place' ? placeTerm(meaning.place) : undefined
      if (term?.kind !== 'column') return undefined
      return { sql: quoteIdentifier(term.column), owner: term.owner, class: term.class }
    }
    case 'A_Const':
      return constant(node.fields)
    case 'TypeCast':
      return cast(node, scope)
    default:
      return undefined
  }
}

function cast(node: SqlNode, scope: Scope): Piece | undefined {
  const type = node.fields['typeName']
  const inner = value(toNode(node.fields['arg']), scope)
  if (
    inner === undefined ||
    !isFields(type) ||
    type['typmods'] !== undefined ||
    type['arrayBounds'] !== undefined
  )
    return undefined
  const names = toNames(type['names'])
  const cls = classOfName(names)
  if (cls === undefined) return undefined
  if (inner.owner !== undefined) {
    const term = termOf(node, scope)
    const textOfPlain = cls === 'text' && ['int', 'uuid', 'boolean'].includes(inner.class ?? '')
    if (term === undefined && !textOfPlain && !(inner.class?.startsWith('enum') === true && cls === 'text'))
      return undefined
  } else if (!PLAIN_CASTS.has(cls) && !(cls.startsWith('enum') && names.length > 1)) return undefined
  return { ...inner, sql: `(${inner.sql})::${names.map(quoteIdentifier).join('.')}`, class: cls }
}

/** The tree leaves out what is zero, empty or false. */
function constant(fields: SqlFields): Piece | undefined {
  const field = (key: string): SqlFields | undefined => (isFields(fields[key]) ? fields[key] : undefined)
  const [bool, text, whole, digits] = ['boolval', 'sval', 'ival', 'fval'].map(field)
  if (fields['isnull'] === true) return { sql: 'NULL' }
  if (bool !== undefined) return { sql: bool['boolval'] === true ? 'true' : 'false', class: 'boolean' }
  if (text !== undefined) return { sql: quoteLiteral(textField(text, 'sval')) }
  if (whole !== undefined) {
    const value = whole['ival']
    return { sql: number(typeof value === 'number' ? value.toString() : '0'), class: 'int' }
  }
  return digits === undefined ? undefined : { sql: number(textField(digits, 'fval')), class: 'numeric' }
}

function number(digits: string): string {
  return digits.startsWith('-') ? `(${digits})` : digits
}

function combine(
  pieces: readonly (Piece | undefined)[],
  show: (texts: readonly string[]) => string,
): Piece | undefined {
  const owners = new Set<Occurrence>()
  for (const piece of pieces) {
    if (piece === undefined) return undefined
    if (piece.owner !== undefined) owners.add(piece.owner)
  }
  const [owner] = owners
  if (owners.size > 1) return undefined
  const sql = show(pieces.map((piece) => piece?.sql ?? ''))
  return { sql, class: 'boolean', ...(owner === undefined ? {} : { owner }) }
}
