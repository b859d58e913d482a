import type { Entry } from './entry.ts'
import type { CacheSettings } from './settings.ts'
import type { Timekeeper } from './timekeeper.ts'
import { keepValue, measureValue } from './value.ts'

/**
 * Puts a loaded value into its entry, with its times. False when such a value is not held.
 *
 * @throws StalemateError `load-invalid`: the value has no size
 */
export function fillEntry<V>(
  entry: Entry<V>,
  value: V,
  since: number,
  now: number,
  settings: CacheSettings<V>,
  clock: Timekeeper,
): boolean {
  const { ttl, negativeTtl, jitter, random, values } = settings
  const life = value === undefined || value === null ? negativeTtl : ttl
  if (life === undefined) return false
  entry.size = measureValue(settings, value)
  entry.value = keepValue(values, value)
  entry.until = clock.count(now + life * (1 - jitter * random()))
  entry.loadedAt = clock.count(now)
  entry.took = Math.round(now - since)
  return true
}
