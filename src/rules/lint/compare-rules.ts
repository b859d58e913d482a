import type { WrittenRule } from '../check-tables.ts'
import type { TableRule } from '../ruleset.ts'

/** A rule's meaning in a form that is quick to compare, made when it is asked for: most rules are told apart by less. */
class Effect {
  readonly written: WrittenRule
  readonly order: number
  readonly rule: TableRule
  #path: string | undefined
  #params: ReadonlySet<string> | undefined
  #columns: ReadonlySet<string> | 'all' | undefined

  constructor(written: WrittenRule, rule: TableRule, order: number) {
    this.written = written
    this.rule = rule
    this.order = order
  }

  get path(): string {
    return (this.#path ??= JSON.stringify(this.rule.path) ?? '')
  }

  get params(): ReadonlySet<string> {
    return (this.#params ??= new Set(this.rule.params.map((source) => JSON.stringify(source))))
  }

  get columns(): ReadonlySet<string> | 'all' {
    return (this.#columns ??= relevantColumns(this.rule))
  }
}

function relevantColumns({ params, path, columns, when }: TableRule): ReadonlySet<string> | 'all' {
  if (columns === 'all') return columns
  const read = [
    ...params.flatMap((source) => (source.kind === 'column' ? [source.column] : [])),
    ...(path?.hops ?? []).flatMap(({ on }) => on.flatMap(({ from }) => (from.hop < 0 ? [from.column] : []))),
    ...(when?.columns ?? []),
  ]
  return new Set([...columns, ...read])
}

/** Rules of one cache on one table past which they are not compared: people do not write so many. */
const MAX_COMPARED = 1000

/** What makes two rules the same, as texts: all but the place, and the two lists apart from the rest. */
type Wording = { readonly rest: string; readonly operations: string; readonly columns: string }

/** Rules that say what another one before says, each with that one. */
export function findRepeated(written: readonly WrittenRule[]): ReadonlyMap<WrittenRule, WrittenRule> {
  return findEqual(written, ({ rest, operations, columns }) => `${rest} ${operations} ${columns}`)
}

/** Rules that differ from another one before in `columns` or `on` only, each with that one. */
export function findMergeable(written: readonly WrittenRule[]): ReadonlyMap<WrittenRule, WrittenRule> {
  const listed = written.filter(({ rules }) => rules.every(({ columns }) => columns !== 'all'))
  return new Map([
    ...findEqual(written, ({ rest, columns }) => `${rest} ${columns}`),
    ...findEqual(listed, ({ rest, operations }) => `${rest} ${operations}`),
  ])
}

function findEqual(
  written: readonly WrittenRule[],
  identify: (wording: Wording) => string,
): ReadonlyMap<WrittenRule, WrittenRule> {
  const equal = new Map<WrittenRule, WrittenRule>()
  for (const similar of groupSimilar(written)) {
    const first = new Map<string, WrittenRule>()
    for (const one of similar) {
      const identity = identify(wordingOf(one))
      const before = first.get(identity)
      if (before === undefined) first.set(identity, one)
      else equal.set(one, before)
    }
  }
  return equal
}

/** Groups of rules that may be the same, since most are told from all others by little of them. */
function groupSimilar(written: readonly WrittenRule[]): readonly (readonly WrittenRule[])[] {
  const groups = new Map<string, WrittenRule[]>()
  for (const one of written) {
    const [rule] = one.rules
    if (rule === undefined) continue
    const { table, cache, action, when } = rule
    const identity = `${table.schema} ${table.name} ${cache} ${action} ${when?.sql}`
    const group = groups.get(identity)
    if (group === undefined) groups.set(identity, [one])
    else group.push(one)
  }
  return [...groups.values()].filter((group) => group.length > 1)
}

const wordings = new WeakMap<WrittenRule, Wording>()

function wordingOf(written: WrittenRule): Wording {
  const known = wordings.get(written)
  if (known !== undefined) return known
  const { rules } = written
  const rest = rules.map((rule) => ({ ...rule, at: 0, operations: 0, columns: 0, when: rule.when?.sql }))
  const wording = {
    rest: JSON.stringify(rest),
    operations: JSON.stringify(rules.map(({ operations }) => operations)),
    columns: JSON.stringify(rules.map(({ columns }) => columns)),
  }
  wordings.set(written, wording)
  return wording
}

/** Rules that do nothing that others do not do as well, each with one of those. */
export function findContained(written: readonly WrittenRule[]): ReadonlyMap<WrittenRule, WrittenRule> {
  const groups = new Map<string, Effect[]>()
  const effects = new Map<WrittenRule, (readonly [effect: Effect, group: readonly Effect[]])[]>()
  for (const [order, one] of written.entries()) {
    for (const rule of one.rules) {
      const effect = new Effect(one, rule, order)
      const identity = groupOf(rule)
      const group = groups.get(identity) ?? []
      if (group.push(effect) === 1) groups.set(identity, group)
      const own = effects.get(one) ?? []
      if (own.push([effect, group]) === 1) effects.set(one, own)
    }
  }
  const contained = new Map<WrittenRule, WrittenRule>()
  for (const [one, own] of effects) {
    const larger = own.map(([effect, group]) => findLarger(effect, group))
    const [other] = larger
    if (other !== undefined && larger.every((found) => found !== undefined)) contained.set(one, other.written)
  }
  return contained
}

function groupOf({ table, cache }: TableRule): string {
  return JSON.stringify([table.schema, table.name, cache])
}

/** Of two rules that do the same in other words, the first is the one that is kept. */
function findLarger(effect: Effect, group: readonly Effect[]): Effect | undefined {
  if (group.length > MAX_COMPARED) return undefined
  return group.find(
    (other) =>
      other.written !== effect.written &&
      contains(other, effect) &&
      (other.order < effect.order || !contains(effect, other)),
  )
}

function contains(large: Effect, small: Effect): boolean {
  const [a, b] = [large.rule, small.rule]
  const sameWork =
    a.action === b.action &&
    a.meanwhile === b.meanwhile &&
    (a.action === 'invalidate' || a.priority === b.priority)
  // What tells most rules apart comes first: the rest has to be made.
  return (
    sameWork &&
    (a.when === undefined || a.when.sql === b.when?.sql) &&
    b.operations.every((operation) => a.operations.includes(operation)) &&
    large.path === small.path &&
    isSubset(large.params, small.params) &&
    (!b.operations.includes('update') || includesColumns(large.columns, small.columns))
  )
}

function isSubset(part: ReadonlySet<string>, whole: ReadonlySet<string>): boolean {
  return [...part].every((one) => whole.has(one))
}

function includesColumns(large: Effect['columns'], small: Effect['columns']): boolean {
  return large === 'all' || (small !== 'all' && isSubset(small, large))
}
