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
import type { ReadableTier } from '../../src/invalidate/tier.ts'
import type { loadThrough } from '../../src/tiers/load-through.ts'
import { type Kernel, TABLE } from './kernel.ts'

/** The code under test; it may have been broken on purpose. */
export type Parts = Kernel & { readonly loadThrough: typeof loadThrough }

const PARAMS = [
  { name: 'group', type: 'text' },
  { name: 'item', type: 'text' },
] as const
type Named = { readonly cache: string; readonly params: Readonly<Record<string, string>> }

/**
 * A tier that two processes share, each of whose calls arrives, and is answered, when the schedule says so. How long a value lives
 * counts from when that was said.
 */
function createSlowTier(now: () => number) {
  const tier = createMemoryTier(now)
  const calls: Step[] = []
  /** Those that end the waiting for an answer. */
  const waits = new WeakSet<Step>()
  const defer = (text: string, act: () => void, isWait = false): (() => void) => {
    const call: Step = [
      text,
      () => {
        calls.splice(calls.indexOf(call), 1)
        act()
      },
    ]
    calls.push(call)
    if (isWait) waits.add(call)
    return () => {
      if (calls.includes(call)) calls.splice(calls.indexOf(call), 1)
    }
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
      fill(entry, value, { lease, life }) {
        const until = now() + life
        defer(`a value of ${who} comes to the tier`, () =>
          tier.fill(entry, value, { lease, life: until - now() }),
        )
      },
      invalidate: (named) => {
        open += 1
        defer(`an invalidation of ${who} comes to the tier`, () => {
          tier.invalidate(named)
          open -= 1
        })
      },
    }
  }
  return { calls, waits, connect, defer }
}

/** Two processes with a tier behind them that they share. The first is judged; the other one hears of changes in its own time. */
export function createTieredAdapter(
  { Cache: CacheClass, Trust: TrustClass, loadThrough: through }: Parts,
  settings: Partial<CacheSettings<number>> = {},
): Adapter {
  const createProcess = (
    who: string,
    { load, loadMany, now, random, ttl, silence }: World,
    shared: ReturnType<typeof createSlowTier>,
  ) => {
    const tier = shared.connect(who)
    const loader = through(
      {
        load: (params) => load(params as unknown as Key),
        loadMany: async (list) => await loadMany(list as unknown as Key[]),
      },
      {
        cache: 'simulated',
        tiers: [tier],
        ttl,
        isTrusted: () => now() < cache.trustedUntil,
        isClean: () => tier.isClean(),
        clock: { now, after: (_, act) => shared.defer(`${who} waits for the tier no longer`, act, true) },
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
      joinFor: silence,
      promotes: true,
      now,
      random,
      ...settings,
    })
    const trust = new TrustClass([{ cache: cache as unknown as Cache<unknown>, tables: [TABLE] }], silence)
    const tell = (params: Named['params']): void => void tier.invalidate([{ cache: 'simulated', params }], {})
    return {
      cache,
      trust,
      tell,
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
    servesFor: settings.untrustedFor ?? 0,
    turns: 24,
    open(world) {
      const shared = createSlowTier(world.now)
      const own = createProcess('the process', world, shared)
      const peer = createProcess('the peer', world, shared)
      peer.cache.trustedUntil = Infinity
      const unheard: { readonly keys: readonly Key[]; readonly group: string | undefined }[] = []
      const hear = (): void => {
        const change = unheard.shift()
        if (change?.group !== undefined) peer.invalidateGroup(change.group)
        else for (const key of change?.keys ?? []) peer.invalidate(key)
      }
      const { cache, trust } = own
      const readElsewhere = (key: Key): void => void peer.cache.get(key).catch(() => {})
      /** In two turns: what the tier answers comes in the second one. */
      const arrive = async (): Promise<void> => {
        for (const turn of [1, 2]) {
          for (const call of shared.calls.filter((each) => !shared.waits.has(each))) void call[1]()
          if (turn === 1) await Promise.resolve()
        }
      }
      const subject: Subject = {
        get: (key) => cache.get(key),
        peek: (key) => cache.peek(key),
        getMany: (keys) => cache.getMany(keys),
        refresh: (key) => cache.refresh(key),
        invalidate: own.invalidate,
        invalidateGroup: own.invalidateGroup,
        invalidateAll: own.invalidateAll,
        trust(since, covered) {
          const emptied = trust.renew(since, new Set(covered ? [] : [TABLE]))
          if (emptied.length > 0) own.tell({})
        },
        suspend: () => trust.suspend(),
        distrust: () => trust.distrust(),
        readElsewhere,
        isBusy: () => shared.calls.length > 0,
        written: (keys, group) => void unheard.push({ keys, group }),
        steps: (keys) => [
          ...shared.calls,
          ...(shared.calls.length === 0 ? [] : [['all comes to the tier and back', arrive] satisfies Step]),
          ...keys.map((key): Step => [`the peer reads ${key.group}${key.item}`, () => readElsewhere(key)]),
          [
            'all is warmed',
            () =>
              void cache.background.reload(
                keys.map(({ group, item }) => [group, item]),
                true,
              ),
          ],
          ...(unheard.length === 0 ? [] : [['the peer hears of the next change', hear] satisfies Step]),
        ],
        drain() {
          const isBusy = unheard.length + shared.calls.length > 0
          while (unheard.length > 0) hear()
          // Only what is never answered is waited for to the end. A call that comes to its end leaves the list.
          const calls = shared.calls.filter((call) => !shared.waits.has(call))
          for (const [, act] of calls.length > 0 ? calls : [...shared.calls]) void act()
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
