import type { Departure } from './departures.ts'
import { type Entry, isCovered } from './entry.ts'
import { findDeath } from './group.ts'
import type { CanonicalParams } from './identity.ts'
import type { Cause } from './store.ts'
import type { Why } from './why.ts'

/** What is known of one entry. Durations are milliseconds. */
export type Inspection = {
  readonly state: 'held' | 'expired' | 'absent'
  /** A load is under way whose value may be stored. */
  readonly loading: boolean
  /** Since the value was stored. */
  readonly age?: number
  /** Until it expires. */
  readonly ttlLeft?: number
  /** How often it was served. */
  readonly reads?: number
  /** How long its load took. */
  readonly loadTime?: number
  /**
   * How the value before it left, as far as that is remembered. After everything was made wrong at once, that is said of all
   * params, whether they had a value or not.
   */
  readonly previous?: {
    readonly cause: Cause
    readonly ago: number
    /** What made it wrong, where that was the cause. */
    readonly by?: Why
  }
}

/** An entry as it was found. */
export type Held<V> = {
  readonly params: CanonicalParams
  readonly value: V
  readonly inspection: Omit<Inspection, 'loading'>
  /** Whether a read is still served from this very entry, loaded at that time. */
  readonly isServed: () => boolean
}

/** @param time in the entries' count */
export function inspectEntry<V>(
  entry: Entry<V> | undefined,
  time: number,
  departure: Departure | undefined,
): Omit<Inspection, 'loading'> {
  if (entry !== undefined && isCovered(entry)) {
    const death = findDeath(entry.groups)
    return { state: 'absent', ...describe(death && { cause: 'invalidated', ...death }, time) }
  }
  const previous = describe(departure, time)
  if (entry === undefined) return { state: 'absent', ...previous }
  const { reads, until, loadedAt, took } = entry
  const times = { age: time - loadedAt, ttlLeft: Math.max(0, until - time), reads, loadTime: took }
  return { state: time < until ? 'held' : 'expired', ...times, ...previous }
}

function describe(departure: Departure | undefined, time: number): Pick<Inspection, 'previous'> {
  if (departure === undefined) return {}
  const { cause, at, why } = departure
  return { previous: { cause, ago: time - at, ...(why === undefined ? {} : { by: why }) } }
}
