import type { ExecutionContext } from 'ava'
import {
  type AuditEvent,
  createDashboard,
  type Dashboard,
  type DashboardOptions,
} from '../../src/dashboard/create-dashboard.ts'
import { createClock, type ManualClock } from '../helpers/clock.ts'
import { createFakeApp, type FakeApp } from './fake-app.ts'

export const TOKEN = '0123456789abcdef0123456789abcdef'

export type Bench = FakeApp & {
  readonly dashboard: Dashboard
  readonly clock: ManualClock
  readonly audited: AuditEvent[]
  readonly get: (path: string, host?: string) => Promise<Response>
  readonly post: (action: string, body: unknown, headers?: Record<string, string>) => Promise<Response>
}

/** A dashboard of a fake app, with a clock that the test moves. */
export function createBench(t: ExecutionContext, options: DashboardOptions = {}): Bench {
  const fake = createFakeApp()
  const clock = createClock()
  const audited: AuditEvent[] = []
  const audit = (event: AuditEvent): void => void audited.push(event)
  const dashboard = createDashboard(fake.app, { clock, audit, ...options })
  t.teardown(() => dashboard.close())
  const get: Bench['get'] = async (path, host = 'localhost:3000') =>
    await dashboard.fetch(new Request(`http://${host}${path}`))
  const post: Bench['post'] = async (action, body, headers = { authorization: `Bearer ${TOKEN}` }) =>
    await dashboard.fetch(
      new Request(`http://localhost:3000/api/actions/${action}`, {
        method: 'POST',
        headers,
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    )
  return { ...fake, dashboard, clock, audited, get, post }
}
