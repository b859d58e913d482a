import type { ParamSource } from '../rules/ruleset.ts'
import type { Watch } from './plan.ts'
import { joinColumns } from './plan-path.ts'

/** A value that a trigger sends of a row. */
export type Sent =
  /** A column by which the reader looks for params in other tables. */
  | { readonly kind: 'join'; readonly column: string }
  /** A param: the row's own column, or a text of the rules. */
  | Exclude<ParamSource, { readonly kind: 'hop' }>

/** By watch, which never changes: the SQL of a trigger asks for the same many times. */
const known = new WeakMap<Watch, readonly Sent[]>()

/**
 * What a trigger sends of each row, in this order. For a path: the columns that it is joined by, then the params that are
 * the row's own. Without one: the params.
 */
export function sentValues(watch: Watch): readonly Sent[] {
  const values = known.get(watch) ?? listSent(watch)
  known.set(watch, values)
  return values
}

function listSent({ params, path }: Watch): readonly Sent[] {
  if (path === undefined) return params.filter((source) => source.kind !== 'hop')
  const own = params.filter((source) => source.kind === 'column')
  return [...joinColumns(path.hops).map((column): Sent => ({ kind: 'join', column })), ...own]
}

/** Columns that {@link sentValues} reads. */
export function sentColumns(watch: Watch): readonly string[] {
  return sentValues(watch).flatMap((sent) => (sent.kind === 'text' ? [] : [sent.column]))
}
