import { type Clock, READS_PER_LOOK, type RuntimeOptions, systemClock } from '../options.ts'
import type { Ceiling } from './ceiling.ts'
import type { CacheSettings, Load, LoadMany } from './settings.ts'

/** Whether `value` has the shape of a loader. */
export function isLoader(value: unknown): boolean {
  if (typeof value === 'function') return true
  if (typeof value !== 'object' || value === null) return false
  const { load, loadMany, replica, connection } = value as Record<string, unknown>
  if (typeof load !== 'function') return false
  if (replica !== true) return typeof loadMany === 'function'
  const isMany = loadMany === undefined || typeof loadMany === 'function'
  return isMany && typeof connection === 'object' && connection !== null
}

/** How a cache loads, by the loader and the options of the runtime. Nothing is loaded once `closed` is aborted. */
export function loadSettings(
  loader: unknown,
  options: RuntimeOptions,
  closed: AbortSignal,
): Pick<CacheSettings<unknown>, 'load' | 'loadMany' | 'loadTimeout' | 'backoff'> {
  const { loadTimeout, loadFailures, loadPauseBase, loadPauseMax } = options
  const backoff = { tolerated: loadFailures, base: loadPauseBase, max: loadPauseMax }
  if (typeof loader === 'function')
    return { load: guard(loader as Load<unknown>, closed), loadTimeout, backoff }
  // Called as methods, so that a loader may be an object of a class.
  const given = loader as { readonly load: Load<unknown>; readonly loadMany?: LoadMany<unknown> }
  const load = guard<Load<unknown>>((params, context) => given.load(params, context), closed)
  if (given.loadMany === undefined) return { load, loadTimeout, backoff }
  const many: LoadMany<unknown> = (params, context) => given.loadMany?.(params, context) ?? []
  const loadMany = guard(many, closed)
  return { load, loadMany, loadTimeout, backoff }
}

const RANKS: Readonly<Record<string, number>> = { low: 0, normal: 1, high: 2, critical: 3 }

/** How much a cache may hold, by its priority, what measures its values, and the ceiling of all. */
export function memorySettings(
  priority: string,
  size: ((value: never) => number) | undefined,
  ceiling: Ceiling | undefined,
): Pick<CacheSettings<unknown>, 'size' | 'ceiling' | 'rank'> {
  return {
    ...(size === undefined ? {} : { size: size as (value: unknown) => number }),
    ...(ceiling === undefined ? {} : { ceiling, rank: RANKS[priority] ?? 1 }),
  }
}

/**
 * How a cache tells the time. Hits of one turn of the event loop share a look at the system's clock: looking costs
 * as much as the rest of the read. A clock that was given is looked at for each read.
 */
export function clockSettings(
  clock: Clock,
): Pick<CacheSettings<unknown>, 'now' | 'after' | 'readsPerLook' | 'endOfTurn'> {
  const { now, after } = clock
  return clock === systemClock
    ? { now, after, readsPerLook: READS_PER_LOOK, endOfTurn: (callback) => process.nextTick(callback) }
    : { now, after }
}

function guard<L extends (params: never, context: never) => unknown>(load: L, closed: AbortSignal): L {
  const guarded = (params: never, context: never): unknown => {
    closed.throwIfAborted()
    return load(params, context)
  }
  return guarded as L
}
