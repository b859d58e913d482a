import type { Occurrence, SetBlock } from './block.ts'

/** Something whose value equalities speak of. */
export type Term =
  | { readonly kind: 'column'; readonly owner: Occurrence; readonly column: string; readonly class: string }
  /** A column of a UNION, INTERSECT or EXCEPT, by its number. */
  | { readonly kind: 'output'; readonly owner: SetBlock; readonly index: number; readonly class: string }
  | { readonly kind: 'param'; readonly name: string; readonly class: string }

/** Something that holds wherever a row matters. */
export type Fact =
  /** Both are there and equal. */
  | { readonly kind: 'equal'; readonly a: Term; readonly b: Term }
  /** Both are equal, or both NULL. */
  | { readonly kind: 'same'; readonly a: Term; readonly b: Term }
  /** The column is not NULL. */
  | { readonly kind: 'present'; readonly term: Term }
  /** There is a row, which an outer join has not left out. */
  | { readonly kind: 'there'; readonly owner: Occurrence }
  /** An expression on columns of one row is true. */
  | { readonly kind: 'condition'; readonly owner: Occurrence; readonly sql: string }

/** Facts that hold if something in `owners`, which an outer join may leave out, is there. */
export type Guarded = { readonly owners: ReadonlySet<number>; readonly facts: readonly Fact[] }

/** A fact that could not be used, and why. */
export type Lost = { readonly fact: Fact; readonly why: string }

export type Facts = {
  readonly known: readonly Fact[]
  readonly guarded: readonly Guarded[]
  readonly lost: readonly Lost[]
}

export const NOTHING: Facts = { known: [], guarded: [], lost: [] }

export function unite(...all: readonly Facts[]): Facts {
  return {
    known: all.flatMap(({ known }) => known),
    guarded: all.flatMap(({ guarded }) => guarded),
    lost: all.flatMap(({ lost }) => lost),
  }
}

export function factsOf(known: readonly Fact[]): Facts {
  return { known, guarded: [], lost: [] }
}

export function termKey(term: Term): string {
  switch (term.kind) {
    case 'column':
      return `${term.owner.id}.${term.column}`
    case 'output':
      return `${term.owner.id}#${term.index}`
    case 'param':
      return `:${term.name}`
  }
}

export function termsOf(fact: Fact): readonly Term[] {
  switch (fact.kind) {
    case 'equal':
    case 'same':
      return [fact.a, fact.b]
    case 'present':
      return [fact.term]
    case 'there':
    case 'condition':
      return []
  }
}

/** What a fact speaks of, by number. */
export function ownersOf(fact: Fact): readonly number[] {
  if (fact.kind === 'condition' || fact.kind === 'there') return [fact.owner.id]
  return termsOf(fact).flatMap((term) => (term.kind === 'param' ? [] : [term.owner.id]))
}

/** Takes in what is guarded, as far as it is known that what guards it is there. */
export function settle({ known, guarded, lost }: Facts): Facts {
  const facts = [...known]
  let waiting = guarded
  for (;;) {
    const present = presentOwners(facts)
    const open = waiting.filter(({ owners }) => [...owners].some((owner) => present.has(owner)))
    if (open.length === 0) return { known: facts, guarded: waiting, lost }
    for (const each of open) facts.push(...each.facts)
    waiting = waiting.filter((each) => !open.includes(each))
  }
}

/** The owners of terms that cannot be NULL. */
export function presentOwners(facts: readonly Fact[]): ReadonlySet<number> {
  return new Set([
    ...facts.flatMap((fact) => (fact.kind === 'there' ? [fact.owner.id] : [])),
    ...[...presentTerms(facts).values()].flatMap((term) => (term.kind === 'param' ? [] : [term.owner.id])),
  ])
}

/** Terms that cannot be NULL, by their keys. */
export function presentTerms(facts: readonly Fact[]): ReadonlyMap<string, Term> {
  const terms = new Map<string, Term>()
  const add = (term: Term): boolean => {
    const key = termKey(term)
    if (terms.has(key)) return false
    terms.set(key, term)
    return true
  }
  for (const fact of facts) {
    if (fact.kind === 'present') add(fact.term)
    if (fact.kind === 'equal') [fact.a, fact.b].forEach(add)
  }
  for (let grown = true; grown;) {
    grown = false
    for (const fact of facts) {
      if (fact.kind !== 'same') continue
      if (terms.has(termKey(fact.a)) && add(fact.b)) grown = true
      if (terms.has(termKey(fact.b)) && add(fact.a)) grown = true
    }
  }
  return terms
}
