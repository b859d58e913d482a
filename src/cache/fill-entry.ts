import type { Flight } from './flight.ts'
import type { CacheSettings } from './settings.ts'
import type { Timekeeper } from './timekeeper.ts'
import { keepValue, measureValue } from './value.ts'

/**
 * Puts a loaded value into its entry, with its times. False when such a value is not held.
 *
 * @throws StalemateError `load-invalid`: the value has no size
 */
export function fillEntry<V>(
  { entry, since, life: limit }: Flight<V>,
  value: V,
  now: number,
  settings: CacheSettings<V>,
  clock: Timekeeper,
): boolean {
  const { ttl, negativeTtl, jitter, random, values } = settings
  const life = value === undefined || value === null ? negativeTtl : ttl
  if (life === undefined || limit <= 0) return false
  entry.size = measureValue(settings, value)
  entry.value = keepValue(values, value)
  entry.until = clock.count(now + Math.min(limit, life * (1 - jitter * random())))
  entry.loadedAt = clock.count(now)
  entry.took = Math.round(now - since)
  return true
}
