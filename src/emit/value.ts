import type { ParamType } from '../key/param.ts'
import type { Plan } from '../plan/plan.ts'
import { type Fragment, sql } from '../sql/fragment.ts'

/** Types by cache and param of a plan, which never changes; a search for each value takes seconds in large plans. */
const known = new WeakMap<Plan, ReadonlyMap<string, ReadonlyMap<string, ParamType>>>()

/** The type of a cache's param. */
export function paramType(plan: Plan, cache: string, param: string): ParamType | undefined {
  const types = known.get(plan) ?? readTypes(plan)
  known.set(plan, types)
  return types.get(cache)?.get(param)
}

function readTypes({ caches }: Plan): ReadonlyMap<string, ReadonlyMap<string, ParamType>> {
  return new Map(caches.map(({ name, params }) => [name, new Map(params.map((one) => [one.name, one.type]))]))
}

/** The text of a param: the same in all sessions. */
export function valueSql(type: ParamType | undefined, value: Fragment): Fragment {
  // The cast of a date to text follows the session's DateStyle, its JSON does not.
  return type === 'date' ? sql`to_json(${value}) #>> '{}'` : sql`${value}::text`
}
