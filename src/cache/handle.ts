import { StalemateError } from '../errors.ts'
import { canonicalParam, type ParamValue } from '../key/param.ts'
import type { Cache } from './cache.ts'
import type { ParamDeclaration, Params } from './identity.ts'

/**
 * Makes entries wrong by a full or partial binding; see `CacheHandle.invalidate`. A binding that no index
 * serves makes the whole cache wrong: more than asked, never less.
 */
export function invalidateBinding(
  cache: Cache<unknown>,
  declared: readonly ParamDeclaration[],
  partial: readonly (readonly string[])[],
  params: Params = {},
): number {
  const names = Object.keys(params).filter((name) => params[name] !== undefined)
  const unknown = names.find((name) => !declared.some((param) => param.name === name))
  if (unknown !== undefined) {
    throw new StalemateError('param-invalid', `Cache ${cache.name} has no param ${JSON.stringify(unknown)}.`)
  }
  const bound = declared.filter((param) => names.includes(param.name))
  const values: ParamValue[] = bound.map(({ name, type }) => canonicalParam(type, params[name], name))
  if (bound.length === declared.length) return cache.invalidateEntry(values)
  const index = partial.findIndex(
    (set) => set.length === bound.length && set.every((name, place) => name === bound[place]?.name),
  )
  return index < 0 ? cache.invalidateAll() : cache.invalidateGroup(index, values)
}
