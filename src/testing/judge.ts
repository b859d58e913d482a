import type { Key, Version } from './adapter.ts'
import type { Database } from './database.ts'

/** What a cache can do wrong. */
export type FaultKind =
  /** It gave a value that a change of which it had been told had made wrong. */
  | 'stale'
  /** It gave a value past its time to live. */
  | 'expired'
  /** It answered from memory while nothing was trusted, or with what was loaded then; or with what had been wrong for too long. */
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
  /** The cache could answer from memory. */
  readonly believed: boolean
  /** No load was under way, and nothing on its way from further away. */
  readonly idle: boolean
}

export type Verdict = { readonly kind: FaultKind; readonly message: string }

/** What is true while a value is judged, besides the database. */
export type Circumstances = {
  readonly ttl: number
  /** Milliseconds from the commit that made a value wrong after which no read may begin that gets it. */
  readonly bound: number
  /** The cache may answer from memory now. */
  readonly believed: boolean
  /** What is answered may be on its way from further away for a while. */
  readonly promotes: boolean
  /** Time passes for the cache as the simulation says. */
  readonly timed: boolean
}

/**
 * The oracle. A read may give any version that the key had from the newest one of which the cache had been told when the read
 * began, and none that had been wrong for longer than the feed may be silent. What a load gave that ended before comes from
 * memory: where one value is asked for, it must be right also when it is answered; where several are, each may have been taken
 * from memory when the read began, and waits for the others.
 */
export function judge(
  name: string,
  place: number,
  value: Version | undefined,
  start: Start,
  database: Database,
  circumstances: Circumstances,
): Verdict | undefined {
  const { ttl, bound, believed, timed, promotes } = circumstances
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
  const wrong = database.wrongSince(key, value)
  if (timed && wrong !== undefined && start.at >= wrong + bound) {
    const message = `${name} gave version ${value}, which had been wrong for ${start.at - wrong} ms when it began.`
    return { kind: 'untrusted', message }
  }
  if (end.number > start.ended || (promotes && !start.idle)) return undefined
  const isOne = start.keys.length === 1 && !promotes
  if (isOne && value < database.applied(key)) {
    const message = `${name} was answered from memory with a value that had become wrong meanwhile.`
    return { kind: 'stale', message }
  }
  if (isOne && !believed) {
    return {
      kind: 'untrusted',
      message: `${name} was answered from memory although nothing was trusted any more.`,
    }
  }
  // In place of a load that failed something else may be given.
  if (database.failures !== start.failures) return undefined
  if (!start.believed) {
    return { kind: 'untrusted', message: `${name} was answered from memory although nothing was trusted.` }
  }
  if (!end.kept && !promotes) {
    return { kind: 'untrusted', message: `${name} gave what was loaded while nothing was trusted.` }
  }
  if (timed && end.at + ttl <= start.at) {
    return { kind: 'expired', message: `${name} gave a value that is older than its time to live.` }
  }
  return undefined
}
