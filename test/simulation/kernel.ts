import type { CacheSettings } from '../../src/cache/settings.ts'
import type { Cache } from '../../src/cache/cache.ts'
import type { ParamValue } from '../../src/key/param.ts'
import type { Adapter, Key, Step } from '../../src/testing/index.ts'

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
      const due: (readonly ParamValue[])[] = []
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
        refresh: 0.8,
        tracked: [0],
        due: ({ values }) => due.push(values),
        now,
        random,
        ...settings,
      })
      const { background } = cache
      // One by one: values of a batch come when the last of it ends, and less could be said of what readers get.
      const reload = (list: readonly (readonly ParamValue[])[]): void => {
        for (const values of list) void background.reload([values])
      }
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
        steps: (keys) => [
          ...(due.length === 0
            ? []
            : [['a reload begins that a read found due', () => reload(due.splice(0, 1))] satisfies Step]),
          ['a sweep reloads what is due', () => reload([...background.sweep()].map(({ values }) => values))],
          [
            'all is warmed',
            () => {
              const list = keys.map(({ group, item }) => [group, item])
              reload(list.filter((values) => background.look(values).state !== 'fresh'))
            },
          ],
          [
            `what is held of a is warmed again`,
            () => reload(background.members(10, { index: 0, values: ['a'] }).map(({ values }) => values)),
          ],
        ],
        leftovers() {
          const { loads, groups, kept } = cache.internals
          return cache.size + loads + groups + kept === 0
            ? undefined
            : `${cache.size} entries, ${loads} loads, ${groups} groups and ${kept} to be found are left.`
        },
      }
    },
  }
}
