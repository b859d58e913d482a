import type { Cache } from '../cache/cache.ts'
import type { ParamValue } from '../key/param.ts'
import type { ManifestWarming } from '../manifest/manifest.ts'
import type { Clock } from '../options.ts'
import type { Task } from '../refresh/task.ts'
import type { Worker } from '../refresh/worker.ts'
import type { Known, ParamSource } from './param-source.ts'
import type { SetReport, WarmEnd, WarmProgress } from './report.ts'

export type Run = {
  readonly name: string
  readonly set: ManifestWarming
  readonly cache: Cache<unknown>
  /** The loader takes several at once: then a batch is one call. */
  readonly isBatched: boolean
  readonly worker: Worker
  readonly clock: Clock
  /** The params; ends early when the signal is aborted. */
  readonly open: (signal: AbortSignal, known: Known) => ParamSource
  /** Calls the run off. */
  readonly signal: AbortSignal
  /** Told of its counts when they have changed; they go on changing. */
  readonly progress: (progress: WarmProgress) => void
}

type Values = readonly ParamValue[]

/** Loads what a set names and is not fresh, batch after batch, until all is seen to or its time is over. */
export async function runSet(run: Run): Promise<SetReport> {
  const { name, set, cache, isBatched, worker, clock } = run
  const { background } = cache
  const since = clock.now()
  const counts: { -readonly [K in keyof WarmProgress]: WarmProgress[K] } = { loaded: 0, skipped: 0, failed: 0, total: undefined } // prettier-ignore
  const stop = new AbortController()
  /** Batches that have not ended, and who waits until one has. */
  let open = 0
  let resume: (() => void) | undefined

  const halt = (end: WarmEnd): void => {
    stop.abort(end)
    resume?.()
  }
  const callOff = (): void => halt('stopped')
  const stopTimer = clock.after(set.timeout, () => halt('timeout'))
  run.signal.addEventListener('abort', callOff, { once: true })
  if (run.signal.aborted) callOff()

  const isFresh = (values: Values): boolean => background.look(values).state === 'fresh'
  const isStale = (values: Values): boolean => !isFresh(values)

  const load = (list: readonly Values[], ended: () => void): void => {
    const task: Task = {
      cache: cache.name,
      background,
      list,
      run: stop,
      priority: set.priority,
      rate: 0,
      mayPromote: true,
      isWanted: () => !stop.signal.aborted && list.some(isStale),
      ended(end, loads) {
        // What a run that is over has left behind is no part of its report.
        if (stop.signal.aborted) return
        for (let place = 0; place < list.length; place += 1) {
          const kind = loads[place]?.kind
          if (kind === 'stored') counts.loaded += 1
          else if (kind === 'failed' || end === 'shed') counts.failed += 1
          else counts.skipped += 1
        }
        run.progress(counts)
        ended()
      },
    }
    worker.add(task)
  }

  const begin = (list: readonly Values[]): void => {
    open += 1
    let left = isBatched ? 1 : list.length
    const ended = (): void => {
      left -= 1
      if (left > 0) return
      open -= 1
      resume?.()
    }
    if (isBatched) load(list, ended)
    else for (const values of list) load([values], ended)
  }

  /** Resolves when fewer batches than that are under way, or the run is over. */
  const untilFewer = async (most: number): Promise<void> => {
    for (;;) {
      if (open < most || stop.signal.aborted) return
      await new Promise<void>((resolve) => {
        resume = resolve
      })
    }
  }

  const work = async (): Promise<void> => {
    let batch: Values[] = []
    let seen = 0
    const known = (count: number): void => {
      counts.total = Math.min(count, set.limit)
      run.progress(counts)
    }
    for await (const rows of run.open(stop.signal, known)) {
      for (const values of rows) {
        if (stop.signal.aborted) return
        if (seen === set.limit) break
        seen += 1
        if (values === undefined) counts.failed += 1
        else if (isFresh(values)) counts.skipped += 1
        else batch.push(values)
        if (batch.length < set.batch) continue
        begin(batch)
        batch = []
        if (open >= set.concurrency) await untilFewer(set.concurrency)
      }
      if (seen === set.limit) break
    }
    if (batch.length > 0) begin(batch)
    await untilFewer(1)
  }

  const over = (end: WarmEnd): SetReport => {
    const { loaded, skipped, failed } = counts
    return { set: name, loaded, skipped, failed, end, took: clock.now() - since }
  }
  try {
    await untilStopped(work(), stop.signal)
    return over(stop.signal.aborted ? (stop.signal.reason as WarmEnd) : 'complete')
  } catch (error) {
    return stop.signal.aborted ? over(stop.signal.reason as WarmEnd) : { ...over('failed'), error }
  } finally {
    stopTimer()
    run.signal.removeEventListener('abort', callOff)
    if (!stop.signal.aborted) stop.abort('complete')
    worker.cancelAll((task) => task.run === stop)
  }
}

/** The work, or less of it when it is stopped: what it waits for then may never come. */
async function untilStopped(work: Promise<void>, signal: AbortSignal): Promise<void> {
  if (signal.aborted) {
    work.catch(() => {})
    return
  }
  await Promise.race([
    work,
    new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true })),
  ])
}
