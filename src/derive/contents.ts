import type { SqlNode } from '../sql/tree.ts'
import type { Block, From, SelectBlock } from './block.ts'
import type { Fact, Facts, Lost, Term } from './facts.ts'
import { ownersOf, termKey, termsOf } from './facts.ts'
import { outputTerm, termOf } from './resolve.ts'

/** The numbers of everything that rows come from in a part of FROM, however deep. */
export function ownersIn(from: From): readonly number[] {
  if (from.kind === 'join') return [...ownersIn(from.left), ...ownersIn(from.right)]
  const { source } = from
  return source.kind === 'derived' ? blockOwners(source.block) : [source.id]
}

export function blockOwners(block: Block): readonly number[] {
  return block.kind === 'set'
    ? [block.id, ...blockOwners(block.left), ...blockOwners(block.right)]
    : block.from.flatMap(ownersIn)
}

/**
 * What is known around a query, as far as it says something of the rows inside: what a predicate outside could be
 * pushed down by. A grouping, a DISTINCT ON or a window lets through what speaks of what it divides the rows by; a
 * LIMIT lets nothing through.
 */
export function enterSelect(facts: Facts, block: SelectBlock): Facts {
  const inside = new Set(blockOwners(block))
  const open = openTerms(block)
  const allows = (term: Term): boolean =>
    term.kind === 'param' || !inside.has(term.owner.id) || open === 'all' || open.has(termKey(term))
  const passes = (fact: Fact): boolean => {
    if (fact.kind === 'condition' || fact.kind === 'there')
      return !inside.has(fact.owner.id) || open === 'all'
    return termsOf(fact).every(allows)
  }
  return filterFacts(facts, passes, whyClosed(block))
}

export function filterFacts(facts: Facts, passes: (fact: Fact) => boolean, why: string): Facts {
  const stopped = facts.known.filter((fact) => !passes(fact))
  return {
    known: facts.known.filter(passes),
    guarded: facts.guarded.map(({ owners, facts: inner }) => ({ owners, facts: inner.filter(passes) })),
    lost: [...facts.lost, ...stopped.map((fact): Lost => ({ fact, why }))],
  }
}

/** The terms of a query's own that a predicate from outside may speak of. */
function openTerms(block: SelectBlock): 'all' | ReadonlySet<string> {
  const { limited, sets, group, aggregated, distinctOn, partitions, scope } = block
  const keys = (nodes: readonly SqlNode[]): ReadonlySet<string> =>
    new Set(nodes.flatMap((node) => [termOf(node, scope)].flatMap((term) => (term ? [termKey(term)] : []))))
  if (limited || sets || (aggregated && group === undefined)) return new Set()
  const lists = [group, distinctOn, ...partitions].flatMap((list) => (list === undefined ? [] : [keys(list)]))
  const [first, ...others] = lists
  if (first === undefined) return 'all'
  return new Set([...first].filter((key) => others.every((list) => list.has(key))))
}

function whyClosed({ limited, sets, group, aggregated, distinctOn, partitions }: SelectBlock): string {
  if (limited) return 'a LIMIT chooses among rows of all params'
  if (sets) return 'grouping sets put rows of several groups together'
  if (group !== undefined) return 'it is no column that GROUP BY groups by'
  if (aggregated) return 'an aggregate puts all rows together'
  if (distinctOn !== undefined) return 'it is no column that DISTINCT ON tells apart'
  return partitions.length > 0 ? 'it is no column that a window is partitioned by' : 'nothing says so'
}

/** What is known around a UNION, INTERSECT or EXCEPT, said of the columns of one side. */
export function enterArm(facts: Facts, block: Extract<Block, { kind: 'set' }>, arm: Block): Facts {
  const closed = block.limited || block.recursive
  const replace = (term: Term): Term | undefined => {
    if (term.kind !== 'output' || term.owner !== block) return term
    return closed ? undefined : outputTerm(arm, term.index)
  }
  const lost: Lost[] = [...facts.lost]
  const translate = (fact: Fact): readonly Fact[] => {
    if (!ownersOf(fact).includes(block.id)) return [fact]
    const stop = (): readonly Fact[] => {
      lost.push({ fact, why: closed ? (block.limited ? 'a LIMIT chooses among rows of all params' : 'a recursive query leads anywhere') : 'a set operation has another expression there' }) // prettier-ignore
      return []
    }
    if (fact.kind === 'present') {
      const term = replace(fact.term)
      return term === undefined ? stop() : [{ kind: 'present', term }]
    }
    if (fact.kind !== 'equal' && fact.kind !== 'same') return stop()
    const [a, b] = [replace(fact.a), replace(fact.b)]
    return a === undefined || b === undefined ? stop() : [{ kind: fact.kind, a, b }]
  }
  return {
    known: facts.known.flatMap(translate),
    guarded: facts.guarded.map(({ owners, facts: inner }) => ({ owners, facts: inner.flatMap(translate) })),
    lost,
  }
}
