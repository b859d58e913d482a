import { isFields, toNames, toNode, toNodes, type SqlNode } from '../sql/tree.ts'
import type { Occurrence, Scope } from './block.ts'
import type { Fact, Term } from './facts.ts'
import { lookUp, placeTerm, termOf } from './resolve.ts'

/** Operators of PostgreSQL's own that give NULL where one side is NULL. */
const STRICT = new Set('= <> < > <= >= + - * / % || ~~ !~~ ~~* !~~* ~ ~* !~ !~*'.split(' '))

/** What cannot be NULL where a condition is true. */
export function presentWhere(node: SqlNode, scope: Scope): readonly Fact[] {
  const { fields } = node
  const args = toNodes(fields['args'])
  switch (node.type) {
    case 'BoolExpr':
      if (fields['boolop'] === 'AND_EXPR') return args.flatMap((arg) => presentWhere(arg, scope))
      if (fields['boolop'] === 'NOT_EXPR') return present(args.flatMap((arg) => neededBy(arg, scope)))
      return shared(args.map((arg) => presentWhere(arg, scope)))
    case 'NullTest':
      return fields['nulltesttype'] === 'IS_NOT_NULL' ? present(argument(fields['arg'], scope)) : []
    case 'BooleanTest':
      return fields['booltesttype'] === undefined ||
        fields['booltesttype'] === 'IS_TRUE' ||
        fields['booltesttype'] === 'IS_FALSE'
        ? present(argument(fields['arg'], scope))
        : []
    case 'SubLink':
      return fields['subLinkType'] === 'ANY_SUBLINK' ? present(argument(fields['testexpr'], scope)) : []
    default:
      return present(neededBy(node, scope))
  }
}

function present(terms: readonly Term[]): readonly Fact[] {
  return terms.flatMap((term) => (term.kind === 'param' ? [] : [{ kind: 'present', term }]))
}

/** Terms of which one that is NULL makes the whole expression NULL. */
function neededBy(node: SqlNode, scope: Scope): readonly Term[] {
  const { fields } = node
  const sides = (): readonly Term[] => [
    ...argument(fields['lexpr'], scope),
    ...argument(fields['rexpr'], scope),
  ]
  switch (node.type) {
    case 'ColumnRef': {
      const meaning = lookUp(node, scope)
      const term = meaning.kind === 'place' ? placeTerm(meaning.place) : undefined
      return term === undefined ? [] : [term]
    }
    case 'TypeCast':
      return argument(fields['arg'], scope)
    case 'A_Expr': {
      const names = toNames(fields['name'])
      if (names.length !== 1 || !STRICT.has(names[0] ?? '')) return []
      if (fields['kind'] === 'AEXPR_OP') return sides()
      const list = toNode(fields['rexpr'])
      const full = list?.type === 'A_ArrayExpr' && toNodes(list.fields['elements']).length > 0
      // With an empty list there is an answer whatever is compared with it.
      return full && (fields['kind'] === 'AEXPR_OP_ANY' || fields['kind'] === 'AEXPR_OP_ALL')
        ? argument(fields['lexpr'], scope)
        : []
    }
    case 'BoolExpr':
      return fields['boolop'] === 'NOT_EXPR'
        ? toNodes(fields['args']).flatMap((arg) => neededBy(arg, scope))
        : []
    default: {
      const term = termOf(node, scope)
      return term === undefined ? [] : [term]
    }
  }
}

function argument(value: unknown, scope: Scope): readonly Term[] {
  const node = isFields(value) ? toNode(value) : undefined
  return node === undefined ? [] : neededBy(node, scope)
}

/** Tables that occur in each of the lists: whichever part holds, a row of them is there, though one column may be NULL. */
function shared([first, ...others]: readonly (readonly Fact[])[]): readonly Fact[] {
  const tables = (facts: readonly Fact[] = []): readonly Occurrence[] =>
    facts.flatMap((fact) => {
      if (fact.kind === 'there') return [fact.owner]
      return fact.kind === 'present' && fact.term.kind === 'column' ? [fact.term.owner] : []
    })
  const sets = others.map((facts) => new Set(tables(facts)))
  return tables(first)
    .filter((owner) => sets.every((set) => set.has(owner)))
    .map((owner) => ({ kind: 'there', owner }))
}
