import { Counter, Gauge, type Registry, register as globalRegister } from 'prom-client'
import type { App, CacheTypes } from '../app.ts'
import { METRICS, type Metric, type Snapshot } from './metrics.ts'
import { createLoadTimes } from './prometheus-load-times.ts'

export type MetricsOptions = {
  /** Where the metrics are registered: prom-client's global registry unless given. */
  readonly register?: Registry
}

/** Names of all metrics that {@link registerMetrics} makes, in the order of their exposition. */
export const METRIC_NAMES: readonly string[] = [
  ...METRICS.map(({ name }) => name),
  'stalemate_load_duration_seconds',
  'stalemate_changes_total',
  'stalemate_gaps_total',
  'stalemate_operations_total',
]

/**
 * Exposes what an app counts through `prom-client`, by the conventions of Prometheus. Labels are bounded by the rules:
 * cache, table, operation, cause; never keys. Values are read at the scrape, so nothing is counted twice.
 *
 * @returns the undo
 */
export function registerMetrics<C extends CacheTypes>(
  app: App<C>,
  { register = globalRegister }: MetricsOptions = {},
): () => void {
  const snapshot: Snapshot = {
    get stats() {
      return app.stats()
    },
    get health() {
      return app.health()
    },
    get operations() {
      return app.operations()
    },
  }
  for (const metric of METRICS) register.registerMetric(createMetric(metric, snapshot))
  register.registerMetric(createLoadTimes(() => app.stats()))
  const changes = new Counter({
    name: 'stalemate_changes_total',
    help: 'Changes that were applied, by the table and operation of their statement.',
    labelNames: ['table', 'operation'],
    registers: [register],
  })
  const gaps = new Counter({
    name: 'stalemate_gaps_total',
    help: 'Stretches of the feed that may have been missed, by the cause; each gives up everything that was held.',
    labelNames: ['cause'],
    registers: [register],
  })
  const operations = new Counter({
    name: 'stalemate_operations_total',
    help: 'Reloads and warm-ups that are over, by why they were begun and how they ended.',
    labelNames: ['kind', 'cause', 'outcome'],
    registers: [register],
  })
  const undos = [
    app.on('operation', ({ kind, cause, state, endedAt }) => {
      if (endedAt !== undefined) operations.inc({ kind, cause, outcome: state })
    }),
    app.on('change', ({ change, invalidations }) => {
      // A message that names no cache of this manifest may name any table at all.
      if (invalidations.length > 0) changes.inc({ table: change.table, operation: change.operation })
    }),
    app.on('gap', ({ cause, count }) => gaps.inc({ cause }, count)),
  ]
  return () => {
    for (const undo of undos) undo()
    for (const name of METRIC_NAMES) register.removeSingleMetric(name)
  }
}

/** A metric that is filled when it is asked for, not registered yet. */
function createMetric(metric: Metric, snapshot: Snapshot): Counter | Gauge {
  const { name, help, type, labels, read } = metric
  const settings = { name, help, labelNames: [...labels], registers: [] }
  if (type === 'counter') {
    return new Counter({
      ...settings,
      collect() {
        this.reset()
        for (const { labels, value } of read(snapshot)) this.inc(labels, value)
      },
    })
  }
  return new Gauge({
    ...settings,
    collect() {
      this.reset()
      for (const { labels, value } of read(snapshot)) this.set(labels, value)
    },
  })
}
