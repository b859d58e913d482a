import { type Span, SpanKind, SpanStatusCode, trace, type Tracer } from '@opentelemetry/api'
import type { App, CacheTypes } from '../app.ts'
import type { Operation } from '../refresh/operation.ts'
import { VERSION } from '../version.ts'
import type { Events } from './events.ts'
import type { LoadTracer } from './trace-loader.ts'

/** Tells OpenTelemetry what a runtime does. Without an SDK its calls do nothing. */
export type Tracing = {
  /** For the option `tracer`: a span for each call of a loader, in which the loader's own spans stand. */
  readonly load: LoadTracer
  /**
   * A span for each change, and one for each cache that it made wrong, which links to it; one for each reload and
   * warm-up, from its first try to its end. Spans are named by table and cache, never by keys. Returns the undo.
   */
  readonly follow: <C extends CacheTypes>(app: App<C>) => () => void
}

/** @param tracer of the global provider, named `stalemate`, unless given */
export function createTracing(tracer: Tracer = trace.getTracer('stalemate', VERSION)): Tracing {
  return {
    load: ({ cache, values }, run) => {
      const attributes = { 'stalemate.cache': cache, 'stalemate.values': values }
      return tracer.startActiveSpan(`load ${cache}`, { kind: SpanKind.CLIENT, attributes }, (span) =>
        endWith(span, run),
      )
    },
    follow: (app) => {
      const undos = [
        app.on('change', (event) => traceChange(tracer, event)),
        app.on('operation', traceOperations(tracer)),
      ]
      return () => {
        for (const undo of undos) undo()
      }
    },
  }
}

function traceChange(tracer: Tracer, { change, invalidations, dropped }: Events['change']): void {
  const { table, operation } = change
  const attributes = {
    'stalemate.table': table,
    'stalemate.operation': operation,
    'stalemate.dropped': dropped,
  }
  const cause = tracer.startSpan(`change ${table}`, { kind: SpanKind.CONSUMER, attributes, root: true })
  cause.end()
  for (const cache of new Set(invalidations.map((invalidation) => invalidation.cache))) {
    const links = [{ context: cause.spanContext() }]
    tracer
      .startSpan(`invalidate ${cache}`, { attributes: { 'stalemate.cache': cache }, links, root: true })
      .end()
  }
}

/** What waited and was never begun has no span. */
function traceOperations(tracer: Tracer): (operation: Operation) => void {
  const spans = new Map<number, Span>()
  return ({ id, kind, cause, cache, set, state, attempts, endedAt, error }) => {
    if (state === 'running' && !spans.has(id)) {
      const attributes = { 'stalemate.cache': cache, 'stalemate.cause': cause }
      spans.set(id, tracer.startSpan(`${kind} ${set ?? cache}`, { attributes, root: true }))
    }
    const span = spans.get(id)
    if (span === undefined || endedAt === undefined) return
    spans.delete(id)
    span.setAttributes({ 'stalemate.outcome': state, 'stalemate.attempts': attempts })
    if (state === 'failed') {
      if (error instanceof Error) span.recordException(error)
      span.setStatus({ code: SpanStatusCode.ERROR })
    }
    span.end()
  }
}

/** Ends the span when the work has. */
function endWith<T>(span: Span, run: () => PromiseLike<T> | T): PromiseLike<T> | T {
  const fail = (error: unknown): void => {
    span.recordException(error instanceof Error ? error : String(error))
    span.setStatus({ code: SpanStatusCode.ERROR })
    span.end()
  }
  let result: PromiseLike<T> | T
  try {
    result = run()
  } catch (error) {
    fail(error)
    throw error
  }
  if (!isPromise(result)) {
    span.end()
    return result
  }
  return result.then(
    (value) => {
      span.end()
      return value
    },
    (error: unknown) => {
      fail(error)
      throw error
    },
  )
}

function isPromise<T>(value: PromiseLike<T> | T): value is PromiseLike<T> {
  return (
    typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'
  )
}
