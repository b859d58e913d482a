import { type Entry, isCovered } from './entry.ts'
import type { CacheSettings } from './settings.ts'
import { type Cause, Store } from './store.ts'
import type { Timekeeper } from './timekeeper.ts'

/** An empty store with the bounds of a cache; `left` is told of each entry that leaves, after it has. */
export function createStore<V>(
  { params, max, maxSize = Infinity, staleIfError = 0, ceiling }: CacheSettings<V>,
  clock: Timekeeper,
  left: (entry: Entry<V>, cause: Cause, now: number) => void,
): Store<V> {
  const judge = (entry: Entry<V>, now: number): Cause | undefined => {
    if (isCovered(entry)) return 'invalidated'
    return clock.count(now) < entry.until + staleIfError ? undefined : 'expired'
  }
  return new Store({ params, max, maxSize, judge, left, ceiling })
}
