import type { CacheHandle } from './app.ts'
import type { Cache } from './cache/cache.ts'
import { invalidateBinding } from './cache/handle.ts'
import type { Params } from './cache/identity.ts'
import type { Manifest } from './manifest/manifest.ts'

/** The caches as the application has them, by name. */
export function openHandles(
  caches: ReadonlyMap<string, Cache<unknown>>,
  manifest: Manifest,
): Readonly<Record<string, CacheHandle<object, unknown>>> {
  const open = ([name, cache]: [string, Cache<unknown>]): [string, CacheHandle<object, unknown>] => {
    const { params = [], partial = [] } = manifest.caches[name] ?? {}
    const handle: CacheHandle<object, unknown> = {
      get: (given) => cache.get(given as Params),
      getMany: (given) => cache.getMany(given as readonly Params[]),
      peek: (given) => cache.peek(given as Params),
      invalidate: (given) => invalidateBinding(cache, params, partial, given as Params | undefined),
      inspect: (given) => cache.inspect(given as Params),
    }
    return [name, handle]
  }
  return Object.fromEntries([...caches].map(open))
}
