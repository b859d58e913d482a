import type { Cache } from '../../src/cache/cache.ts'
import type { CacheSettings } from '../../src/cache/settings.ts'
import {
  type Adapter,
  createMemoryTier,
  type Key,
  type Step,
  type Subject,
  type World,
} from '../../src/testing/index.ts'
import type { loadThrough, ReadableTier } from '../../src/tiers/load-through.ts'

/** The code under test; it may have been broken on purpose. */
export type Parts = {
  readonly Cache: new (settings: CacheSettings<number>) => Cache<number>
  readonly loadThrough: typeof loadThrough
}

const PARAMS = [
  { name: 'group', type: 'text' },
  { name: 'item', type: 'text' },
] as const
type Named = { readonly cache: string; readonly params: Readonly<Record<string, string>> }

/** A tier that two processes share, each of whose calls arrives, and is answered, when the schedule says so. */
function createSlowTier(now: () => number) {
  const tier = createMemoryTier(now)
  const calls: Step[] = []
  const defer = (text: string, act: () => void): void => {
    const call: Step = [
      text,
      () => {
        calls.splice(calls.indexOf(call), 1)
        act()
      },
    ]
    calls.push(call)
  }
  const connect = (who: string): ReadableTier & { readonly isClean: () => boolean } => {
    let open = 0
    return {
      name: 'slow',
      isClean: () => open === 0,
      read: (entry, context) =>
        new Promise((resolve) => {
          defer(`a read of ${who} comes to the tier`, () => {
            const answer = tier.read(entry, context)
            defer(`the tier’s answer comes to ${who}`, () => resolve(answer))
          })
        }),
      fill: (entry, value, how) =>
        defer(`a value of ${who} comes to the tier`, () => tier.fill(entry, value, how)),
      invalidate: (named) => {
        open += 1
        defer(`an invalidation of ${who} comes to the tier`, () => {
          tier.invalidate(named)
          open -= 1
        })
      },
    }
  }
  return { calls, connect }
}

/** Two processes with a tier behind them that they share. The first is judged; the other one hears of changes in its own time. */
export function createTieredAdapter({ Cache: CacheClass, loadThrough: through }: Parts): Adapter {
  const createProcess = (
    who: string,
    { load, now, random, ttl }: World,
    shared: ReturnType<typeof createSlowTier>,
  ) => {
    const tier = shared.connect(who)
    const loader = through(
      {
        load: (params) => load(params as unknown as Key),
        loadMany: (list) => Promise.all(list.map((params) => load(params as unknown as Key))),
      },
      {
        cache: 'simulated',
        tiers: [tier],
        ttl,
        isTrusted: () => now() < cache.trustedUntil,
        isClean: () => tier.isClean(),
        clock: { now, after: () => () => {} },
        failed: (error) => {
          throw error
        },
      },
    )
    const cache: Cache<number> = new CacheClass({
      name: 'simulated',
      params: PARAMS,
      ttl,
      jitter: 0,
      max: 100,
      partial: [['group']],
      ...(loader as Pick<CacheSettings<number>, 'load' | 'loadMany'>),
      now,
      random,
    })
    cache.trustedUntil = Infinity
    const tell = (params: Named['params']): void => void tier.invalidate([{ cache: 'simulated', params }], {})
    return {
      cache,
      invalidate: ({ group, item }: Key): void => {
        cache.invalidateEntry([group, item])
        tell({ group, item })
      },
      invalidateGroup: (group: string): void => {
        cache.invalidateGroup(0, [group])
        tell({ group })
      },
      invalidateAll: (): void => {
        cache.invalidateAll()
        tell({})
      },
    }
  }
  return {
    name: 'stalemate with a shared tier',
    promotes: true,
    turns: 16,
    open(world) {
      const shared = createSlowTier(world.now)
      const own = createProcess('the process', world, shared)
      const peer = createProcess('the peer', world, shared)
      const unheard: { readonly keys: readonly Key[]; readonly group: string | undefined }[] = []
      const hear = (): void => {
        const change = unheard.shift()
        if (change?.group !== undefined) peer.invalidateGroup(change.group)
        else for (const key of change?.keys ?? []) peer.invalidate(key)
      }
      const { cache } = own
      const subject: Subject = {
        get: (key) => cache.get(key),
        peek: (key) => cache.peek(key),
        getMany: (keys) => cache.getMany(keys),
        refresh: (key) => cache.refresh(key),
        invalidate: own.invalidate,
        invalidateGroup: own.invalidateGroup,
        invalidateAll: own.invalidateAll,
        distrust: () => void (cache.trustedUntil = Number.NEGATIVE_INFINITY),
        trust: () => void (cache.trustedUntil = Number.POSITIVE_INFINITY),
        written: (keys, group) => void unheard.push({ keys, group }),
        steps: (keys) => [
          ...shared.calls,
          ...keys.map((key): Step => [
            `the peer reads ${key.group}${key.item}`,
            () => void peer.cache.get(key).catch(() => {}),
          ]),
          ...(unheard.length === 0 ? [] : [['the peer hears of the next change', hear] satisfies Step]),
        ],
        drain() {
          const isBusy = unheard.length + shared.calls.length > 0
          while (unheard.length > 0) hear()
          // A call that comes to its end leaves the list.
          const calls = shared.calls.slice()
          for (const [, act] of calls) void act()
          return isBusy
        },
        leftovers() {
          const { loads, groups } = cache.internals
          return cache.size + loads + groups === 0
            ? undefined
            : `${cache.size} entries, ${loads} loads and ${groups} groups are left.`
        },
      }
      return subject
    },
  }
}
