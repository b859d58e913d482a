import { type Fact, presentTerms, type Term, termKey } from './facts.ts'

type ColumnTerm = Extract<Term, { kind: 'column' }>
type ParamTerm = Extract<Term, { kind: 'param' }>

/** Terms that are equal to one another. */
export type EqualityClass = { readonly columns: readonly ColumnTerm[]; readonly params: readonly ParamTerm[] }

export type Classes = {
  readonly all: readonly EqualityClass[]
  readonly paramsOf: (term: Term) => readonly ParamTerm[]
}

const known = new WeakMap<readonly Fact[], Classes>()

/** What {@link closeOver} gives, once for the same list. */
export function classesOf(facts: readonly Fact[]): Classes {
  const found = known.get(facts) ?? closeOver(facts)
  known.set(facts, found)
  return found
}

/**
 * Closes equalities over: what is equal to the same is equal. Terms that may both be NULL are equal to nothing that a
 * join could find.
 */
function closeOver(facts: readonly Fact[]): Classes {
  const parents = new Map<string, string>()
  const terms = new Map<string, Term>()
  const find = (key: string): string => {
    const parent = parents.get(key) ?? key
    if (parent === key) return key
    const root = find(parent)
    parents.set(key, root)
    return root
  }
  const present = presentTerms(facts)
  for (const fact of facts) {
    if (fact.kind !== 'equal' && fact.kind !== 'same') continue
    const [a, b] = [termKey(fact.a), termKey(fact.b)]
    if (!present.has(a)) continue
    terms.set(a, fact.a).set(b, fact.b)
    parents.set(find(a), find(b))
  }
  const groups = new Map<string, Term[]>()
  for (const [key, term] of terms) {
    const root = find(key)
    const group = groups.get(root)
    if (group === undefined) groups.set(root, [term])
    else group.push(term)
  }
  const classes = new Map(
    [...groups].map(([root, members]) => [
      root,
      {
        columns: members.flatMap((term) => (term.kind === 'column' ? [term] : [])),
        params: members.flatMap((term) => (term.kind === 'param' ? [term] : [])),
      },
    ]),
  )
  return {
    all: [...classes.values()],
    paramsOf: (term) => classes.get(find(termKey(term)))?.params ?? [],
  }
}
