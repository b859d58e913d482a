import { Cache } from '../../src/cache/cache.ts'
import type { CacheSettings } from '../../src/cache/settings.ts'
import { clockSettings } from '../../src/cache/runtime-settings.ts'
import { RUNTIME_DEFAULTS, systemClock } from '../../src/options.ts'

/** A cache with the runtime's settings, trusted for good: what a live runtime has, without its database. */
export function createCache<V>(
  settings: Pick<CacheSettings<V>, 'params' | 'partial' | 'max' | 'load'>,
): Cache<V> {
  const { loadTimeout, loadFailures, loadPauseBase, loadPauseMax } = RUNTIME_DEFAULTS
  const cache = new Cache<V>({
    name: 'bench',
    ttl: 3_600_000,
    jitter: 0.1,
    loadTimeout,
    backoff: { tolerated: loadFailures, base: loadPauseBase, max: loadPauseMax },
    random: Math.random,
    ...clockSettings(systemClock),
    ...settings,
  })
  cache.trustedUntil = Infinity
  return cache
}
