import type { Key, Version } from './adapter.ts'
import type { Database } from './database.ts'

/** What a cache can do wrong. */
export type FaultKind =
  /** It gave a value that a change of which it had been told had made wrong. */
  | 'stale'
  /** It gave a value past its time to live. */
  | 'expired'
  /** It answered from memory while nothing was trusted. */
  | 'untrusted'
  /** It gave what no load gave. */
  | 'invented'
  /** It failed a read whose load did not fail. */
  | 'rejected'
  /** A read never ended. */
  | 'hung'
  /** It loaded what it should hold. */
  | 'unheld'
  /** It loaded twice at once for one key. */
  | 'unshared'
  /** It kept something of what was gone. */
  | 'leftover'

/** What was the case when a read began. */
export type Start = {
  readonly keys: readonly Key[]
  /** The oldest versions that may be answered. */
  readonly floors: readonly Version[]
  readonly ended: number
  readonly failures: number
  readonly at: number
  readonly trusted: boolean
  /** No load was under way. */
  readonly idle: boolean
}

export type Verdict = { readonly kind: FaultKind; readonly message: string }

/** What is true while a value is judged, besides the database. */
export type Circumstances = {
  readonly ttl: number
  /** The cache is told of changes. */
  readonly trusted: boolean
  /** The cache may answer from memory although it is not told. */
  readonly serving: boolean
  /** The cache may have got several values at once, later than their loads ended: it says less then. */
  readonly batched: boolean
  /** What is answered may be on its way from further away for a while. */
  readonly promotes: boolean
  /** Time passes for the cache as the simulation says. */
  readonly timed: boolean
}

/**
 * The oracle. A read may give any version that the key had from the newest one of which the cache had been told
 * when the read began. What is answered from memory must be right also when it is answered.
 */
export function judge(
  name: string,
  place: number,
  value: Version | undefined,
  start: Start,
  database: Database,
  circumstances: Circumstances,
): Verdict | undefined {
  const { ttl, trusted, serving, batched, timed, promotes } = circumstances
  const key = start.keys[place] as Key
  const floor = start.floors[place] as Version
  const end = typeof value === 'number' ? database.lastEnd(key, value) : undefined
  if (value === undefined || end === undefined) {
    return { kind: 'invented', message: `${name} gave ${String(value)}, and no load ever did.` }
  }
  if (value < floor) {
    const message = `${name} gave version ${value}, but the change to version ${floor} had been applied before.`
    return { kind: 'stale', message }
  }
  if (batched || end.number > start.ended) return undefined
  if (!promotes && value < database.applied(key)) {
    const message = `${name} was answered from memory with a value that had become wrong meanwhile.`
    return { kind: 'stale', message }
  }
  if (!promotes && !trusted && !serving) {
    return {
      kind: 'untrusted',
      message: `${name} was answered from memory although nothing was trusted any more.`,
    }
  }
  if (!start.idle) return undefined
  if (!start.trusted && !serving) {
    return { kind: 'untrusted', message: `${name} was answered from memory although nothing was trusted.` }
  }
  if (timed && end.at + ttl <= start.at && database.failures === start.failures) {
    return { kind: 'expired', message: `${name} gave a value that is older than its time to live.` }
  }
  return undefined
}
