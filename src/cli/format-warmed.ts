import { formatDuration } from './format.ts'
import { formatTable } from './table.ts'
import type { InstanceReport } from '../warm/instance-report.ts'
import type { Paint } from './paint.ts'

/** What all instances have done, and whether all of it went well. */
export type Warmed = {
  readonly ok: boolean
  readonly loaded: number
  readonly skipped: number
  readonly failed: number
}

export function sumWarmed(reports: readonly InstanceReport[]): Warmed {
  const sum = (name: 'loaded' | 'skipped' | 'failed'): number =>
    reports.reduce((all, report) => all + report[name], 0)
  const ok = reports.length > 0 && reports.every(isFine)
  return { ok, loaded: sum('loaded'), skipped: sum('skipped'), failed: sum('failed') }
}

function isFine({ state, failed, ends }: InstanceReport): boolean {
  return state === 'over' && failed === 0 && Object.keys(ends).every((end) => end === 'complete')
}

/** A line for each instance, and the sums where there are several. */
export function formatWarmed(reports: readonly InstanceReport[], isStopped: boolean, paint: Paint): string {
  const rows = reports.map((report) => [
    report.instance,
    ...countCells(report),
    report.took === undefined ? '' : formatDuration(report.took),
    paint(isFine(report) ? 'green' : 'yellow', describe(report)),
  ])
  const sums = rows.length > 1 ? [['all', ...countCells(sumWarmed(reports)), '', '']] : []
  const table = formatTable([...rows, ...sums], ['left', 'right', 'right', 'right', 'right'])
  return `${table}${isStopped ? 'called off: what was loaded stays\n' : ''}`
}

function countCells({ loaded, skipped, failed }: Omit<Warmed, 'ok'>): readonly string[] {
  return Object.entries({ loaded, skipped, failed }).map(
    ([name, count]) => `${count.toLocaleString('en-US')} ${name}`,
  )
}

function describe({ state, ends, error }: InstanceReport): string {
  const why = error === undefined ? '' : `: ${error}`
  if (state === 'over') return `${describeEnds(ends)}${why}`
  return state === 'lost' ? 'lost: not heard of any more' : `${state}${why}`
}

function describeEnds(ends: InstanceReport['ends']): string {
  const kinds = Object.entries(ends)
  if (kinds.length === 1) return kinds[0]?.[0] ?? ''
  return kinds.map(([end, count]) => `${count} ${end}`).join(', ')
}
