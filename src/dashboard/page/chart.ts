import type { Point } from '../history.ts'

/** The part of uPlot that is used; its script is loaded before. */
type Plot = {
  setData: (data: readonly (readonly (number | null)[])[]) => void
  setSize: (size: Size) => void
}
type Size = { width: number; height: number }
declare const uPlot: new (
  options: object,
  data: readonly (readonly (number | null)[])[],
  target: HTMLElement,
) => Plot

export type Series = { readonly label: string; readonly read: (point: Point) => number | null }

function token(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim()
}

const COLORS = ['--c1', '--c2', '--c3', '--c4', '--c5', '--c6', '--c7', '--c8']
const HEIGHT = 180

/** Lines over time, which follow the width of their place. */
export class Chart {
  readonly #target: HTMLElement
  readonly #plot: Plot
  readonly #series: readonly Series[]
  readonly #observer: ResizeObserver
  #last = -1

  constructor(target: HTMLElement, series: readonly Series[], unit: string) {
    this.#target = target
    this.#series = series
    const axis = {
      stroke: token('--muted'),
      grid: { stroke: token('--line'), width: 1 },
      ticks: { show: false },
    }
    this.#plot = new uPlot(
      {
        width: this.#width(),
        height: HEIGHT,
        cursor: { y: false },
        legend: { live: true },
        axes: [
          axis,
          {
            ...axis,
            size: 56,
            values: (_: unknown, ticks: number[]) => ticks.map((tick) => `${tick}${unit}`),
          },
        ],
        series: [
          {},
          ...series.map(({ label }, place) => ({
            label,
            stroke: token(COLORS[place % COLORS.length] ?? '--c1'),
            width: 2,
            dash: place >= COLORS.length ? [6, 3] : [],
            spanGaps: true,
            points: { show: false },
          })),
        ],
      },
      [[], ...series.map(() => [])],
      target,
    )
    this.#observer = new ResizeObserver(() => this.#plot.setSize({ width: this.#width(), height: HEIGHT }))
    this.#observer.observe(target)
  }

  draw(points: readonly Point[]): void {
    const last = points.at(-1)?.at ?? 0
    if (last === this.#last) return
    this.#last = last
    const times = points.map(({ at }) => at / 1_000)
    this.#plot.setData([times, ...this.#series.map(({ read }) => points.map(read))])
  }

  close(): void {
    this.#observer.disconnect()
  }

  #width(): number {
    return Math.max(240, this.#target.clientWidth)
  }
}
