import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { App, CacheTypes } from '../../src/app.ts'
import { createCounters } from '../../src/cache/counters.ts'
import type { Held } from '../../src/cache/inspection.ts'
import type { Manifest } from '../../src/manifest/manifest.ts'
import { createEmitter, type Emitter } from '../../src/observe/emitter.ts'
import type { Events } from '../../src/observe/events.ts'
import type { Operation } from '../../src/refresh/operation.ts'
import { StalemateError } from '../../src/errors.ts'
import { ROOT } from '../helpers/root.ts'

/** An app that does what the test says, by the rules of the example. */
export type FakeApp = {
  readonly app: App<CacheTypes>
  readonly emitter: Emitter
  readonly counters: Record<string, ReturnType<typeof createCounters> & { entries: number }>
  /** What `invalidate` was called with. */
  readonly invalidated: (readonly [string, unknown])[]
  readonly operations: Operation[]
  /** The sets that `warm` was called with. */
  readonly warmed: string[]
  readonly change: (table: string, cache: string) => void
}

const GENERATED = JSON.parse(readFileSync(join(ROOT, 'generated', 'manifest.json'), 'utf8')) as Manifest

const SET = {
  cache: 'dashboard',
  params: { kind: 'list', items: [] },
  beforeReady: false,
  batch: 5,
  concurrency: 1,
  limit: 100,
  timeout: 60_000,
  priority: 'critical',
} as const

/** The example's, with two warming sets. */
export const MANIFEST: Manifest = {
  ...GENERATED,
  warming: {
    'active-dashboards': { ...SET, on: ['startup', 'demand'], schedule: '*/30 * * * *' },
    'best-agents': { ...SET, cache: 'agent_performance', on: ['demand'], priority: 'low' },
  },
}

/** The rule files of the example, as `createDashboard` takes them. */
export function readRules(): Record<string, string> {
  const folder = join(ROOT, 'rules')
  return Object.fromEntries(
    readdirSync(folder).map((file) => [`rules/${file}`, readFileSync(join(folder, file), 'utf8')]),
  )
}

/** What `createDashboard` needs beside them, since some caches have queries. */
export const COMPILED = { queries: readFileSync(join(ROOT, 'generated', 'queries.lock.json'), 'utf8') }

export const USER = '4f3c2a1e-8f6d-4a57-9b0a-1d2e3f405162'

export function createFakeApp(): FakeApp {
  const emitter = createEmitter(MANIFEST.ruleset)
  const names = Object.keys(MANIFEST.caches)
  const counters = Object.fromEntries(names.map((name) => [name, { ...createCounters(), entries: 30 }]))
  const invalidated: (readonly [string, unknown])[] = []
  const held = function* (name: string): Generator<Held<unknown>> {
    for (let n = 0; n < 30; n += 1) {
      const params = Object.fromEntries(
        (MANIFEST.caches[name]?.params ?? []).map((param) => [param.name, `${USER.slice(0, -2)}${n + 10}`]),
      )
      const inspection = { state: 'held', age: 1_000 * n, ttlLeft: 60_000, reads: n, loadTime: 12 } as const
      yield { params, value: 'secret value', inspection, isServed: () => true }
    }
  }
  let changes = 0
  const operations: Operation[] = []
  const warmed: string[] = []
  const app = {
    manifest: MANIFEST,
    on: emitter.on,
    stats: () => ({ changes, gaps: 1, ignored: 0, caches: counters }),
    health: () => ({ state: 'live', epoch: 1, silence: 1_200, lag: 3.2, uncovered: [], trusted: names }),
    operations: () => operations,
    warm: async (set: string) => {
      warmed.push(set)
      await Promise.resolve()
    },
    requestClear: ({ reason }: { reason: string }) => {
      if (reason === '') throw new StalemateError('option-invalid', 'Expected a reason.')
      return { token: 'clear-token', validFor: 60_000 }
    },
    clear: async (token: string) => {
      if (token !== 'clear-token') throw new StalemateError('clear-refused', 'The token is not known.')
      return await Promise.resolve({ scope: 'all', epoch: 7 })
    },
    caches: Object.fromEntries(
      names.map((name) => [
        name,
        {
          held: () => held(name),
          inspect: (params: Record<string, unknown>) =>
            Object.values(params).some((value) => String(value).endsWith('10'))
              ? { state: 'held', loading: false, age: 1_500, ttlLeft: 60_000, reads: 4, loadTime: 12 }
              : {
                  state: 'absent',
                  loading: false,
                  previous: {
                    cause: 'invalidated',
                    ago: 5_000,
                    by: { cause: 'change', table: 'calls', operation: 'update' },
                  },
                },
          invalidate: async (params: unknown) => {
            invalidated.push([name, params])
            return await Promise.resolve({ dropped: 3, whole: [], sent: true })
          },
        },
      ]),
    ),
  }
  const change = (table: string, cache: string): void => {
    changes += 1
    const event: Events['change'] = {
      change: { kind: 'change', table, operation: 'update', targets: [] },
      invalidations: [{ kind: 'entries', cache, width: 1, values: [USER] }],
      ignored: 0,
      dropped: 1,
      receivedAt: 0,
      appliedAt: 0,
    }
    emitter.emit('change', event)
  }
  return {
    operations,
    warmed,
    app: app as unknown as App<CacheTypes>,
    emitter,
    counters,
    invalidated,
    change,
  }
}
