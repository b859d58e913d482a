import type { Hop, ParamSource, Path } from '../rules/ruleset.ts'
import type { Occurrence } from './block.ts'
import { classesOf, type Classes } from './equality.ts'
import type { Fact } from './facts.ts'
import { isParamClass } from './type-class.ts'

/** Tables that a path crosses at most. */
const MAX_HOPS = 8

/** How a row of a table leads to params. */
export type Reached = { readonly params: readonly ParamSource[]; readonly path: Path | undefined }

/** Where a table's row leads to: the table before it, and nothing for the changed row itself. */
type Step = { readonly table: Occurrence; readonly from: Occurrence | undefined }

/** Finds the shortest path from a row of a table to each param that equalities lead to. */
export function reachParams(start: Occurrence, facts: readonly Fact[], names: readonly string[]): Reached {
  const classes = classesOf(facts)
  const found = new Map<string, { readonly table: Occurrence; readonly column: string }>()
  const steps: Step[] = [{ table: start, from: undefined }]
  for (let next = 0; next < steps.length && found.size < names.length; next += 1) {
    const step = steps[next]
    if (step === undefined) break
    for (const name of names) {
      const column = found.has(name) ? undefined : columnFor(step.table, name, classes)
      if (column !== undefined) found.set(name, { table: step.table, column })
    }
    if (depthOf(steps, step) >= MAX_HOPS) continue
    for (const table of neighbours(step.table, classes))
      if (!steps.some((known) => known.table === table)) steps.push({ table, from: step.table })
  }
  // Rows of a path may go in one transaction with the row that it begins at. Then a row nearer to the param still finds it,
  // if all paths lead to the same one: the first that can be found, and the others as far as they lie on its way.
  const first = names.map((name) => found.get(name)).find((place) => place !== undefined)
  const hops = first === undefined ? [] : neededHops(steps, [first.table])
  const params = names.flatMap((param): readonly ParamSource[] => {
    const place = found.get(param)
    if (place === undefined || (place.table !== start && !hops.includes(place.table))) return []
    const { table, column } = place
    if (table === start) return [{ kind: 'column', param, column }]
    return [{ kind: 'hop', param, hop: hops.indexOf(table), column }]
  })
  const path = hops.length === 0 ? undefined : { hops: makeHops(start, hops, classes) }
  return path !== undefined && path.hops.length > MAX_HOPS
    ? { params: [], path: undefined }
    : { params, path }
}

function columnFor(table: Occurrence, param: string, { all }: Classes): string | undefined {
  for (const { columns, params } of all) {
    if (!params.some(({ name }) => name === param)) continue
    const term = columns.find((column) => column.owner === table && isParamClass(column.class))
    if (term !== undefined) return term.column
  }
  return undefined
}

function neighbours(table: Occurrence, { all }: Classes): readonly Occurrence[] {
  const found = new Set<Occurrence>()
  for (const { columns } of all) {
    if (!columns.some(({ owner }) => owner === table)) continue
    for (const { owner } of columns) if (isTable(owner)) found.add(owner)
  }
  return [...found].sort((a, b) => a.id - b.id)
}

/** Whether rows of it can be looked up. */
function isTable({ relation }: Occurrence): boolean {
  return ['table', 'partitioned', 'partition'].includes(relation.kind)
}

function depthOf(steps: readonly Step[], { from }: Step): number {
  const before = from === undefined ? undefined : steps.find(({ table }) => table === from)
  return before === undefined ? 0 : depthOf(steps, before) + 1
}

/** The tables on the way to the params, nearer ones first. */
function neededHops(steps: readonly Step[], ends: readonly Occurrence[]): readonly Occurrence[] {
  const needed = new Set<Occurrence>()
  const visit = (table: Occurrence): void => {
    const step = steps.find((each) => each.table === table)
    if (step?.from === undefined) return
    needed.add(table)
    visit(step.from)
  }
  ends.forEach(visit)
  return steps.map(({ table }) => table).filter((table) => needed.has(table))
}

/** Each table joined by all that is known to be equal between it and those before it. */
function makeHops(start: Occurrence, tables: readonly Occurrence[], { all }: Classes): readonly Hop[] {
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
