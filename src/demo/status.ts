import type { Stats } from '../observe/events.ts'
import { cut, formatNumber, type Paint } from './text.ts'

export type Progress = {
  /** Milliseconds. */
  readonly elapsed: number
  readonly duration: number
  readonly commits: number
  readonly reads: number
  readonly stale: number
  readonly stats: Stats
}

const BAR = 10

/** The line at the bottom of the screen. */
export function formatStatus(progress: Progress, width: number, paint: Paint): string {
  const { elapsed, duration, commits, reads, stale, stats } = progress
  const share = Math.min(elapsed / Math.max(duration, 1), 1)
  const done = Math.round(share * BAR)
  const caches = Object.values(stats.caches)
  const hits = caches.reduce((sum, cache) => sum + cache.hits, 0)
  const asked = caches.reduce((sum, cache) => sum + cache.hits + cache.misses, 0)
  const dropped = caches.reduce((sum, cache) => sum + cache.invalidated, 0)
  const facts = [
    `${Math.round(Math.min(elapsed, duration) / 1000)}/${Math.round(duration / 1000)} s`,
    `${formatNumber(commits)} commits`,
    `${formatNumber(dropped)} gone`,
    `${formatNumber(reads)} reads`,
    `${((hits / Math.max(asked, 1)) * 100).toFixed(1)} % hits`,
  ]
  const bar = `${'━'.repeat(done)}${'─'.repeat(BAR - done)}`
  const verdict = `${formatNumber(stale)} stale`
  const text = cut(facts.join('  '), width - BAR - verdict.length - 6)
  return ` ${paint('cyan', bar)}  ${text}  ${paint(stale === 0 ? 'green' : 'red', verdict)}`
}
