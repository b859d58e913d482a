import type { Point } from '../history.ts'
import { h } from './dom.ts'
import { time } from './format.ts'
import { createLegend } from './legend.ts'

type Data = readonly (readonly (number | null)[])[]

/** The part of uPlot that is used; its script is loaded before. */
type Plot = {
  readonly cursor: { readonly idx?: number | null }
  readonly data: Data
  setData: (data: Data) => void
  setSize: (size: { width: number; height: number }) => void
  setSeries: (place: number, options: { show: boolean }) => void
  destroy: () => void
}
declare const uPlot: new (options: object, data: Data, target: HTMLElement) => Plot

export type Series = { readonly label: string; readonly read: (point: Point) => number | null }

export type ChartOptions = {
  readonly title: string
  readonly series: readonly Series[]
  readonly unit: string
  /** The highest value that there can be; what there is unless given. */
  readonly max?: number
}

export type Chart = {
  readonly element: HTMLElement
  readonly draw: (points: readonly Point[]) => void
  readonly close: () => void
}

const HEIGHT = 170
const COLORS = 8
/** Seconds that a chart shows at least. */
const SHORTEST = 120

function token(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim()
}

/** Lines over time, which follow the width of their place and the reader's light or dark. */
export function createChart({ title, series, unit, max }: ChartOptions): Chart {
  const place = h('div', { class: 'chart', role: 'img', 'aria-label': `${title} over the last hour` })
  const legend = createLegend(
    series.map(({ label }) => label),
    unit,
    (index, show) => plot.setSeries(index + 1, { show }),
  )
  const width = (): number => Math.max(200, place.clientWidth)
  const axis = {
    stroke: () => token('--muted'),
    grid: { stroke: () => token('--line'), width: 1 },
    ticks: { show: false },
    font: '12px system-ui, sans-serif',
  }
  const showLegend = (own: Plot): void => {
    const [times = [], ...values] = own.data
    const at = own.cursor.idx ?? undefined
    // Where the latest moment had no read, the last value that there was says more than none.
    const latest = (line: readonly (number | null)[]): number | null =>
      line.findLast((value) => value !== null) ?? null
    const when = at === undefined ? undefined : times[at]
    legend.show(
      values.map((line) => (at === undefined ? latest(line) : line[at])),
      when === undefined || when === null ? '' : time(when * 1_000),
    )
  }
  const options = {
    width: 200,
    height: HEIGHT,
    cursor: { y: false },
    legend: { show: false },
    scales: {
      x: { range: (_: unknown, low: number, high: number) => [Math.min(low, high - SHORTEST), high] },
      y: { range: (_: unknown, __: number, high: number) => [0, max ?? Math.max(1, high * 1.1)] },
    },
    axes: [
      {
        ...axis,
        space: 90,
        size: 32,
        values: (_: unknown, ticks: number[]) => ticks.map((at) => clock(at, ticks)),
      },
      { ...axis, size: 54, values: (_: unknown, ticks: number[]) => ticks.map((tick) => `${tick}${unit}`) },
    ],
    series: [
      {},
      ...series.map((_, index) => ({
        stroke: () => token(`--c${(index % COLORS) + 1}`),
        width: 2,
        dash: index >= COLORS ? [6, 3] : [],
        spanGaps: true,
        points: { show: false },
      })),
    ],
    hooks: { setCursor: [showLegend] },
  }
  const plot = new uPlot(options, [[], ...series.map(() => [])], place)
  const observer = new ResizeObserver(() => plot.setSize({ width: width(), height: HEIGHT }))
  observer.observe(place)
  const scheme = matchMedia('(prefers-color-scheme: dark)')
  const again = (): void => plot.setSize({ width: width(), height: HEIGHT })
  scheme.addEventListener('change', again)
  let last = -1
  const waiting = h('p', { class: 'waiting' }, 'The first numbers come after five seconds.')
  place.append(waiting)
  return {
    element: h('section', {}, h('h2', {}, title), place, legend.element),
    draw(points) {
      const at = points.at(-1)?.at ?? 0
      if (at === last || points.length === 0) return
      last = at
      waiting.remove()
      plot.setData([points.map((point) => point.at / 1_000), ...series.map(({ read }) => points.map(read))])
      showLegend(plot)
    },
    close() {
      scheme.removeEventListener('change', again)
      observer.disconnect()
      plot.destroy()
    },
  }
}

/** With seconds where the ticks are less than a minute apart. */
function clock(seconds: number, [first = 0, second = Infinity]: readonly number[]): string {
  const minutes = { hour: '2-digit', minute: '2-digit' } as const
  const options = second - first < 60 ? { ...minutes, second: '2-digit' as const } : minutes
  return new Date(seconds * 1_000).toLocaleTimeString(undefined, options)
}
