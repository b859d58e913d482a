import { LOAD_TIME_BOUNDS } from '../options.ts'
import { CAUSES, type Cause } from './store.ts'

/** What a cache counted since it was made. */
export type CacheCounters = {
  /** Reads answered from memory. */
  hits: number
  /** Reads that found no value to serve. */
  misses: number
  /** Reads that found the cache untrusted and so asked the loader. A part of `misses`. */
  untrusted: number
  /** Reads answered from memory although the cache was untrusted, as its rules allow. A part of `hits`. */
  unproven: number
  /** Values that the loader was asked for. */
  loads: number
  /** Loads that failed. */
  errors: number
  /** Loads that took too long. A part of `errors`. */
  timeouts: number
  /** Loads that were not begun, since the loader had failed too often in a row. */
  refused: number
  /** Failed or refused loads in whose place an expired value was served. */
  stale: number
  /** Loads whose value was not stored, since an invalidation or a gap came while they ran. */
  fenced: number
  /** Entries dropped by invalidations. */
  invalidated: number
  /** Entries that left memory, by the cause. What an invalidation made wrong may leave a while after it. */
  left: Record<Cause, number>
  /** Loads by the time they took: how many lie within each of {@link LOAD_TIME_BOUNDS}, and beyond the last. */
  loadTimes: number[]
  /** Milliseconds that all of them took together. */
  loadTime: number
}

export function createCounters(): CacheCounters {
  const left = Object.fromEntries(CAUSES.map((cause) => [cause, 0])) as Record<Cause, number>
  const loadTimes = Array.from({ length: LOAD_TIME_BOUNDS.length + 1 }, () => 0)
  const reads = { hits: 0, misses: 0, untrusted: 0, unproven: 0 }
  const loads = { loads: 0, errors: 0, timeouts: 0, refused: 0, stale: 0, fenced: 0 }
  return { ...reads, ...loads, invalidated: 0, left, loadTimes, loadTime: 0 }
}

/** Counts a load that took `time` milliseconds. */
export function countLoadTime(counters: CacheCounters, time: number): void {
  let index = 0
  while (time > (LOAD_TIME_BOUNDS[index] ?? Infinity)) index += 1
  counters.loadTime += time
  counters.loadTimes[index] = (counters.loadTimes[index] ?? 0) + 1
}
