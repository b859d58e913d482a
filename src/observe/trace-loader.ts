/** Runs a loader inside a span, or whatever a tracer has. `run` must be called once, and its outcome returned. */
export type LoadTracer = <T>(
  load: { readonly cache: string; readonly values: number },
  run: () => PromiseLike<T> | T,
) => PromiseLike<T> | T

type Call = (params: unknown, context: unknown) => unknown

/** A loader of the same shape whose calls are traced. */
export function traceLoader<L>(loader: L, cache: string, tracer: LoadTracer | undefined): L {
  if (tracer === undefined) return loader
  const trace =
    (call: Call, count: (params: unknown) => number): Call =>
    (params, context) =>
      tracer({ cache, values: count(params) }, () => call(params, context))
  if (typeof loader === 'function') return trace(loader as unknown as Call, () => 1) as L
  const batch = loader as { readonly load: Call; readonly loadMany?: Call }
  const { loadMany } = batch
  return {
    ...batch,
    load: trace(
      (params, context) => batch.load(params, context),
      () => 1,
    ),
    ...(loadMany && {
      loadMany: trace(
        (params, context) => loadMany.call(batch, params, context),
        (params) => (params as unknown[]).length,
      ),
    }),
  } as L
}
