import { Histogram, type MetricObjectWithValues, type MetricValueWithName } from 'prom-client'
import { LOAD_TIME_BOUNDS } from '../options.ts'
import type { Stats } from './events.ts'

const NAME = 'stalemate_load_duration_seconds'
const HELP = 'How long loads that gave a value took.'

type Label = 'cache'
type Labels = { readonly cache: string; readonly le?: string }
type Values = MetricObjectWithValues<MetricValueWithName<Label>>

/** A histogram whose classes are counted elsewhere already. */
class LoadTimes extends Histogram<Label> {
  readonly #stats: () => Stats

  constructor(stats: () => Stats) {
    super({
      name: NAME,
      help: HELP,
      labelNames: ['cache'],
      buckets: LOAD_TIME_BOUNDS.map((bound) => bound / 1000),
      registers: [],
    })
    this.#stats = stats
  }

  override get(): Promise<Values> {
    const values = Object.entries(this.#stats().caches).flatMap(([cache, { loadTimes, loadTime }]) => {
      let count = 0
      const buckets = loadTimes.map((loads, place) => {
        const bound = LOAD_TIME_BOUNDS[place]
        const le = bound === undefined ? '+Inf' : String(bound / 1000)
        count += loads
        const labels: Labels = { le, cache }
        return { metricName: `${NAME}_bucket`, labels, value: count }
      })
      return buckets.concat(
        { metricName: `${NAME}_sum`, labels: { cache }, value: loadTime / 1000 },
        { metricName: `${NAME}_count`, labels: { cache }, value: count },
      )
    })
    return Promise.resolve({
      name: NAME,
      help: HELP,
      type: 'histogram',
      aggregator: 'sum',
      values,
    } as unknown as Values)
  }

  /** What the registry asks for when it renders. */
  getForPromString(): Promise<Values> {
    return this.get()
  }
}

/** Makes `stalemate_load_duration_seconds`, not registered yet. */
export function createLoadTimes(stats: () => Stats): Histogram<Label> {
  return new LoadTimes(stats)
}
