import type { ParamType } from '../key/param.ts'
import type { Plan } from '../plan/plan.ts'
import { type Fragment, sql } from '../sql/fragment.ts'

/** The type of a cache's param. */
export function paramType(plan: Plan, cache: string, param: string): ParamType | undefined {
  const params = plan.caches.find(({ name }) => name === cache)?.params
  return params?.find(({ name }) => name === param)?.type
}

/** The text of a param: the same in all sessions. */
export function valueSql(type: ParamType | undefined, value: Fragment): Fragment {
  // The cast of a date to text follows the session's DateStyle, its JSON does not.
  return type === 'date' ? sql`to_json(${value}) #>> '{}'` : sql`${value}::text`
}
