import { toNames, toNode, toNodes, type SqlFields, type SqlNode } from './tree.ts'
import type { ConditionNode, ConditionTerm } from './condition.ts'

const UNKNOWN: ConditionNode = { kind: 'unknown' }
const OPERATORS = new Set(['=', '<>', '<', '<=', '>', '>='])
const TEXT_TYPES = new Set(['text', 'varchar', 'bpchar'])
type Operator = Extract<ConditionNode, { kind: 'compare' }>['operator']

/** The evaluable part of an expression's tree; what has no node of its own becomes `unknown`. */
export function toConditionNode(value: unknown): ConditionNode {
  const node = toNode(value)
  if (node === undefined) return UNKNOWN
  const { fields } = node
  switch (node.type) {
    case 'BoolExpr':
      return boolean(fields)
    case 'NullTest': {
      const column = columnName(fields['arg'])
      return column === undefined
        ? UNKNOWN
        : { kind: 'null', column, negated: fields['nulltesttype'] === 'IS_NOT_NULL' }
    }
    case 'BooleanTest':
      return truthTest(fields)
    case 'A_Expr':
      return expression(fields)
    default: {
      const term = toTerm(node)
      return term === undefined ||
        (term.kind === 'value' && typeof term.value !== 'boolean' && term.value !== null)
        ? UNKNOWN
        : { kind: 'truth', term }
    }
  }
}

function boolean(fields: SqlFields): ConditionNode {
  const parts = toNodes(fields['args']).map((arg) => toConditionNode({ [arg.type]: arg.fields }))
  if (fields['boolop'] === 'NOT_EXPR') return { kind: 'not', part: parts[0] ?? UNKNOWN }
  return { kind: fields['boolop'] === 'AND_EXPR' ? 'and' : 'or', parts }
}

/** `x IS TRUE` is never NULL: the column is true and not NULL. */
function truthTest(fields: SqlFields): ConditionNode {
  const column = columnName(fields['arg'])
  if (column === undefined) return UNKNOWN
  const truth: ConditionNode = { kind: 'truth', term: { kind: 'column', name: column } }
  const present: ConditionNode = { kind: 'null', column, negated: true }
  const holds = (part: ConditionNode): ConditionNode => ({ kind: 'and', parts: [present, part] })
  switch (fields['booltesttype']) {
    case undefined:
    case 'IS_TRUE':
      return holds(truth)
    case 'IS_NOT_TRUE':
      return { kind: 'not', part: holds(truth) }
    case 'IS_FALSE':
      return holds({ kind: 'not', part: truth })
    case 'IS_NOT_FALSE':
      return { kind: 'not', part: holds({ kind: 'not', part: truth }) }
    case 'IS_UNKNOWN':
      return { kind: 'null', column, negated: false }
    case 'IS_NOT_UNKNOWN':
      return present
    default:
      return UNKNOWN
  }
}

function expression(fields: SqlFields): ConditionNode {
  const names = toNames(fields['name'])
  const name = names.at(-1) ?? ''
  const left = toTerm(toNode(fields['lexpr']))
  if (left === undefined || (names.length > 1 && names[0] !== 'pg_catalog')) return UNKNOWN
  const rightNode = toNode(fields['rexpr'])
  switch (fields['kind']) {
    case 'AEXPR_OP': {
      const right = toTerm(rightNode)
      return right === undefined || !OPERATORS.has(name) ? UNKNOWN : compare(name as Operator, left, right)
    }
    case 'AEXPR_IN':
      return listed(left, rightNode?.fields['items'], name === '<>')
    case 'AEXPR_OP_ANY':
      return name === '=' && rightNode?.type === 'A_ArrayExpr'
        ? listed(left, rightNode.fields['elements'], false)
        : UNKNOWN
    case 'AEXPR_OP_ALL':
      return name === '<>' && rightNode?.type === 'A_ArrayExpr'
        ? listed(left, rightNode.fields['elements'], true)
        : UNKNOWN
    case 'AEXPR_BETWEEN':
    case 'AEXPR_NOT_BETWEEN': {
      const [low, high] = toNodes(rightNode?.fields['items']).map(toTerm)
      if (low === undefined || high === undefined) return UNKNOWN
      const between: ConditionNode = {
        kind: 'and',
        parts: [compare('>=', left, low), compare('<=', left, high)],
      }
      return fields['kind'] === 'AEXPR_BETWEEN' ? between : { kind: 'not', part: between }
    }
    case 'AEXPR_DISTINCT':
    case 'AEXPR_NOT_DISTINCT': {
      const same = notDistinct(left, toTerm(rightNode))
      return fields['kind'] === 'AEXPR_NOT_DISTINCT'
        ? same
        : same.kind === 'unknown'
          ? same
          : { kind: 'not', part: same }
    }
    default:
      return UNKNOWN
  }
}

function notDistinct(left: ConditionTerm, right: ConditionTerm | undefined): ConditionNode {
  if (left.kind !== 'column' || right?.kind !== 'value') return UNKNOWN
  if (right.value === null) return { kind: 'null', column: left.name, negated: false }
  return {
    kind: 'and',
    parts: [{ kind: 'null', column: left.name, negated: true }, compare('=', left, right)],
  }
}

function compare(operator: Operator, left: ConditionTerm, right: ConditionTerm): ConditionNode {
  return { kind: 'compare', operator, left, right }
}

function listed(term: ConditionTerm, items: unknown, negated: boolean): ConditionNode {
  const nodes = toNodes(items)
  const list = nodes.flatMap((node) => toTerm(node) ?? [])
  return list.length === nodes.length && list.length > 0 ? { kind: 'in', term, list, negated } : UNKNOWN
}

function toTerm(node: SqlNode | undefined): ConditionTerm | undefined {
  if (node === undefined) return undefined
  if (node.type === 'ColumnRef') {
    const name = toNames(node.fields['fields']).at(-1)
    return name === undefined ? undefined : { kind: 'column', name }
  }
  if (node.type === 'A_Const') return constant(node.fields)
  if (node.type === 'TypeCast') {
    const names = toNames(toNode({ TypeName: node.fields['typeName'] })?.fields['names'])
    const term = toTerm(toNode(node.fields['arg']))
    const plain = toNode({ TypeName: node.fields['typeName'] })?.fields['typmods'] === undefined
    const text = term?.kind === 'value' && typeof term.value === 'string'
    return text && plain && TEXT_TYPES.has(names.at(-1) ?? '') ? term : undefined
  }
  return undefined
}

/** The tree leaves out what is zero, empty or false: `{ ival: {} }` is 0. */
function constant(fields: SqlFields): ConditionTerm | undefined {
  const field = (key: string): unknown => (fields[key] as SqlFields)[key]
  if (fields['isnull'] === true) return { kind: 'value', value: null }
  if (fields['boolval'] !== undefined) return { kind: 'value', value: field('boolval') === true }
  if (fields['sval'] !== undefined) return { kind: 'value', value: (field('sval') ?? '') as string }
  if (fields['ival'] !== undefined) return { kind: 'value', value: (field('ival') ?? 0) as number }
  if (fields['fval'] === undefined) return undefined
  const digits = String(field('fval'))
  const value = Number(digits)
  const exact = /^[+-]?[0-9.]+$/.test(digits) && digits.replaceAll(/[^0-9]/g, '').length <= 15
  return exact && Number.isFinite(value) ? { kind: 'value', value } : undefined
}

function columnName(value: unknown): string | undefined {
  const term = toTerm(toNode(value))
  return term?.kind === 'column' ? term.name : undefined
}
