import type { Block, From, Join, SelectBlock } from './block.ts'
import { equal, factsWhere, type Subqueries } from './conjuncts.ts'
import { blockOwners, ownersIn } from './contents.ts'
import { classesOf } from './equality.ts'
import { type Fact, type Facts, factsOf, NOTHING, settle, termKey, termsOf, unite } from './facts.ts'
import { outputNames } from './names.ts'
import { outputTerm, placeTerm, termOf } from './resolve.ts'

/** What holds wherever a block has a row, or a part of FROM. */
export type Given = {
  readonly block: (block: Block) => Facts
  readonly from: (from: From) => Facts
  /** What a select's own conditions say. */
  readonly own: (block: SelectBlock) => Facts
  /** What a join's condition says. */
  readonly on: (join: Join) => Facts
}

export function createGiven(blockOf: Subqueries['blockOf']): Given {
  const known = new Map<object, Facts>()
  const once = <T extends object>(item: T, find: (item: T) => Facts): Facts => {
    const found = known.get(item) ?? find(item)
    known.set(item, found)
    return found
  }
  const onFacts = new Map<Join, Facts>()
  const ownFacts = new Map<SelectBlock, Facts>()
  const given: Given = {
    block: (block) => once(block, ofBlock),
    from: (from) => once(from, ofFrom),
    own: (block) => {
      const found = ownFacts.get(block) ?? ofConditions(block)
      ownFacts.set(block, found)
      return found
    },
    on: (join) => {
      const found = onFacts.get(join) ?? ofOn(join)
      onFacts.set(join, found)
      return found
    },
  }
  const subqueries: Subqueries = { blockOf, given: given.block }

  function ofOn(join: Join): Facts {
    const pairs = join.using.flatMap(([a, b]) => equal(placeTerm(a), placeTerm(b)))
    return unite(factsOf(pairs), factsWhere(join.on, join.scope, subqueries))
  }

  function ofConditions(block: SelectBlock): Facts {
    return unite(
      factsWhere(block.where, block.scope, subqueries),
      havingFacts(block, factsWhere(block.having, block.scope, subqueries)),
    )
  }

  function ofBlock(block: Block): Facts {
    if (block.kind === 'set') return ofSet(block)
    // One row of numbers is there although there may be none that they are computed from.
    if (block.aggregated && (block.group === undefined || block.sets)) return NOTHING
    return unite(given.own(block), ...block.from.map(given.from))
  }

  function ofFrom(from: From): Facts {
    if (from.kind === 'leaf') return from.source.kind === 'derived' ? given.block(from.source.block) : NOTHING
    const [left, right] = [given.from(from.left), given.from(from.right)]
    const guard = (side: From, facts: Facts): Facts => ({
      known: [],
      guarded: [{ owners: new Set(ownersIn(side)), facts: facts.known }, ...facts.guarded],
      lost: facts.lost,
    })
    switch (from.type) {
      case 'inner':
        return unite(left, right, given.on(from))
      case 'left':
        return unite(left, guard(from.right, unite(right, given.on(from))))
      case 'right':
        return unite(right, guard(from.left, unite(left, given.on(from))))
      case 'full':
        return unite(guard(from.left, left), guard(from.right, right))
    }
  }

  function ofSet(block: Extract<Block, { kind: 'set' }>): Facts {
    if (block.recursive) return NOTHING
    const [left, right] = [given.block(block.left), given.block(block.right)]
    const sameAs = (arm: Block): Facts =>
      factsOf(
        [...outputNames(block).keys()].flatMap((index): readonly Fact[] => {
          const [a, b] = [outputTerm(block, index), outputTerm(arm, index)]
          return a === undefined || b === undefined ? [] : [{ kind: 'same', a, b }]
        }),
      )
    switch (block.operation) {
      case 'except':
        return unite(left, sameAs(block.left))
      case 'intersect':
        return unite(left, right, sameAs(block.left), sameAs(block.right))
      case 'union':
        return factsOf(commonParams(block, left, right))
    }
  }

  /** A column of a UNION is a param where it is that param on both sides. */
  function commonParams(block: Extract<Block, { kind: 'set' }>, left: Facts, right: Facts): readonly Fact[] {
    const sides = [
      { arm: block.left, classes: classesOf(settle(left).known) },
      { arm: block.right, classes: classesOf(settle(right).known) },
    ]
    return [...outputNames(block).keys()].flatMap((index) => {
      const output = outputTerm(block, index)
      const lists = sides.map(({ arm, classes }) => {
        const term = outputTerm(arm, index)
        if (term === undefined) return []
        return term.kind === 'param' ? [term] : classes.paramsOf(term)
      })
      return (lists[0] ?? []).flatMap((param) =>
        lists.every((list) => list.some(({ name }) => name === param.name)) ? equal(output, param) : [],
      )
    })
  }

  return given
}

/** What HAVING says of columns that are grouped by; the rest of it says nothing of single rows. */
function havingFacts(block: SelectBlock, facts: Facts): Facts {
  if (block.having === undefined || block.group === undefined || block.sets) return NOTHING
  const grouped = new Set(
    block.group.flatMap((node) => {
      const term = termOf(node, block.scope)
      return term === undefined ? [] : [termKey(term)]
    }),
  )
  const inside = new Set(blockOwners(block))
  return {
    known: facts.known.filter(
      (fact) =>
        fact.kind !== 'condition' &&
        fact.kind !== 'there' &&
        termsOf(fact).every(
          (term) => term.kind === 'param' || !inside.has(term.owner.id) || grouped.has(termKey(term)),
        ),
    ),
    guarded: [],
    lost: [],
  }
}
