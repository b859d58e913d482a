import { formatCount, formatDuration } from './format.ts'
import type { InstanceReport } from '../warm/instance-report.ts'

const BAR = 20

/**
 * One line that says how far a run is in all instances: loaded, skipped, failed, rate, and, once it is known how much there
 * is, a bar and the time left.
 *
 * @param took milliseconds since the run began
 * @param width of the terminal, in characters
 */
export function formatProgress(reports: readonly InstanceReport[], took: number, width: number): string {
  const sum = (read: (report: InstanceReport) => number): number =>
    reports.reduce((all, report) => all + read(report), 0)
  const loaded = sum((report) => report.loaded)
  const skipped = sum((report) => report.skipped)
  const failed = sum((report) => report.failed)
  const done = loaded + skipped + failed
  const isKnown = reports.length > 0 && reports.every(({ total }) => total !== undefined)
  const total = Math.max(
    done,
    sum(({ total = 0 }) => total),
  )
  const seconds = took / 1000
  const rate = seconds > 0 ? Math.round(loaded / seconds) : 0
  // What is skipped takes no time to speak of, but nobody knows how much of the rest will be.
  const left = done > 0 && seconds > 0 ? ((total - done) * took) / done : undefined
  const parts = [
    ...(isKnown ? [formatBar(total === 0 ? 1 : done / total)] : []),
    `${loaded.toLocaleString('en-US')} loaded`,
    `${skipped.toLocaleString('en-US')} skipped`,
    `${failed.toLocaleString('en-US')} failed`,
    `${rate.toLocaleString('en-US')}/s`,
    ...(isKnown && left !== undefined ? [`${formatDuration(left)} left`] : []),
    ...(reports.length > 1 ? [formatCount(reports.length, 'instance')] : []),
  ]
  return parts.join('  ').slice(0, Math.max(1, width - 1))
}

function formatBar(share: number): string {
  const full = Math.round(Math.min(1, share) * BAR)
  return `[${'#'.repeat(full)}${'-'.repeat(BAR - full)}] ${String(Math.floor(share * 100)).padStart(3)} %`
}
