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
  readonly progress: (progress: WarmProgress) => void
}

type Values = readonly ParamValue[]

/** Loads what a set names and is not fresh, batch after batch, until all is seen to or its time is over. */
export async function runSet(run: Run): Promise<SetReport> {
  const { name, set, cache, isBatched, worker, clock } = run
  const { background } = cache
  const since = clock.now()
  const counts = { loaded: 0, skipped: 0, failed: 0 }
  let total: number | undefined
  const progress = (): void => run.progress({ ...counts, total })
  const stop = new AbortController()
  const callOff = (): void => stop.abort('stopped' satisfies WarmEnd)
  const stopTimer = clock.after(set.timeout, () => stop.abort('timeout' satisfies WarmEnd))
  run.signal.addEventListener('abort', callOff, { once: true })
  if (run.signal.aborted) callOff()
  const stopped = new Promise<void>((resolve) => {
    if (stop.signal.aborted) resolve()
    stop.signal.addEventListener('abort', () => resolve(), { once: true })
  })
  const waiting = new Set<Task>()
  const batches = new Set<Promise<void>>()

  const isFresh = (values: Values): boolean => background.look(values).state === 'fresh'

  const load = (list: readonly Values[]): Promise<void> =>
    new Promise((resolve) => {
      const task: Task = {
        cache: cache.name,
        background,
        list,
        priority: set.priority,
        rate: 0,
        isWanted: () => !stop.signal.aborted && !list.every(isFresh),
        ended(end, loads) {
          waiting.delete(task)
          // What a run that is over has left behind is no part of its report.
          for (const place of stop.signal.aborted ? [] : list.keys()) {
            const kind = loads[place]?.kind
            if (kind === 'stored') counts.loaded += 1
            else if (kind === 'failed' || end === 'shed') counts.failed += 1
            else counts.skipped += 1
          }
          progress()
          resolve()
        },
      }
      waiting.add(task)
      worker.add(task)
    })

  const begin = async (list: readonly Values[]): Promise<void> => {
    const lists = isBatched ? [list] : list.map((values) => [values])
    const batch: Promise<void> = Promise.all(lists.map(load)).then(() => {
      batches.delete(batch)
    })
    batches.add(batch)
    if (batches.size >= set.concurrency) await Promise.race([...batches, stopped])
  }

  const work = async (): Promise<void> => {
    let batch: Values[] = []
    let seen = 0
    const known = (count: number): void => {
      total = Math.min(count, set.limit)
      progress()
    }
    for await (const values of run.open(stop.signal, known)) {
      if (stop.signal.aborted) return
      if (values === undefined) counts.failed += 1
      else if (isFresh(values)) counts.skipped += 1
      else batch.push(values)
      if (batch.length === set.batch) {
        await begin(batch)
        batch = []
      }
      seen += 1
      if (seen === set.limit || stop.signal.aborted) break
    }
    if (batch.length > 0) await begin(batch)
    await Promise.all(batches)
  }

  const over = (end: WarmEnd): SetReport => ({ set: name, ...counts, end, took: clock.now() - since })
  try {
    await Promise.race([work(), stopped])
    return over(stop.signal.aborted ? (stop.signal.reason as WarmEnd) : 'complete')
  } catch (error) {
    return stop.signal.aborted ? over(stop.signal.reason as WarmEnd) : { ...over('failed'), error }
  } finally {
    stopTimer()
    run.signal.removeEventListener('abort', callOff)
    if (!stop.signal.aborted) stop.abort('complete')
    for (const task of waiting) worker.cancel(task)
  }
}
