import type { Occurrence } from './block.ts'
import { classesOf, type Classes } from './equality.ts'
import type { Fact } from './facts.ts'
import { isParamClass } from './type-class.ts'

/** Tables that a path crosses at most. */
export const MAX_HOPS = 8

/** A column that equals a param, and the tables that equalities lead over from a row to it. */
export type Way = {
  readonly param: string
  readonly column: string
  /** The last one has the column; none where it is the row's own. */
  readonly tables: readonly Occurrence[]
}

/** All ways from a row of a table to params, shortest first, each by the fewest tables. */
export function waysFrom(
  start: Occurrence,
  facts: readonly Fact[],
  names: readonly string[],
): readonly Way[] {
  const { all } = classesOf(facts)
  const steps = new Map<Occurrence, readonly Occurrence[]>([[start, []]])
  const ways: Way[] = []
  for (const [table, tables] of steps) {
    for (const param of names) {
      const column = columnFor(table, param, all)
      if (column !== undefined) ways.push({ param, column, tables })
    }
    if (tables.length === MAX_HOPS) continue
    for (const next of neighbours(table, all)) if (!steps.has(next)) steps.set(next, [...tables, next])
  }
  return ways
}

function columnFor(table: Occurrence, param: string, all: Classes['all']): string | undefined {
  for (const { columns, params } of all) {
    if (!params.some(({ name }) => name === param)) continue
    const term = columns.find((column) => column.owner === table && isParamClass(column.class))
    if (term !== undefined) return term.column
  }
  return undefined
}

function neighbours(table: Occurrence, all: Classes['all']): readonly Occurrence[] {
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
