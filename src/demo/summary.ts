import type { Stats } from '../observe/events.ts'
import type { StaleRead } from './oracle.ts'
import type { Step } from './run-step.ts'
import { formatCount, formatMs, formatNumber, type Paint } from './text.ts'
import type { Verdict } from './verdict.ts'
import { ACTIONS } from './writer/statement.ts'

/** What the demo found; the document of `--json`. Durations are milliseconds. */
export type Summary = {
  /** Transactions of the writer that were shown, and those of the burst. */
  readonly changes: {
    readonly shown: number
    /** Of the shown ones, table and kind -> number: `move calls`. */
    readonly kinds: Readonly<Record<string, number>>
    readonly burst: number
    /** Messages of triggers, one for each statement that made something wrong. */
    readonly messages: number
  }
  /** Entries dropped. */
  readonly invalidations: number
  readonly reads: {
    readonly hits: number
    readonly loads: number
    /** Share of the reads that were answered from memory, 0 to 1. */
    readonly hitRate: number
  }
  /** From the return of COMMIT until the keys were gone; one that came earlier counts as 0. */
  readonly latency: { readonly p50: number; readonly p99: number; readonly max: number }
  readonly oracle: { readonly judged: number; readonly held: number }
  readonly staleReads: number
  readonly evidence: readonly StaleRead[]
}

export function summarize(steps: readonly Step[], burst: number, stats: Stats, verdict: Verdict): Summary {
  const caches = Object.values(stats.caches)
  const sum = (count: 'hits' | 'misses' | 'loads' | 'invalidated'): number =>
    caches.reduce((total, cache) => total + cache[count], 0)
  const latencies = steps
    .flatMap(({ latency }) => (latency === undefined ? [] : [Math.max(latency, 0)]))
    .sort((a, b) => a - b)
  const percentile = (share: number): number =>
    latencies[Math.max(Math.ceil(latencies.length * share) - 1, 0)] ?? 0
  const hits = sum('hits')
  return {
    changes: { shown: steps.length, kinds: countKinds(steps), burst, messages: stats.changes },
    invalidations: sum('invalidated'),
    reads: { hits, loads: sum('loads'), hitRate: hits / Math.max(hits + sum('misses'), 1) },
    latency: { p50: percentile(0.5), p99: percentile(0.99), max: percentile(1) },
    oracle: { judged: verdict.judged, held: verdict.held },
    staleReads: verdict.stale,
    evidence: verdict.evidence,
  }
}

function countKinds(steps: readonly Step[]): Record<string, number> {
  const kinds: Record<string, number> = {}
  for (const { action, table } of steps.map(({ written }) => written.statement)) {
    const kind = `${action} ${table}`
    kinds[kind] = (kinds[kind] ?? 0) + 1
  }
  return kinds
}

/** How often each action, and in how many tables all of them. */
function formatKinds(kinds: Summary['changes']['kinds']): string {
  const sums = ACTIONS.map((action) => {
    const own = Object.entries(kinds).filter(([kind]) => kind.startsWith(`${action} `))
    return { action, tables: own.length, sum: own.reduce((total, [, count]) => total + count, 0) }
  })
  const each = sums.map(({ sum, action }) => formatCount(sum, action)).join(', ')
  return `${each}, each in ${formatCount(Math.min(...sums.map(({ tables }) => tables)), 'table')}`
}

export function formatSummary(summary: Summary, paint: Paint): string[] {
  const { changes, invalidations, reads, latency, oracle } = summary
  const rows: [string, string][] = [
    [
      'changes',
      `${formatCount(changes.shown, 'transaction')} one by one, ${formatNumber(changes.burst)} in a burst`,
    ],
    ['', formatKinds(changes.kinds)],
    ['invalidations', `${formatCount(invalidations, 'entry').replace('entrys', 'entries')} dropped`],
    ['hits', `${formatNumber(reads.hits)} (${(reads.hitRate * 100).toFixed(1)} % of all reads)`],
    ['loads', formatNumber(reads.loads)],
    ['latency', `p50 ${formatMs(latency.p50)}, p99 ${formatMs(latency.p99)} from commit to gone`],
    [
      'oracle',
      `${formatCount(oracle.judged, 'read')} judged, ${formatNumber(oracle.held)} held values compared`,
    ],
  ]
  return rows.map(([label, text]) => `${paint('dim', label.padEnd(15))}${text}`)
}

export function formatVerdict({ staleReads }: Summary, paint: Paint): string {
  return paint('bold', paint(staleReads === 0 ? 'green' : 'red', `stale reads: ${staleReads}`))
}
