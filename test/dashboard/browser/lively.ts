import {
  createDashboard,
  type Dashboard,
  type DashboardOptions,
} from '../../../src/dashboard/create-dashboard.ts'
import { createClock, type ManualClock } from '../../helpers/clock.ts'
import { COMPILED, createFakeApp, type FakeApp, readRules, USER } from '../fake-app.ts'

export type Lively = FakeApp & { readonly dashboard: Dashboard; readonly clock: ManualClock }

/** Points of the last minutes, so that the charts have lines. */
const POINTS = 120
const INTERVAL = 5_000

/** How busy the tables are, and which cache shows it. */
const TRAFFIC = [
  ['users', 'user_profile', 3],
  ['leads', 'agent_leads', 12],
  ['calls', 'dashboard', 40],
  ['calls', 'agent_performance', 22],
  ['calls', 'report', 9],
] as const

/** A dashboard of a runtime that has been busy for a while, and whose time the test moves. */
export function createLively(options: DashboardOptions = {}): Lively {
  const fake = createFakeApp()
  const clock = createClock()
  const began = Date.now() - POINTS * INTERVAL - clock.now()
  const wall = (): number => Math.min(Date.now(), began + clock.now())
  const dashboard = createDashboard(fake.app, {
    rules: readRules(),
    compiled: COMPILED,
    clock: { ...clock, wall },
    ...options,
  })
  for (let point = 0; point < POINTS; point += 1) {
    for (const [table, cache, times] of TRAFFIC) {
      const wave = 1 + Math.sin(point / 9 + times) / 2
      for (let n = 0; n < Math.round(times * wave * 0.3); n += 1) fake.change(table, cache)
    }
    Object.values(fake.counters).forEach((counters, place) => {
      const dip = point > 70 && point < 80 ? 0.2 : 0.01 * (1 + Math.sin(point / 7 + place))
      const reads = 400 + 150 * place
      const misses = Math.round(reads * dip)
      counters.hits += reads - misses
      counters.misses += misses
      counters.loads += misses
      counters.loadTime += misses * (6 + 2 * place + 3 * Math.sin(point / 5 + place))
      counters.invalidated += misses
    })
    clock.advance(INTERVAL)
  }
  fake.emitter.emit('gap', { cause: 'disconnect', epoch: 2, count: 1 })
  const operation = {
    kind: 'refresh',
    cache: 'dashboard',
    priority: 'high',
    attempts: 1,
    queuedAt: 0,
  } as const
  const params = { user_id: USER }
  const now = clock.now()
  const run = { ...operation, kind: 'warm', set: 'active-dashboards', progress: { loaded: 240, skipped: 12, failed: 1 } } as const // prettier-ignore
  fake.operations.push(
    { ...operation, id: 7, cause: 'change', state: 'running', params, startedAt: now - 4 },
    { ...operation, id: 8, cause: 'sweep', state: 'queued', params, attempts: 0 },
    { ...operation, id: 6, cause: 'read', state: 'done', params, startedAt: now - 90, endedAt: now - 70 },
    { ...operation, id: 5, cause: 'change', state: 'failed', params, attempts: 3, startedAt: now - 900, endedAt: now - 200, error: new Error('connection terminated') }, // prettier-ignore
    { ...run, id: 4, cause: 'schedule', state: 'done', startedAt: now - 90_000, endedAt: now - 88_000 },
  )
  for (const done of fake.operations.slice(2)) fake.emitter.emit('operation', done)
  return { ...fake, dashboard, clock }
}
