import type { ExecutionContext } from 'ava'
import { Cache } from '../../src/cache/cache.ts'
import type { CacheSettings } from '../../src/cache/settings.ts'
import type { Manifest, ManifestCache, ManifestRefresh } from '../../src/manifest/manifest.ts'
import { REFRESH_DEFAULTS, type RefreshOptions } from '../../src/options.ts'
import type { Operation } from '../../src/refresh/operation.ts'
import { createRefresher, type Refresher } from '../../src/refresh/refresher.ts'
import { createClock, type ManualClock } from '../helpers/clock.ts'
import { createDeferred, type Deferred, settle } from '../helpers/deferred.ts'

export type Load = Deferred<string> & { readonly id: string; readonly stale: unknown; readonly at: number }

/** A refresher with one cache of two params, whose loads end when the test says so, on a clock that the test moves. */
export type Bench = {
  readonly refresher: Refresher
  readonly cache: Cache<unknown>
  readonly clock: ManualClock
  readonly loads: readonly Load[]
  /** Loads that have not ended. */
  readonly open: () => readonly Load[]
  /** Most calls of the loader that were under way at once. */
  readonly most: () => number
  readonly steps: readonly Operation[]
  /** Holds a value, as if a reader had asked for it. */
  readonly hold: (id: string, value?: string) => Promise<void>
  readonly read: (id: string) => unknown
  /** Moves the clock, and lets what is ready run. */
  readonly pass: (ms: number) => Promise<void>
  readonly finish: (value?: string) => Promise<void>
}

export const WAIT: ManifestRefresh = { priority: 'normal', meanwhile: 'wait' }
export const SERVE: ManifestRefresh = { priority: 'normal', meanwhile: 'serve' }

export function createBench(
  t: ExecutionContext,
  cacheSettings: Omit<Partial<ManifestCache>, 'refresh'> & { readonly refresh?: number | 'off' } & Pick<
      Partial<CacheSettings<unknown>>,
      'loadMany'
    > = {},
  options: Partial<RefreshOptions> = {},
): Bench {
  const clock = createClock()
  const loads: (Load & { ended: boolean })[] = []
  const steps: Operation[] = []
  let most = 0
  const open = (): (Load & { ended: boolean })[] => loads.filter(({ ended }) => !ended)
  const { loadMany, refresh = 0.8, ...described } = cacheSettings
  const manifestCache: ManifestCache = {
    key: 'item:{group}:{id}',
    params: [
      { name: 'group', type: 'text' },
      { name: 'id', type: 'text' },
    ],
    ttl: 10_000,
    jitter: 0,
    max: 1_000,
    priority: 'normal',
    ...(refresh === 'off' ? {} : { refresh }),
    partial: [['group']],
    tables: [],
    ...described,
  }
  const manifest: Manifest = {
    version: 1,
    ruleset: 'bench',
    feed: 'notify',
    channel: 'bench',
    hash: '',
    caches: { item: manifestCache },
    tables: [
      {
        table: 'items',
        schema: 'public',
        name: 'items',
        triggers: [],
        reloads: [{ ...WAIT, operations: ['update'], cache: 'item', params: ['group'] }],
      },
    ],
    paths: {},
  }
  const refresher = createRefresher({
    manifest,
    options: { ...REFRESH_DEFAULTS, ...options },
    clock,
    random: () => 0.5,
    changed: (operation) => steps.push(operation),
  })
  const cache = new Cache<unknown>({
    name: 'item',
    ...manifestCache,
    now: clock.now,
    random: () => 0,
    ...refresher.hooks('item'),
    ...(loadMany === undefined ? {} : { loadMany }),
    load: async ({ group, id }, { stale }) => {
      const load = { ...createDeferred<string>(), id: `${String(group)}${String(id)}`, stale, at: clock.now(), ended: false } // prettier-ignore
      loads.push(load)
      most = Math.max(most, open().length)
      try {
        return await load.promise
      } finally {
        load.ended = true
      }
    },
  })
  cache.trustedUntil = Infinity
  refresher.add(cache)
  refresher.start()
  t.teardown(() => refresher.close())
  const finish = async (value = 'new'): Promise<void> => {
    for (const load of open()) load.resolve(value)
    await settle()
  }
  return {
    refresher,
    cache,
    clock,
    loads,
    open,
    most: () => most,
    steps,
    async hold(id, value = 'old') {
      const reading = cache.get(paramsOf(id))
      await settle()
      open().at(-1)?.resolve(value)
      await reading
    },
    read: (id) => cache.peek(paramsOf(id)),
    async pass(ms) {
      clock.advance(ms)
      await settle()
    },
    finish,
  }
}

/** `a1` is item 1 of group a. */
export function paramsOf(id: string): { group: string; id: string } {
  return { group: id.slice(0, 1), id: id.slice(1) }
}

export function valuesOf(id: string): readonly [string, string] {
  return [id.slice(0, 1), id.slice(1)]
}
