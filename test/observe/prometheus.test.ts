import test from 'ava'
import { Registry } from 'prom-client'
import type { App, CacheTypes } from '../../src/app.ts'
import { createCounters } from '../../src/cache/counters.ts'
import { createEmitter, type Emitter } from '../../src/observe/emitter.ts'
import type { Health, Stats } from '../../src/observe/events.ts'
import { METRIC_NAMES, registerMetrics } from '../../src/observe/prometheus.ts'

type Bench = { readonly app: App<CacheTypes>; readonly emitter: Emitter; readonly register: Registry }

const OF_CALLS = {
  cause: 'change',
  table: 'calls',
  operation: 'update',
  rule: 'dashboard:{user_id}',
} as const
const INVALIDATIONS = [
  { ...OF_CALLS, count: 3, entries: 2 },
  { ...OF_CALLS, path: '463d2f191309', count: 4, entries: 0 },
  { cause: 'gap', count: 1, entries: 9 },
]

function createBench(): Bench {
  const counters = createCounters()
  Object.assign(counters, {
    hits: 90,
    misses: 10,
    untrusted: 4,
    loads: 9,
    errors: 3,
    timeouts: 1,
    loadTime: 1_500,
  })
  counters.loadTimes[0] = 2
  counters.loadTimes[counters.loadTimes.length - 1] = 1
  counters.left.capacity = 5
  const stats = (): Stats => ({
    changes: 1,
    gaps: 1,
    ignored: 2,
    caches: {
      dashboard: { ...counters, entries: 42, invalidations: INVALIDATIONS },
    } as unknown as Stats['caches'],
  })
  const health = (): Health =>
    ({
      state: 'live',
      epoch: 3,
      silence: 250,
      lag: 4,
      queueUsage: 0.5,
      uncovered: [],
      trusted: ['dashboard'],
    }) as unknown as Health
  const emitter = createEmitter('shop')
  const operations = (): unknown => [
    { kind: 'refresh', state: 'running' },
    { kind: 'refresh', state: 'done', endedAt: 9 },
  ]
  const app = { stats, health, operations, on: emitter.on } as unknown as App<CacheTypes>
  return { app, emitter, register: new Registry() }
}

test('what an app counts is exposed at the scrape', async (t) => {
  const { app, emitter, register } = createBench()
  registerMetrics(app, { register })
  emitter.emit('gap', { cause: 'disconnect', epoch: 1, count: 1 })
  const operation = { kind: 'refresh', cause: 'read', cache: 'dashboard', priority: 'high' } as const
  emitter.emit('operation', { ...operation, id: 1, state: 'running', attempts: 1, queuedAt: 0 })
  emitter.emit('operation', { ...operation, id: 1, state: 'done', attempts: 1, queuedAt: 0, endedAt: 9 })
  const text = await register.metrics()
  for (const line of [
    'stalemate_reads_total{cache="dashboard",result="hit"} 90',
    'stalemate_reads_total{cache="dashboard",result="miss"} 6',
    'stalemate_reads_total{cache="dashboard",result="untrusted"} 4',
    'stalemate_load_errors_total{cache="dashboard",cause="failed"} 2',
    'stalemate_load_errors_total{cache="dashboard",cause="timeout"} 1',
    'stalemate_evictions_total{cache="dashboard",cause="capacity"} 5',
    'stalemate_invalidations_total{cache="dashboard",cause="change",table="calls",operation="update",rule="dashboard:{user_id}"} 7',
    'stalemate_invalidations_total{cache="dashboard",cause="gap",table="",operation="",rule=""} 1',
    'stalemate_entries{cache="dashboard"} 42',
    'stalemate_cache_trusted{cache="dashboard"} 1',
    'stalemate_feed_state{state="live"} 1',
    'stalemate_feed_state{state="down"} 0',
    'stalemate_feed_silence_seconds 0.25',
    'stalemate_feed_lag_seconds 0.004',
    'stalemate_notification_queue_usage_ratio 0.5',
    'stalemate_operations{kind="refresh",state="running"} 1',
    'stalemate_operations{kind="refresh",state="queued"} 0',
    'stalemate_operations_total{kind="refresh",cause="read",outcome="done"} 1',
    'stalemate_ignored_total 2',
    'stalemate_gaps_total{cause="disconnect"} 1',
    'stalemate_load_duration_seconds_bucket{le="0.001",cache="dashboard"} 2',
    'stalemate_load_duration_seconds_bucket{le="10",cache="dashboard"} 2',
    'stalemate_load_duration_seconds_bucket{le="+Inf",cache="dashboard"} 3',
    'stalemate_load_duration_seconds_sum{cache="dashboard"} 1.5',
    'stalemate_load_duration_seconds_count{cache="dashboard"} 3',
  ])
    t.true(text.includes(`${line}\n`), line)
})

test('a second scrape tells the same, not the double', async (t) => {
  const { app, register } = createBench()
  registerMetrics(app, { register })
  t.is(await register.metrics(), await register.metrics())
})

test('every metric is named by the conventions, has a help, and is listed', async (t) => {
  const { app, register } = createBench()
  registerMetrics(app, { register })
  const metrics = register.getMetricsAsArray() as unknown as { name: string; help: string; type: string }[]
  t.deepEqual(metrics.map(({ name }) => name).toSorted(), METRIC_NAMES.toSorted())
  for (const { name, help, type } of metrics) {
    t.regex(name, /^stalemate_[a-z_]+$/)
    t.is(name.endsWith('_total'), type === 'counter', name)
    t.true(help.length > 20 && help.endsWith('.'), name)
  }
})

test('changes of tables that no cache depends on make no labels', async (t) => {
  const { app, emitter, register } = createBench()
  registerMetrics(app, { register })
  const change = { kind: 'change', operation: 'insert', targets: [] } as const
  const entries = { kind: 'entries', cache: 'dashboard', width: 1, values: ['secret'] } as const
  const rest = { ignored: 1, dropped: 0, receivedAt: 0, appliedAt: 0 }
  emitter.emit('change', { change: { ...change, table: 'forged' }, invalidations: [], ...rest })
  emitter.emit('change', { change: { ...change, table: 'calls' }, invalidations: [entries], ...rest })
  const text = await register.metrics()
  t.true(text.includes('stalemate_changes_total{table="calls",operation="insert"} 1'))
  t.false(text.includes('forged'))
  t.false(text.includes('secret'))
})

test('after the undo nothing is registered and nothing is heard', async (t) => {
  const { app, emitter, register } = createBench()
  registerMetrics(app, { register })()
  t.is((await register.metrics()).trim(), '')
  t.false(emitter.has('change'))
  t.notThrows(() => registerMetrics(app, { register }))
})
