import { isFields, toNode, toNodes, type SqlFields, type SqlNode } from '../sql/tree.ts'
import type { Block, From, Join, Occurrence, Scope, SelectBlock, SetBlock } from './block.ts'
import { matchFacts } from './conjuncts.ts'
import { enterArm, enterSelect, filterFacts, ownersIn } from './contents.ts'
import {
  type Fact,
  type Facts,
  factsOf,
  NOTHING,
  ownersOf,
  presentOwners,
  settle,
  type Term,
  unite,
} from './facts.ts'
import { createGiven, type Given } from './given.ts'
import { outputNames } from './names.ts'
import type { ReadQuery } from './read-query.ts'
import { outputTerm, termOf } from './resolve.ts'

/** What is known of a table's rows where they matter. */
export type Context = {
  readonly facts: Facts
  /** Whether an outer join may put NULLs in its place. */
  readonly nullable: boolean
}

/**
 * Goes through a query from the outside to the inside, and says for each table what holds wherever one of its rows can
 * change the outcome. A fact is used only where leaving the other rows out would leave the outcome as it is.
 */
export function walkQuery({ block, subqueries }: ReadQuery): ReadonlyMap<Occurrence, Context> {
  const contexts = new Map<Occurrence, Context>()
  const given = createGiven((fields) => subqueries.get(fields)?.block)
  const walker = new Walker(given, subqueries, contexts)
  walker.block(block, NOTHING, false)
  return contexts
}

class Walker {
  readonly #given: Given
  readonly #subqueries: ReadQuery['subqueries']
  readonly #contexts: Map<Occurrence, Context>
  /** Recursive queries are walked once, with nothing known. */
  readonly #done = new Set<Block>()

  constructor(given: Given, subqueries: ReadQuery['subqueries'], contexts: Map<Occurrence, Context>) {
    this.#given = given
    this.#subqueries = subqueries
    this.#contexts = contexts
  }

  block(block: Block, around: Facts, nullable: boolean): void {
    if (block.kind === 'select') return this.#select(block, around, nullable)
    if (block.recursive) {
      if (this.#done.has(block)) return
      this.#done.add(block)
    }
    const facts = block.recursive ? NOTHING : around
    const [left, right] = [block.left, block.right].map((arm) => enterArm(facts, block, arm)) as [
      Facts,
      Facts,
    ]
    const pairs = block.operation === 'union' ? NOTHING : pairFacts(block)
    // Rows of EXCEPT's second side matter only beside an equal one of the first; INTERSECT needs both.
    const both = block.operation === 'intersect' ? unite(pairs, this.#given.block(block.right)) : NOTHING
    const beside = block.operation === 'union' ? NOTHING : unite(pairs, this.#given.block(block.left))
    this.block(block.left, unite(left, both), nullable)
    this.block(block.right, unite(right, beside), nullable)
  }

  #select(block: SelectBlock, around: Facts, nullable: boolean): void {
    const facts = unite(enterSelect(around, block), this.#given.own(block))
    const parts = block.from.map((from) => this.#given.from(from))
    for (const [index, from] of block.from.entries())
      this.#from(from, unite(facts, ...parts.filter((_, other) => other !== index)), nullable)
    const inside = unite(facts, ...parts)
    this.#expression(block.where, inside, true)
    const read = block.targets.filter((_, index) => block.demanded.has(index)).map(({ value }) => value)
    const others = [...read, ...block.others, ...(block.group ?? []), ...(block.distinctOn ?? [])]
    for (const node of others) this.#expression(node, inside, false)
    this.#expression(block.having, inside, true)
  }

  #from(from: From, facts: Facts, nullable: boolean): void {
    if (from.kind === 'join') return this.#join(from, facts, nullable)
    const { source } = from
    switch (source.kind) {
      case 'table':
        this.#contexts.set(source, { facts: settle(facts), nullable })
        return
      case 'derived':
        return this.block(source.block, facts, nullable)
      case 'opaque':
        for (const node of source.arguments) this.#expression(node, facts, false)
    }
  }

  #join(join: Join, facts: Facts, nullable: boolean): void {
    const { left, right } = join
    const on = this.#given.on(join)
    const [l, r] = [this.#given.from(left), this.#given.from(right)]
    switch (reduceJoin(join, facts)) {
      case 'inner':
        this.#from(left, unite(facts, on, r), nullable)
        this.#from(right, unite(facts, on, l), nullable)
        this.#expression(join.on, unite(facts, on, l, r), true)
        return
      case 'left': {
        const outer = without(facts, [right])
        this.#from(left, facts, nullable)
        this.#from(right, unite(outer, on, l), true)
        this.#expression(join.on, unite(outer, on, l, r), true)
        return
      }
      case 'right': {
        const outer = without(facts, [left])
        this.#from(right, facts, nullable)
        this.#from(left, unite(outer, on, r), true)
        this.#expression(join.on, unite(outer, on, l, r), true)
        return
      }
      case 'full': {
        const outer = without(facts, [left, right])
        this.#from(left, outer, true)
        this.#from(right, outer, true)
        this.#expression(join.on, unite(outer, on, l, r), true)
      }
    }
  }

  /** Walks the subqueries of an expression. `positive`: NULL counts as false here. */
  #expression(node: SqlNode | undefined, facts: Facts, positive: boolean): void {
    if (node === undefined) return
    const found = this.#subqueries.get(node.fields)
    if (node.type === 'SubLink' && found !== undefined) {
      this.#expression(toNode(node.fields['testexpr']), facts, false)
      this.block(
        found.block,
        unite(facts, this.#match(node.fields, found.operand, found.block, positive)),
        false,
      )
      return
    }
    if (node.type === 'BoolExpr' && node.fields['boolop'] !== 'NOT_EXPR') {
      for (const arg of toNodes(node.fields['args'])) this.#expression(arg, facts, positive)
      return
    }
    for (const child of nested(node.fields)) this.#expression(child, facts, false)
  }

  /**
   * For IN, that the subquery's row matches. Where it matters whether the answer is NULL or false, a NULL among the rows
   * changes it for all: then only columns that cannot be NULL say so.
   */
  #match(fields: SqlFields, scope: Scope, block: Block, positive: boolean): Facts {
    if (fields['subLinkType'] !== 'ANY_SUBLINK') return NOTHING
    const [operand, output] = [termOf(toNode(fields['testexpr']), scope), outputTerm(block, 0)]
    const inner = new Set(block.kind === 'select' ? block.from.flatMap(certainOwners) : [])
    const sure =
      isFilled(operand, (owner) => this.#contexts.get(owner)?.nullable === false) &&
      isFilled(output, (owner) => inner.has(owner.id))
    return positive || sure ? factsOf(matchFacts(fields, scope, block)) : NOTHING
  }
}

/** That the columns of both sides are the same; a NULL is the same as a NULL. */
function pairFacts({ left, right }: SetBlock): Facts {
  const certain = new Set([left, right].flatMap((arm) => (arm.kind === 'select' ? arm.from.flatMap(certainOwners) : []))) // prettier-ignore
  return factsOf(
    [...outputNames(left).keys()].flatMap((index): readonly Fact[] => {
      const [a, b] = [outputTerm(left, index), outputTerm(right, index)]
      if (a === undefined || b === undefined || a.class !== b.class) return []
      const same: Fact = { kind: 'same', a, b }
      const filled = [a, b].filter((term) => isFilled(term, (owner) => certain.has(owner.id)))
      return filled.map((term): Fact => ({ kind: 'present', term })).concat(same)
    }),
  )
}

/** A term that is never NULL: a param, or a column that is declared so, of rows that no outer join leaves out. */
function isFilled(term: Term | undefined, isCertain: (owner: Occurrence) => boolean): boolean {
  if (term?.kind !== 'column') return term?.kind === 'param'
  const described = term.owner.relation.columns.find(({ name }) => name === term.column)
  return described?.nullable === false && isCertain(term.owner)
}

/** Tables of a part of FROM that no outer join leaves out. */
function certainOwners(from: From): readonly number[] {
  if (from.kind === 'leaf') return from.source.kind === 'table' ? [from.source.id] : []
  return [
    ...(from.type === 'inner' || from.type === 'left' ? certainOwners(from.left) : []),
    ...(from.type === 'inner' || from.type === 'right' ? certainOwners(from.right) : []),
  ]
}

/** An outer join is a narrower one where what is known around it needs rows of the side that it may leave out. */
function reduceJoin({ type, left, right }: Join, facts: Facts): Join['type'] {
  if (type === 'inner') return 'inner'
  const present = presentOwners(settle(facts).known)
  const [l, r] = [left, right].map((side) => ownersIn(side).some((owner) => present.has(owner)))
  if (type === 'left') return r === true ? 'inner' : 'left'
  if (type === 'right') return l === true ? 'inner' : 'right'
  if (l === true && r === true) return 'inner'
  return l === true ? 'left' : r === true ? 'right' : 'full'
}

/** Leaves out what is said of rows that the join may replace by NULLs. */
function without(facts: Facts, sides: readonly From[]): Facts {
  const owners = new Set(sides.flatMap(ownersIn))
  return filterFacts(
    facts,
    (fact) => !ownersOf(fact).some((owner) => owners.has(owner)),
    'an outer join keeps rows that do not meet it',
  )
}

function nested(fields: SqlFields): readonly SqlNode[] {
  return Object.values(fields).flatMap((value) => {
    if (Array.isArray(value)) return toNodes(value)
    const node = toNode(value)
    if (node !== undefined) return [node]
    return isFields(value) ? nested(value) : []
  })
}
