import { setImmediate, setTimeout } from 'node:timers/promises'
import { Cache } from '../../src/cache/cache.ts'
import { clockSettings } from '../../src/cache/runtime-settings.ts'
import type { Manifest } from '../../src/manifest/manifest.ts'
import { REFRESH_DEFAULTS, systemClock } from '../../src/options.ts'
import { createRefresher } from '../../src/refresh/refresher.ts'
import { quantile } from '../harness/statistics.ts'
import { serveTasks } from '../harness/worker.ts'

/** Percentiles are microseconds. */
export type Storm = {
  readonly steady: number
  readonly during: number
  /** Most reloads of one entry, and reloads of all. */
  readonly loads: number
  readonly reloaded: number
  /** Most loads at the same time. */
  readonly concurrency: number
  readonly misses: number
}

export type StormJob = {
  readonly config: { readonly entries: number; readonly concurrency: number; readonly ttl: number }
  readonly task: object
  readonly result: Storm
}

const RATE = 20_000
const LOAD = 5
const SHARE = 0.8

serveTasks<StormJob>(async ({ entries, concurrency, ttl }) => {
  const described = { key: '', params: [{ name: 'id', type: 'int' }], ttl, jitter: 0, max: entries, priority: 'normal', refresh: SHARE, partial: [], tables: [] } as const // prettier-ignore
  const manifest: Manifest = { version: 1, ruleset: 'storm', feed: 'notify', channel: '', hash: '', caches: { hot: described }, tables: [], paths: {} } // prettier-ignore
  const refresher = createRefresher({
    manifest,
    options: { ...REFRESH_DEFAULTS, concurrency, queue: entries },
    clock: systemClock,
    random: Math.random,
    changed: () => {},
  })
  const counts = new Uint32Array(entries)
  let isFilling = true
  let running = 0
  let most = 0
  let reloaded = 0
  const cache = new Cache<unknown>({
    name: 'hot',
    ...described,
    ...clockSettings(systemClock),
    ...refresher.hooks('hot'),
    random: Math.random,
    load: async ({ id }) => {
      if (isFilling) return {}
      running += 1
      most = Math.max(most, running)
      await setTimeout(LOAD)
      running -= 1
      counts[Number(id)] = (counts[Number(id)] ?? 0) + 1
      reloaded += 1
      return {}
    },
  })
  cache.trustedUntil = Infinity
  refresher.add(cache)
  return await Promise.resolve(async () => {
    for (let id = 0; id < entries; id += 1) await cache.get({ id })
    const filled = performance.now()
    isFilling = false
    refresher.start()
    const { misses } = cache.counters
    const due = filled + ttl * SHARE
    // The code is warm by then.
    await read(cache, entries, () => performance.now() < filled + ttl * SHARE * 0.4)
    const steady = await read(cache, entries, () => performance.now() < due - 1_500)
    await read(cache, entries, () => performance.now() < due - 1_000)
    const during = await read(
      cache,
      entries,
      () => reloaded < entries && performance.now() < filled + 2 * ttl,
    )
    refresher.close()
    return {
      steady: quantile(steady, 0.99),
      during: quantile(during, 0.99),
      loads: Math.max(...counts),
      reloaded,
      concurrency: most,
      misses: cache.counters.misses - misses,
    }
  })
})

/** Microseconds from the moment at which each read was to begin to its answer; none waits for another. */
async function read(cache: Cache<unknown>, entries: number, isOn: () => boolean): Promise<readonly number[]> {
  const delays: number[] = []
  const step = 1_000 / RATE
  let planned = performance.now()
  let id = 0
  const open = new Set<number>()
  while (isOn()) {
    for (const now = performance.now(); planned <= now; planned += step) {
      // Coprime with the number of entries: all have their turn.
      id = (id + 7_919) % entries
      const since = planned
      open.add(since)
      void cache.get({ id }).then(() => {
        open.delete(since)
        delays.push((performance.now() - since) * 1_000)
      })
    }
    await setImmediate()
  }
  while (open.size > 0) await setTimeout(LOAD)
  return delays
}
