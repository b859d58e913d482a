import type { App, CacheHandle, CacheTypes } from './app.ts'
import type { Cache } from './cache/cache.ts'
import type { Params } from './cache/identity.ts'

/** The caches as the application has them, by name. */
export function openHandles(
  caches: ReadonlyMap<string, Cache<unknown>>,
  invalidate: App<CacheTypes>['invalidate'],
): Readonly<Record<string, CacheHandle<object, unknown>>> {
  const open = ([name, cache]: [string, Cache<unknown>]): [string, CacheHandle<object, unknown>] => {
    const handle: CacheHandle<object, unknown> = {
      get: (given) => cache.get(given as Params),
      getMany: (given) => cache.getMany(given as readonly Params[]),
      peek: (given) => cache.peek(given as Params),
      invalidate: (params = {}, options) => invalidate({ cache: name, params }, options),
      held: () => cache.held(),
      inspect: (given) => cache.inspect(given as Params),
    }
    return [name, handle]
  }
  return Object.fromEntries([...caches].map(open))
}
