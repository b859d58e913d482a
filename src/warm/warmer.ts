import type { Cache } from '../cache/cache.ts'
import type { Params } from '../cache/identity.ts'
import { StalemateError } from '../errors.ts'
import { canonicalParam } from '../key/param.ts'
import { type Manifest, type ManifestWarming, PRIORITIES } from '../manifest/manifest.ts'
import type { Clock } from '../options.ts'
import type { Operation, OperationCause } from '../refresh/operation.ts'
import type { OperationLog } from '../refresh/operation-log.ts'
import type { Worker } from '../refresh/worker.ts'
import { runOnceInFleet } from './fleet-run.ts'
import type { Learner } from './learner.ts'
import { type Expect, openParams, type OpenSession } from './param-source.ts'
import { type SetReport, sumReports, type WarmProgress, type WarmReport } from './report.ts'
import { runSet } from './run-set.ts'
import type { Schedule } from './schedule.ts'

export type WarmerSettings = {
  readonly manifest: Manifest
  readonly caches: ReadonlyMap<string, Cache<unknown>>
  /** Whether the loader of a cache takes several params at once. */
  readonly isBatched: (cache: string) => boolean
  /** Whether instances share what is held of a cache, so that one of them is enough to warm it on a schedule. */
  readonly isShared: (cache: string) => boolean
  readonly worker: Worker
  readonly operations: OperationLog
  readonly clock: Clock
  readonly open: OpenSession
  /** Learns what is asked for, of the caches that have sets with learned params; none unless given. */
  readonly learner?: Learner | undefined
  /** Only asked for where a set has a schedule. */
  readonly createSchedule: () => Promise<Schedule>
  readonly failed: (error: unknown) => void
}

export type WarmOptions = {
  /** Only entries with these params: of one user, or tenant. Where they are all of a cache's, that entry. */
  readonly params?: Params
  /** Calls it off; what is loaded by then stays. */
  readonly signal?: AbortSignal
  /** Told of each set at the beginning, and after each batch. */
  readonly progress?: (set: string, progress: WarmProgress) => void
}

/** Loads entries before anyone asks for them. */
export type Warmer = {
  /** Once: runs what is to be run at startup, and keeps to the schedules. Resolves when what `ready` waits for is over. */
  readonly start: () => Promise<void>
  /**
   * Runs one set, or all that have the params.
   *
   * @throws StalemateError `warming-unknown`, `param-invalid`, `closed`
   */
  readonly warm: (set: string | undefined, options?: WarmOptions) => Promise<WarmReport>
  /** Ends all runs at once; resolves when what was learned is written, or cannot be in time. */
  readonly close: () => Promise<void>
}

type Named = ManifestWarming & { readonly name: string }

export function createWarmer(settings: WarmerSettings): Warmer {
  const { manifest, caches, worker, operations, clock, open, failed } = settings
  const sets: Named[] = []
  for (const [name, set] of Object.entries(manifest.warming ?? {})) sets.push({ ...set, name })
  const closing = new AbortController()
  const scheduled = new Set<string>()
  const undo: (() => void)[] = []

  const paramsOf = ({ cache }: Named) => manifest.caches[cache]?.params ?? []

  const expectOf =
    ({ cache }: Named): Expect =>
    async (signal) =>
      (await settings.learner?.expect(cache, signal)) ?? []

  const run = async (set: Named, cause: OperationCause, options: WarmOptions = {}): Promise<SetReport> => {
    const { name, priority } = set
    const cache = caches.get(set.cache)
    if (cache === undefined) throw new StalemateError('cache-unknown', `There is no cache ${set.cache}.`)
    const { params = {}, signal = closing.signal, progress } = options
    let counts: WarmProgress = { loaded: 0, skipped: 0, failed: 0, total: undefined }
    const operation = operations.begin({ kind: 'warm', cause, cache: set.cache, set: name, priority }, () =>
      showProgress(counts),
    )
    operation.update({ state: 'running', attempts: 1, startedAt: clock.now() })
    const report = await runSet({
      name,
      set,
      cache,
      isBatched: settings.isBatched(set.cache),
      worker,
      clock,
      open: (ends, known) =>
        openParams(set, paramsOf(set), params, { open, expect: expectOf(set), signal: ends, known }),
      signal: AbortSignal.any([signal, closing.signal]),
      progress(now) {
        counts = now
        operation.proceed()
        if (progress !== undefined) tell(progress, name, now)
      },
    })
    const { end, error } = report
    const state = end === 'complete' ? 'done' : end === 'stopped' ? 'cancelled' : 'failed'
    operation.update({ state, ...(error === undefined ? {} : { error }) })
    return report
  }

  /** Who listens harms the run no more than a listener of events does. */
  const tell = (progress: NonNullable<WarmOptions['progress']>, name: string, counts: WarmProgress): void => {
    try {
      progress(name, { ...counts })
    } catch (error) {
      failed(error)
    }
  }

  /** Sets of a higher priority come before the others. */
  const runAll = async (
    list: readonly Named[],
    cause: OperationCause,
    options?: WarmOptions,
  ): Promise<readonly SetReport[]> => {
    const reports: SetReport[] = []
    for (const priority of PRIORITIES) {
      const same = list.filter((set) => set.priority === priority)
      reports.push(...(await Promise.all(same.map((set) => run(set, cause, options)))))
    }
    return reports
  }

  const onSchedule = async (set: Named, tick: Date): Promise<void> => {
    // The run before is not over yet.
    if (scheduled.has(set.name)) return
    scheduled.add(set.name)
    let isBegun = false
    /** Whether no other instance need try. */
    const work = async (): Promise<boolean> => {
      isBegun = true
      const { end } = await run(set, 'schedule')
      return end === 'complete' || end === 'timeout'
    }
    const once = { ruleset: manifest.ruleset, set: set.name, tick, timeout: set.timeout, open, clock, signal: closing.signal } // prettier-ignore
    try {
      if (settings.isShared(set.cache)) await runOnceInFleet(once, work)
      else await work()
    } catch (error) {
      if (closing.signal.aborted) return
      failed(error)
      // What is loaded twice costs less than what is cold.
      if (!isBegun) await work().catch(failed)
    } finally {
      scheduled.delete(set.name)
    }
  }

  const keepSchedules = async (): Promise<void> => {
    if (sets.every(({ schedule }) => schedule === undefined)) return
    const schedule = await settings.createSchedule()
    if (closing.signal.aborted) return
    for (const set of sets) {
      if (set.schedule !== undefined) undo.push(schedule(set.schedule, (tick) => onSchedule(set, tick)))
    }
  }

  const choose = (name: string | undefined, params: Params): readonly Named[] => {
    const given = Object.keys(params).filter((param) => params[param] !== undefined)
    const takes = (set: Named): boolean =>
      given.every((param) => paramsOf(set).some((declared) => declared.name === param))
    const chosen = sets.filter((set) => (name === undefined || set.name === name) && takes(set))
    for (const set of chosen) {
      for (const { name: param, type } of paramsOf(set))
        if (given.includes(param)) canonicalParam(type, params[param], param)
    }
    if (chosen.length > 0 || (name === undefined && given.length === 0)) return chosen
    const message =
      name !== undefined && !sets.some((set) => set.name === name)
        ? `There is no warming set ${JSON.stringify(name)}.`
        : `No warming set has the params ${given.join(', ')}.`
    throw new StalemateError('warming-unknown', message, {
      hint: `The sets are: ${sets.map((set) => set.name).join(', ') || 'none'}.`,
    })
  }

  let started: Promise<void> | undefined
  const start = async (): Promise<void> => {
    settings.learner?.start()
    await keepSchedules().catch(failed)
    const atStart = sets.filter(({ on }) => on.includes('startup'))
    const first = atStart.filter(({ beforeReady }) => beforeReady)
    const others = atStart.filter(({ beforeReady }) => !beforeReady)
    await runAll(first, 'startup').catch(failed)
    void runAll(others, 'startup').catch(failed)
  }

  return {
    start() {
      started ??= start()
      return started
    },
    async warm(name, options = {}) {
      if (closing.signal.aborted) throw new StalemateError('closed', 'This Stalemate was closed.')
      const since = clock.now()
      const chosen = choose(name, options.params ?? {})
      for (const set of chosen)
        options.progress?.(set.name, { loaded: 0, skipped: 0, failed: 0, total: undefined })
      return sumReports(await runAll(chosen, 'demand', options), clock.now() - since)
    },
    async close() {
      closing.abort()
      for (const stop of undo) stop()
      await settings.learner?.close()
    },
  }
}

function showProgress({ total, ...counts }: WarmProgress): NonNullable<Operation['progress']> {
  return { ...counts, ...(total === undefined ? {} : { total }) }
}
