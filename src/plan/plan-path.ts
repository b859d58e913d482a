import { createHash } from 'node:crypto'
import type { Hop, ParamSource, Path } from '../rules/ruleset.ts'
import type { PlanPath } from './plan.ts'

const ID_LENGTH = 12

/** What a change of a row binds. */
export type Reach = {
  /** The params that can be found from the row; the others may be anything. */
  readonly params: readonly ParamSource[]
  /** Only where one of them lies in another table. */
  readonly path?: PlanPath
}

/**
 * What can be found of a rule's params from a row of one of its tables.
 *
 * From a table on the path the way leads on, never back: what lies before it is not bound, and a condition on it is
 * dropped. That finds more than the join has, never less. Tables that no param needs are left out, with the same effect.
 *
 * @param start the hop whose row is at hand; -1 for the rule's own table
 */
export function planReach(cache: string, path: Path, sources: readonly ParamSource[], start: number): Reach {
  const hops = reachableHops(path.hops, start)
  const found = sources.flatMap((source): readonly ParamSource[] => {
    if (source.kind === 'text') return [{ ...source }]
    if (source.kind === 'column') return start === -1 ? [{ ...source }] : []
    const { param, hop, column } = source
    if (hop === start) return [{ kind: 'column', param, column }]
    return hops.has(hop) ? [{ ...source }] : []
  })
  const needed = neededHops(hops, found)
  if (needed.length === 0) return { params: found }
  const place = (hop: number): number => needed.indexOf(hop)
  const params = found.map((source): ParamSource => {
    if (source.kind !== 'hop') return source
    const { kind, param, hop, column } = source
    return { kind, param, hop: place(hop), column }
  })
  const renumbered = needed.flatMap((index): readonly Hop[] => {
    const hop = hops.get(index)
    if (hop === undefined) return []
    const on = hop.on.map(({ column, from }) => ({
      column,
      from: { hop: place(from.hop), column: from.column },
    }))
    return [{ table: { ...hop.table }, alias: hop.alias, on }]
  })
  return { params, path: { id: hashPath(cache, renumbered, params), hops: renumbered } }
}

/** Columns of the changed row by which a path begins, in the order in which a link has them. */
export function joinColumns(hops: readonly Hop[]): readonly string[] {
  return referredColumns(hops, -1)
}

/** Columns of a hop (or of the changed row, -1) that hops are joined by, in the order of their first use. */
export function referredColumns(hops: readonly Hop[], index: number): readonly string[] {
  const on = hops.flatMap((hop) => hop.on)
  return [...new Set(on.filter(({ from }) => from.hop === index).map(({ from }) => from.column))]
}

/** The hops that conditions lead to from a hop, each with only the conditions that can be met from there. */
function reachableHops(hops: readonly Hop[], start: number): ReadonlyMap<number, Hop> {
  const reachable = new Map<number, Hop>()
  for (const [index, hop] of hops.entries()) {
    if (index <= start) continue
    const on = hop.on.filter(({ from }) => from.hop === start || reachable.has(from.hop))
    if (on.length > 0) reachable.set(index, { ...hop, on })
  }
  return reachable
}

/** The hops of the params, and those that lead there; ascending. */
function neededHops(hops: ReadonlyMap<number, Hop>, params: readonly ParamSource[]): readonly number[] {
  const needed = new Set<number>()
  const visit = (index: number): void => {
    const hop = hops.get(index)
    if (hop === undefined || needed.has(index)) return
    needed.add(index)
    for (const { from } of hop.on) visit(from.hop)
  }
  for (const source of params) if (source.kind === 'hop') visit(source.hop)
  return [...needed].sort((a, b) => a - b)
}

function hashPath(cache: string, hops: readonly Hop[], params: readonly ParamSource[]): string {
  return createHash('sha256')
    .update(JSON.stringify([cache, hops, params]))
    .digest('hex')
    .slice(0, ID_LENGTH)
}
