import type { Cache } from '../cache/cache.ts'
import type { Reloaded } from '../cache/sight.ts'
import type { ParamValue } from '../key/param.ts'
import type { ManifestWarming } from '../manifest/manifest.ts'
import type { Clock } from '../options.ts'
import type { Task, TaskEnd } from '../refresh/task.ts'
import type { Worker } from '../refresh/worker.ts'
import type { Known, ParamRow, ParamSource } from './param-source.ts'
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
  const { name, set, worker, clock } = run
  const since = clock.now()
  const stop = new AbortController()
  const work = new Work(run)
  const halt = (end: WarmEnd): void => {
    work.stop()
    stop.abort(end)
  }
  const callOff = (): void => halt('stopped')
  const stopTimer = clock.after(set.timeout, () => halt('timeout'))
  run.signal.addEventListener('abort', callOff, { once: true })
  if (run.signal.aborted) callOff()

  const over = (end: WarmEnd): SetReport => {
    const { loaded, skipped, failed } = work.counts
    return { set: name, loaded, skipped, failed, end, took: clock.now() - since }
  }
  try {
    await untilStopped(work.run(stop.signal), stop.signal)
    return over(stop.signal.aborted ? (stop.signal.reason as WarmEnd) : 'complete')
  } catch (error) {
    return stop.signal.aborted ? over(stop.signal.reason as WarmEnd) : { ...over('failed'), error }
  } finally {
    stopTimer()
    run.signal.removeEventListener('abort', callOff)
    work.stop()
    if (!stop.signal.aborted) stop.abort('complete')
    worker.cancelAll((task) => task.run === work)
  }
}

/**
 * The work of one run. Batches begin where others end, without a promise for each: to wait for one would cost as much as all else
 * that is done for an entry.
 */
class Work {
  readonly counts: { -readonly [K in keyof WarmProgress]: WarmProgress[K] } = { loaded: 0, skipped: 0, failed: 0, total: undefined } // prettier-ignore
  isOver = false
  readonly #run: Run
  readonly #background: Cache<unknown>['background']
  /** Params that have come, and how many of them are seen to. */
  #rows: readonly ParamRow[] = []
  #at = 0
  /** Params that are seen to in all. */
  #seen = 0
  #batch: Values[] = []
  /** Batches that have not ended. */
  #open = 0
  /** Told when what has come is seen to, and each time that a batch ends from then on. */
  #resume: (() => void) | undefined

  constructor(run: Run) {
    this.#run = run
    this.#background = run.cache.background
  }

  async run(signal: AbortSignal): Promise<void> {
    const { set, progress } = this.#run
    const known = (count: number): void => {
      this.counts.total = Math.min(count, set.limit)
      progress(this.counts)
    }
    for await (const rows of this.#run.open(signal, known)) {
      this.#rows = rows
      this.#at = 0
      await this.#until(() => this.#isSeenTo)
      if (this.isOver || this.#seen === set.limit) break
    }
    if (this.#batch.length > 0) this.#begin()
    await this.#until(() => this.isOver || this.#open === 0)
  }

  /** Nothing more begins, and what ends is no part of the report. */
  stop(): void {
    this.isOver = true
    this.#resume?.()
  }

  get #isSeenTo(): boolean {
    return this.isOver || this.#at === this.#rows.length || this.#seen === this.#run.set.limit
  }

  /** Begins batches while fewer are under way than may be, and there are params for them. */
  #proceed(): void {
    const { set } = this.#run
    while (this.#open < set.concurrency && !this.#isSeenTo) {
      const values = this.#rows[this.#at]
      this.#at += 1
      this.#seen += 1
      if (values === undefined) this.counts.failed += 1
      else if (this.#background.isFresh(values)) this.counts.skipped += 1
      else this.#batch.push(values)
      if (this.#batch.length === set.batch) this.#begin()
    }
  }

  async #until(isSo: () => boolean): Promise<void> {
    this.#proceed()
    if (isSo()) return
    await new Promise<void>((resolve) => {
      this.#resume = () => {
        if (!isSo()) return
        this.#resume = undefined
        resolve()
      }
    })
  }

  #begin(): void {
    const { worker, isBatched } = this.#run
    const list = this.#batch
    this.#batch = []
    this.#open += 1
    if (isBatched || list.length === 1) worker.add(new WarmTask(this, this.#run, list, { left: 1 }))
    else {
      const batch = { left: list.length }
      for (const values of list) worker.add(new WarmTask(this, this.#run, [values], batch))
    }
  }

  ended(list: readonly Values[], batch: { left: number }, end: TaskEnd, loads: readonly Reloaded[]): void {
    // What a run that is over has left behind is no part of its report.
    if (this.isOver) return
    const { counts } = this
    for (let place = 0; place < list.length; place += 1) {
      const kind = loads[place]?.kind
      if (kind === 'stored') counts.loaded += 1
      else if (kind === 'failed' || end === 'shed') counts.failed += 1
      else counts.skipped += 1
    }
    this.#run.progress(counts)
    batch.left -= 1
    if (batch.left > 0) return
    this.#open -= 1
    this.#proceed()
    this.#resume?.()
  }
}

/** A class, so that no functions are made for each task. */
class WarmTask implements Task {
  readonly cache: string
  readonly background: Task['background']
  readonly list: readonly Values[]
  readonly run: Work
  readonly priority: Task['priority']
  readonly rate = 0
  readonly mayPromote = true
  place: Task['place'] = undefined
  readonly #batch: { left: number }

  constructor(work: Work, { cache, set }: Run, list: readonly Values[], batch: { left: number }) {
    this.cache = cache.name
    this.background = cache.background
    this.list = list
    this.run = work
    this.priority = set.priority
    this.#batch = batch
  }

  isWanted(): boolean {
    return !this.run.isOver && !this.list.every((values) => this.background.isFresh(values))
  }

  ended(end: TaskEnd, loads: readonly Reloaded[]): void {
    this.run.ended(this.list, this.#batch, end, loads)
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
