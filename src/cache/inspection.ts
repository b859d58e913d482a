import { type Entry, isCovered } from './entry.ts'
import type { CanonicalParams } from './identity.ts'
import type { Cause } from './store.ts'

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
  /** Why the value before it left, as far as that is remembered. */
  readonly previous?: Cause
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
  cause: Cause | undefined,
): Omit<Inspection, 'loading'> {
  const previous = cause === undefined ? {} : { previous: cause }
  if (entry === undefined) return { state: 'absent', ...previous }
  if (isCovered(entry)) return { state: 'absent', previous: 'invalidated' }
  const { reads, until, loadedAt, took } = entry
  const times = { age: time - loadedAt, ttlLeft: Math.max(0, until - time), reads, loadTime: took }
  return { state: time < until ? 'held' : 'expired', ...times, ...previous }
}
