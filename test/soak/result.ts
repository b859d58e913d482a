import type { FeedName } from '../../src/manifest/manifest.ts'
import type { Stale } from './judge.ts'

/** What one kind of fault did. */
export type FaultResult = {
  readonly name: string
  readonly times: number
  /** Milliseconds from the end of the fault until a barrier that was asked for after it had been passed. */
  readonly recovery: { readonly median: number; readonly max: number }
  /** Gaps that were told of meanwhile, by cause. */
  readonly gaps: Readonly<Record<string, number>>
}

export type SoakResult = {
  readonly feed: FeedName
  readonly seed: number
  readonly postgresql: string
  readonly seconds: number
  readonly transactions: number
  readonly reads: number
  /** Reads that got no value, as the server was away. */
  readonly failedReads: number
  /** Values that were held and compared with the database when nothing was under way. */
  readonly compared: number
  readonly staleReads: number
  readonly evidence: readonly Stale[]
  readonly faults: readonly FaultResult[]
}

/** What happened around one fault. */
export type Episode = {
  readonly fault: string
  readonly recovery: number
  readonly gaps: ReadonlyMap<string, number>
}

/** One line for each kind of fault, in the order of their first time. */
export function summarizeFaults(episodes: readonly Episode[]): readonly FaultResult[] {
  return [...new Set(episodes.map(({ fault }) => fault))].map((name) => {
    const own = episodes.filter(({ fault }) => fault === name)
    const times = own.map(({ recovery }) => Math.round(recovery)).sort((a, b) => a - b)
    const gaps = new Map<string, number>()
    for (const episode of own) {
      for (const [cause, count] of episode.gaps) gaps.set(cause, (gaps.get(cause) ?? 0) + count)
    }
    return {
      name,
      times: own.length,
      recovery: { median: times[Math.floor((times.length - 1) / 2)] ?? 0, max: times.at(-1) ?? 0 },
      gaps: Object.fromEntries(gaps),
    }
  })
}
