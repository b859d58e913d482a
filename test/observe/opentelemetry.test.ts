import { context, SpanStatusCode, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base'
import test from 'ava'
import type { App, CacheTypes } from '../../src/app.ts'
import { createEmitter } from '../../src/observe/emitter.ts'
import type { Operation } from '../../src/refresh/operation.ts'
import { createTracing, type Tracing } from '../../src/observe/opentelemetry.ts'
import { traceLoader } from '../../src/observe/trace-loader.ts'

test.before(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
})

function createBench(): { readonly tracing: Tracing; readonly spans: () => readonly ReadableSpan[] } {
  const exporter = new InMemorySpanExporter()
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })
  return { tracing: createTracing(provider.getTracer('test')), spans: () => exporter.getFinishedSpans() }
}

test('a load is a span, in which the spans of the loader stand', async (t) => {
  const { tracing, spans } = createBench()
  let active: string | undefined
  const loader = traceLoader(
    async (params: { id: number }) => {
      await Promise.resolve()
      active = trace.getActiveSpan()?.spanContext().spanId
      return params.id
    },
    'profile',
    tracing.load,
  )
  t.is(await loader({ id: 7 }), 7)
  const [span] = spans()
  t.is(span?.name, 'load profile')
  t.deepEqual(span?.attributes, { 'stalemate.cache': 'profile', 'stalemate.values': 1 })
  t.is(active, span?.spanContext().spanId)
})

test('a load that fails is a span that says so, and the error goes on', async (t) => {
  const { tracing, spans } = createBench()
  const failure = new Error('down')
  const loader = {
    load: () => {
      throw failure
    },
    loadMany: async () => await Promise.reject(failure),
  }
  const traced = traceLoader(loader, 'profile', tracing.load) as unknown as Record<
    'load' | 'loadMany',
    (params: unknown) => unknown
  >
  t.throws(() => traced.load({}), { is: failure })
  await t.throwsAsync(async () => await traced.loadMany([1, 2, 3]), { is: failure })
  t.deepEqual(
    spans().map(({ status, attributes }) => [status.code, attributes['stalemate.values']]),
    [
      [SpanStatusCode.ERROR, 1],
      [SpanStatusCode.ERROR, 3],
    ],
  )
})

test('what a change made wrong links to the change, without a key', (t) => {
  const { tracing, spans } = createBench()
  const emitter = createEmitter('shop')
  const undo = tracing.follow({ on: emitter.on } as App<CacheTypes>)
  const change = { kind: 'change', table: 'calls', operation: 'update', targets: [] } as const
  const entries = { kind: 'entries', cache: 'dashboard', width: 1, values: ['secret'] } as const
  const event = {
    change,
    invalidations: [entries, entries],
    ignored: 0,
    dropped: 2,
    receivedAt: 0,
    appliedAt: 1,
  }
  emitter.emit('change', event)
  undo()
  emitter.emit('change', event)
  const [cause, effect, more] = spans()
  t.is(cause?.name, 'change calls')
  t.is(effect?.name, 'invalidate dashboard')
  t.is(effect?.links[0]?.context.spanId, cause?.spanContext().spanId)
  t.is(more, undefined)
  t.false(JSON.stringify(spans().map(({ name, attributes }) => [name, attributes])).includes('secret'))
})

test('a reload is one span from its first try to its end, without a key', (t) => {
  const { tracing, spans } = createBench()
  const emitter = createEmitter('shop')
  tracing.follow({ on: emitter.on } as App<CacheTypes>)
  const operation = {
    kind: 'refresh',
    cause: 'change',
    cache: 'dashboard',
    params: { user_id: 'secret' },
    priority: 'high',
    queuedAt: 0,
  } as const
  const step = (id: number, state: Operation['state'], attempts: number, error?: Error): void =>
    emitter.emit('operation', {
      ...operation,
      id,
      state,
      attempts,
      ...(error === undefined ? {} : { error }),
      ...(state === 'failed' || state === 'cancelled' ? { endedAt: 9 } : {}),
    })
  step(1, 'queued', 0)
  step(1, 'running', 1)
  step(1, 'retrying', 1, new Error('down'))
  step(1, 'running', 2)
  t.is(spans().length, 0)
  step(1, 'failed', 2, new Error('down'))
  step(2, 'queued', 0)
  step(2, 'cancelled', 0)
  const [span, more] = spans()
  t.is(span?.name, 'refresh dashboard')
  t.is(span?.status.code, SpanStatusCode.ERROR)
  t.like(span?.attributes, {
    'stalemate.outcome': 'failed',
    'stalemate.attempts': 2,
    'stalemate.cause': 'change',
  })
  t.is(more, undefined)
  t.false(JSON.stringify(span?.attributes).includes('secret'))
})

test('without a tracer a loader stays as it is', (t) => {
  const loader = (): number => 1
  t.is(traceLoader(loader, 'profile', undefined), loader)
})
