/** What a cache counted since it was made. */
export type CacheCounters = {
  /** Reads answered from memory. */
  hits: number
  /** Reads that found no value to serve. */
  misses: number
  /** Reads that found the cache untrusted and so asked the loader. A part of `misses`. */
  untrusted: number
  /** Calls of the loader. */
  loads: number
  /** Loads that failed. */
  errors: number
  /** Loads whose value was not stored, since an invalidation or a gap came while they ran. */
  fenced: number
  /** Entries dropped by invalidations. */
  invalidated: number
}

export function createCounters(): CacheCounters {
  return { hits: 0, misses: 0, untrusted: 0, loads: 0, errors: 0, fenced: 0, invalidated: 0 }
}
