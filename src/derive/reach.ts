import type { Hop, ParamSource, Path } from '../rules/ruleset.ts'
import type { Occurrence } from './block.ts'
import { classesOf } from './equality.ts'
import type { Fact } from './facts.ts'
import { MAX_HOPS, type Way, waysFrom } from './ways.ts'

/** How a row of a table leads to params. */
export type Reached = {
  readonly params: readonly ParamSource[]
  readonly path: Path | undefined
  /** The tables of the path, hop by hop. */
  readonly tables: readonly Occurrence[]
}

type Chosen = { readonly ways: Way[]; readonly tables: Set<Occurrence> }

/**
 * Chooses for each table that a query reads the ways from its rows to params.
 *
 * Invariant: no table is on a path from itself, also not over the paths of the tables on its path. A row may change in
 * one transaction with rows of its path, and then does not find them any more. Of the changed rows that belong together
 * there is one whose path has none of the others, and this one finds the entry. docs/derive.md has the argument.
 */
export function reachParams(
  facts: ReadonlyMap<Occurrence, readonly Fact[]>,
  names: readonly string[],
): ReadonlyMap<Occurrence, Reached> {
  const chosen = new Map([...facts.keys()].map((table): [Occurrence, Chosen] => [table, { ways: [], tables: new Set() }])) // prettier-ignore
  const open = [...facts].flatMap(([start, known]) =>
    waysFrom(start, known, names).map((way) => ({ start, way })),
  )
  // Shorter ones first, so that none of them gives way to a longer one.
  for (const { start, way } of open.sort((a, b) => a.way.tables.length - b.way.tables.length)) {
    const own = chosen.get(start)
    if (own === undefined || own.ways.some(({ param }) => param === way.param)) continue
    if (new Set([...own.tables, ...way.tables]).size > MAX_HOPS) continue
    if (way.tables.some((table) => leadsTo(table, start, chosen))) continue
    own.ways.push(way)
    for (const table of way.tables) own.tables.add(table)
  }
  return new Map(
    [...chosen].map(([start, found]) => [start, toReached(start, found, facts.get(start) ?? [], names)]),
  )
}

/** Whether a table is another one, or its path crosses that one, or a path of a table on it does. */
function leadsTo(from: Occurrence, to: Occurrence, chosen: ReadonlyMap<Occurrence, Chosen>): boolean {
  const reached = new Set([from])
  for (const table of reached) chosen.get(table)?.tables.forEach((next) => reached.add(next))
  return reached.has(to)
}

function toReached(
  start: Occurrence,
  { ways, tables }: Chosen,
  facts: readonly Fact[],
  names: readonly string[],
): Reached {
  const hops = [...tables]
  const params = names.flatMap((param): readonly ParamSource[] => {
    const way = ways.find((each) => each.param === param)
    const end = way?.tables.at(-1)
    if (way === undefined) return []
    const { column } = way
    return [end === undefined ? { kind: 'column', param, column } : { kind: 'hop', param, hop: hops.indexOf(end), column }] // prettier-ignore
  })
  const path = hops.length === 0 ? undefined : { hops: makeHops(start, hops, facts) }
  return { params, path, tables: hops }
}

/** Each table joined by all that is known to be equal between it and those before it. */
function makeHops(start: Occurrence, tables: readonly Occurrence[], facts: readonly Fact[]): readonly Hop[] {
  const { all } = classesOf(facts)
  const before: Occurrence[] = [start]
  const taken = new Set([start.relation.name])
  return tables.map((table): Hop => {
    const on = all.flatMap(({ columns }) => {
      const own = columns.find(({ owner }) => owner === table)
      const other = before.flatMap((each) => columns.filter(({ owner }) => owner === each))[0]
      if (own === undefined || other === undefined) return []
      return [{ column: own.column, from: { hop: before.indexOf(other.owner) - 1, column: other.column } }]
    })
    before.push(table)
    const { schema, name } = table.relation
    return { table: { schema, name }, alias: uniqueAlias(name, taken), on }
  })
}

function uniqueAlias(name: string, taken: Set<string>): string {
  let alias = name
  for (let count = 2; taken.has(alias); count += 1) alias = `${name}_${count}`
  taken.add(alias)
  return alias
}
