/** How a run of a warming set ended. */
export const WARM_ENDS = [
  /** All of its params were seen to. */
  'complete',
  /** It has taken as long as it may. */
  'timeout',
  /** It was called off, or the runtime closed. */
  'stopped',
  /** Its params could not be read. */
  'failed',
] as const
export type WarmEnd = (typeof WARM_ENDS)[number]

/** Entries of a run. */
export type WarmCounts = {
  /** Held now. */
  readonly loaded: number
  /** Fresh already, or not to be held: a change came meanwhile, or there is nothing. */
  readonly skipped: number
  /** Not loaded after all tries, or no params of the cache. */
  readonly failed: number
}

/** How far a run has come. */
export type WarmProgress = WarmCounts & {
  /** Entries that it will see to; `undefined` until that is known. */
  readonly total: number | undefined
}

/** What came of one run of a warming set. */
export type SetReport = WarmCounts & {
  readonly set: string
  readonly end: WarmEnd
  /** Milliseconds. */
  readonly took: number
  /** Why it failed. */
  readonly error?: unknown
}

/** What came of warming: the sums, and each set. */
export type WarmReport = WarmCounts & {
  /** Milliseconds. */
  readonly took: number
  readonly sets: readonly SetReport[]
}

export function sumReports(sets: readonly SetReport[], took: number): WarmReport {
  const sum = (name: keyof WarmCounts): number => sets.reduce((total, set) => total + set[name], 0)
  return { loaded: sum('loaded'), skipped: sum('skipped'), failed: sum('failed'), took, sets }
}
