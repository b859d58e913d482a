import { toNames, toNode, toNodes, type SqlFields, type SqlNode } from '../sql/tree.ts'
import type { Block, Scope } from './block.ts'
import { conditionOf } from './condition-text.ts'
import { type Fact, type Facts, factsOf, NOTHING, type Term, unite } from './facts.ts'
import { outputTerm, termOf } from './resolve.ts'
import { presentWhere } from './strict.ts'

/** What a subquery in an expression says of the row around it. */
export type Subqueries = {
  readonly blockOf: (fields: SqlFields) => Block | undefined
  /** What holds where a block has a row. */
  readonly given: (block: Block) => Facts
}

/** What holds wherever a condition is true. */
export function factsWhere(node: SqlNode | undefined, scope: Scope, subqueries: Subqueries): Facts {
  if (node === undefined) return NOTHING
  const { fields } = node
  if (node.type === 'BoolExpr' && fields['boolop'] === 'AND_EXPR')
    return unite(...toNodes(fields['args']).map((arg) => factsWhere(arg, scope, subqueries)))
  const present = factsOf(presentWhere(node, scope))
  if (node.type === 'SubLink') return unite(present, linkFacts(fields, scope, subqueries))
  const condition = conditionOf(node, scope)
  return unite(
    present,
    factsOf([
      ...equalities(node, scope),
      ...(condition === undefined ? [] : [{ kind: 'condition' as const, ...condition }]),
    ]),
  )
}

function equalities({ type, fields }: SqlNode, scope: Scope): readonly Fact[] {
  if (type === 'A_Expr' && fields['kind'] === 'AEXPR_OP' && isEqual(fields))
    return equal(termOf(toNode(fields['lexpr']), scope), termOf(toNode(fields['rexpr']), scope))
  // `IS NOT DISTINCT FROM` is printed as a negation. A param is never NULL.
  const [inner] = type === 'BoolExpr' && fields['boolop'] === 'NOT_EXPR' ? toNodes(fields['args']) : []
  if (inner?.type !== 'A_Expr' || inner.fields['kind'] !== 'AEXPR_DISTINCT') return []
  const sides = [inner.fields['lexpr'], inner.fields['rexpr']].map((side) => termOf(toNode(side), scope))
  return sides.some((term) => term?.kind === 'param') ? equal(sides[0], sides[1]) : []
}

/** The fact that two terms are equal, if their types let that mean one value. */
export function equal(a: Term | undefined, b: Term | undefined): readonly Fact[] {
  return a === undefined || b === undefined || a.class !== b.class ? [] : [{ kind: 'equal', a, b }]
}

export function isEqual(fields: SqlFields): boolean {
  const names = toNames(fields['name'] ?? fields['operName'])
  return names.length === 1 && names[0] === '='
}

/** A subquery that has to have a row tells of the row around it as well. */
function linkFacts(fields: SqlFields, scope: Scope, subqueries: Subqueries): Facts {
  const block = subqueries.blockOf(fields)
  if (block === undefined) return NOTHING
  switch (fields['subLinkType']) {
    case 'EXISTS_SUBLINK':
      return subqueries.given(block)
    case 'ANY_SUBLINK':
      return unite(subqueries.given(block), factsOf(matchFacts(fields, scope, block)))
    default:
      return NOTHING
  }
}

/** That the operand of IN equals the subquery's column. */
export function matchFacts(fields: SqlFields, scope: Scope, block: Block): readonly Fact[] {
  const plain = fields['operName'] === undefined || isEqual({ name: fields['operName'] })
  return plain ? equal(termOf(toNode(fields['testexpr']), scope), outputTerm(block, 0)) : []
}
