import type { Cache } from './cache/cache.ts'
import type { Health, State, Stats } from './observe/events.ts'

/** What each cache counted and holds. */
export function summarizeCaches(caches: ReadonlyMap<string, Cache<unknown>>): Stats['caches'] {
  return Object.fromEntries(
    [...caches].map(([name, cache]) => [
      name,
      {
        ...cache.counters,
        entries: cache.size,
        bytes: cache.bytes,
        ages: cache.ages,
        invalidations: cache.wrongs,
      },
    ]),
  )
}

/** What can be promised at `now`, by the last proof of life and the deadlines of the caches. */
export function judgeHealth(
  caches: ReadonlyMap<string, Cache<unknown>>,
  state: State,
  now: number,
  proof: number | undefined,
  maxSilence: number,
): Pick<Health, 'state' | 'silence' | 'trusted' | 'totals'> {
  const silence = proof === undefined ? undefined : now - proof
  const late = silence !== undefined && silence >= maxSilence
  const trusted = [...caches.values()].filter((cache) => now < cache.trustedUntil).map(({ name }) => name)
  return { state: state === 'live' && late ? 'suspect' : state, silence, trusted, totals: sumUp(caches) }
}

function sumUp(caches: ReadonlyMap<string, Cache<unknown>>): Health['totals'] {
  const totals = { entries: 0, hits: 0, misses: 0, loads: 0, errors: 0, invalidated: 0, evicted: 0 }
  for (const { counters, size } of caches.values()) {
    totals.entries += size
    totals.evicted += counters.left.capacity + counters.left.memory
    for (const name of ['hits', 'misses', 'loads', 'errors', 'invalidated'] as const) {
      totals[name] += counters[name]
    }
  }
  return totals
}
