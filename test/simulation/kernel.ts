import type { CacheSettings } from '../../src/cache/settings.ts'
import type { Cache } from '../../src/cache/cache.ts'
import type { Adapter, Key } from '../../src/testing/index.ts'

type CacheClass = new (settings: CacheSettings<number>) => Cache<number>

const paramsOf = ({ group, item }: Key): { group: string; item: string } => ({ group, item })

/** The kernel as a cache under test; `CacheClass` may be one that was broken on purpose. */
export function createKernelAdapter(
  CacheClass: CacheClass,
  settings: Partial<CacheSettings<number>> = {},
): Adapter {
  return {
    name: 'stalemate',
    servesUntrusted: settings.untrustedFor !== undefined,
    forgetful: settings.max !== undefined,
    open({ load, now, random, ttl }) {
      const cache = new CacheClass({
        name: 'simulated',
        params: [
          { name: 'group', type: 'text' },
          { name: 'item', type: 'text' },
        ],
        ttl,
        jitter: 0,
        max: 100,
        partial: [['group'], ['item']],
        load: (params) => load(params as unknown as Key),
        loadMany: async (list) => {
          const loads = list.map((params) => load(params as unknown as Key))
          const results = await Promise.allSettled(loads)
          return results.map((result) =>
            result.status === 'fulfilled' ? result.value : (result.reason as Error),
          )
        },
        staleIfError: 500,
        now,
        random,
        ...settings,
      })
      return {
        get: (key) => cache.get(paramsOf(key)),
        peek: (key) => cache.peek(paramsOf(key)),
        getMany: (keys) => cache.getMany(keys.map(paramsOf)),
        refresh: (key) => cache.refresh(paramsOf(key)),
        invalidate: ({ group, item }) => void cache.invalidateEntry([group, item]),
        invalidateGroup: (group) => void cache.invalidateGroup(0, [group]),
        invalidateAll: () => void cache.invalidateAll(),
        distrust: () => void (cache.trustedUntil = Number.NEGATIVE_INFINITY),
        trust: () => void (cache.trustedUntil = Number.POSITIVE_INFINITY),
        leftovers() {
          const { loads, groups } = cache.internals
          return cache.size + loads + groups === 0
            ? undefined
            : `${cache.size} entries, ${loads} loads and ${groups} groups are left.`
        },
      }
    },
  }
}
