import type { Cache } from '../../src/cache/cache.ts'
import type { CacheSettings } from '../../src/cache/settings.ts'
import type { Trust } from '../../src/cache/trust.ts'
import type { ParamValue } from '../../src/key/param.ts'
import type { Adapter, Key, Step } from '../../src/testing/index.ts'

/** The code under test; it may have been broken on purpose. */
export type Kernel = {
  readonly Cache: new (settings: CacheSettings<number>) => Cache<number>
  readonly Trust: new (...given: ConstructorParameters<typeof Trust>) => Trust
}

/** The table that a simulated cache depends on. */
export const TABLE = 'items'

const paramsOf = ({ group, item }: Key): { group: string; item: string } => ({ group, item })

/** The kernel as a cache under test. */
export function createKernelAdapter(
  { Cache: CacheClass, Trust: TrustClass }: Kernel,
  settings: Partial<CacheSettings<number>> = {},
): Adapter {
  return {
    name: 'stalemate',
    servesFor: settings.untrustedFor ?? 0,
    shares: true,
    forgetful: settings.max !== undefined,
    open({ load, loadMany, now, random, ttl, silence }) {
      const due: (readonly ParamValue[])[] = []
      const turns: (() => void)[] = []
      let last = now()
      const endTurn = (): void => {
        last = now()
        for (const end of turns.splice(0)) end()
      }
      /** Within a turn of the event loop no time passes. */
      const begin = (): typeof cache => {
        if (now() !== last) endTurn()
        return cache
      }
      const cache: Cache<number> = new CacheClass({
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
        loadMany: async (list) => await loadMany(list as unknown as Key[]),
        staleIfError: 500,
        refresh: 0.8,
        tracked: [0],
        due: ({ values }) => due.push(values),
        joinFor: silence,
        now,
        endOfTurn: (end) => turns.push(end),
        random,
        ...settings,
      })
      const trust = new TrustClass([{ cache: cache as unknown as Cache<unknown>, tables: [TABLE] }], silence)
      const { background } = cache
      const reload = (list: readonly (readonly ParamValue[])[]): void => void background.reload(list)
      return {
        get: (key) => begin().get(paramsOf(key)),
        peek: (key) => begin().peek(paramsOf(key)),
        getMany: (keys) => begin().getMany(keys.map(paramsOf)),
        refresh: (key) => begin().refresh(paramsOf(key)),
        invalidate: ({ group, item }) => void cache.invalidateEntry([group, item]),
        invalidateGroup: (group) => void cache.invalidateGroup(0, [group]),
        invalidateAll: () => void cache.invalidateAll(),
        trust: (since, covered) => void trust.renew(since, new Set(covered ? [] : [TABLE])),
        suspend: () => trust.suspend(),
        distrust: () => trust.distrust(),
        steps: (keys) => [
          ...(turns.length === 0 ? [] : [['the turn ends', endTurn] satisfies Step]),
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
