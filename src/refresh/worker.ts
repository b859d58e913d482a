import type { Reloaded } from '../cache/sight.ts'
import { retryDelay, type RetrySettings } from './retry-delay.ts'
import type { Clock } from '../options.ts'
import type { Task, TaskEnd } from './task.ts'
import { WorkQueue, type WorkQueueSettings } from './work-queue.ts'

export type WorkerSettings = WorkQueueSettings &
  RetrySettings & {
    /** Loader calls that may be under way for a task to begin, and tasks that may be. */
    readonly concurrency: number
    /** Milliseconds after which a waiting task is begun although readers keep the loaders busy, one at a time. */
    readonly patience: number
    readonly clock: Clock
    readonly random: () => number
  }

const NOW = Promise.resolve()

/** What has come of a task that will be tried again. */
type Effort = {
  readonly attempts: number
  /** By the places in the task's list. */
  readonly ends: readonly Reloaded[]
}

const NO_EFFORT: Effort = { attempts: 0, ends: [] }

const isFailed = (end: Reloaded): end is Reloaded & { readonly kind: 'failed' } => end.kind === 'failed'
const isStored = ({ kind }: Reloaded): boolean => kind === 'stored'

/**
 * Does the work in the background, within one budget that it shares with the loads that readers wait for: a task begins only
 * while fewer calls of loaders than `concurrency` are under way, whoever made them. Readers never wait for a task.
 */
export class Worker {
  readonly #settings: WorkerSettings
  readonly #queue: WorkQueue<Task>
  readonly #running: Task[] = []
  /** Of the tasks that have failed and not ended. */
  readonly #efforts = new Map<Task, Effort>()
  /** Tasks that wait until they are tried again, with what undoes that. */
  readonly #pausing = new Map<Task, () => void>()
  #calls = 0
  #isAwake = false
  #isClosed = false
  #stopTimer: (() => void) | undefined

  constructor(settings: WorkerSettings) {
    this.#settings = settings
    this.#queue = new WorkQueue(settings)
  }

  /** Tasks under way. */
  get running(): readonly Task[] {
    return this.#running
  }

  /** Tasks that wait for their turn. */
  get waiting(): number {
    return this.#queue.size
  }

  /** A call of a loader has begun, 1, or ended, -1: of a task or of a reader. */
  readonly calls = (change: 1 | -1): void => {
    this.#calls += change
    if (change < 0) this.#wake()
  }

  add(task: Task): void {
    if (this.#isClosed) {
      this.#end(task, 'unwanted')
      return
    }
    this.#wait(task)
  }

  /** Gives a task up that has not begun; one that runs ends by itself. */
  cancel(task: Task): void {
    this.#pausing.get(task)?.()
    if (this.#pausing.delete(task) || this.#queue.remove(task)) this.#end(task, 'unwanted')
  }

  /** Gives those up that have not begun. */
  cancelAll(isMeant: (task: Task) => boolean = () => true): void {
    for (const task of [...this.#pausing.keys(), ...this.#queue]) if (isMeant(task)) this.cancel(task)
  }

  close(): void {
    this.#isClosed = true
    this.#stopTimer?.()
    this.cancelAll()
  }

  #wait(task: Task): void {
    if (this.#efforts.has(task)) task.operation?.update({ state: 'queued' })
    const shed = this.#queue.add(task, this.#settings.clock.now())
    if (shed !== undefined) this.#end(shed, 'shed')
    this.#wake()
  }

  /** Begins what may be begun once who calls has ended: a read that finds an entry due must not wait for a loader. */
  #wake(): void {
    if (this.#isAwake || this.#queue.size === 0) return
    this.#isAwake = true
    // Cheaper than `queueMicrotask`, which makes an object for each call.
    void NOW.then(this.#turn)
  }

  readonly #turn = (): void => {
    this.#isAwake = false
    this.#work()
  }

  #work(): void {
    const { clock } = this.#settings
    this.#stopTimer?.()
    this.#stopTimer = undefined
    while (!this.#isClosed && this.#mayBegin()) {
      const task = this.#queue.take(clock.now())
      if (task === undefined) return
      if (task.isWanted()) this.#run(task)
      else this.#end(task, 'unwanted')
    }
    this.#watchPatience()
  }

  #mayBegin(): boolean {
    const { concurrency } = this.#settings
    if (this.#running.length >= concurrency) return false
    return this.#calls < concurrency || (this.#running.length === 0 && this.#patienceLeft() <= 0)
  }

  #patienceLeft(): number {
    const { oldest } = this.#queue
    const { clock, patience } = this.#settings
    return oldest === undefined ? Infinity : oldest + patience - clock.now()
  }

  #watchPatience(): void {
    if (this.#isClosed || this.#running.length > 0) return
    const left = this.#patienceLeft()
    if (left === Infinity) return
    this.#stopTimer = this.#settings.clock.after(Math.max(1, left), () => this.#wake())
  }

  #run(task: Task): void {
    const { list, background, operation, mayPromote = false } = task
    const { attempts, ends: before } = this.#efforts.get(task) ?? NO_EFFORT
    this.#running.push(task)
    operation?.update({ state: 'running', attempts: attempts + 1, startedAt: this.#settings.clock.now() })
    const isLeft = (place: number): boolean => before[place]?.kind === 'failed'
    background.load(
      before.length === 0 ? list : list.filter((_, place) => isLeft(place)),
      mayPromote,
      (loads) => {
        this.#running.splice(this.#running.indexOf(task), 1)
        this.#wake()
        let next = 0
        const ends =
          before.length === 0
            ? loads
            : before.map((end, place) => (isLeft(place) ? (loads[next++] ?? end) : end))
        const failed = ends.find(isFailed)
        if (failed !== undefined && !this.#isClosed)
          this.#fail(task, { attempts: attempts + 1, ends }, failed.error)
        else this.#end(task, ends.some(isStored) ? 'done' : 'unwanted', ends)
      },
    )
  }

  #fail(task: Task, effort: Effort, error: unknown): void {
    const { attempts: most, clock, random } = this.#settings
    const { attempts, ends } = effort
    if (attempts >= most) {
      this.#end(task, 'failed', ends, { error })
      return
    }
    this.#efforts.set(task, effort)
    task.operation?.update({ state: 'retrying', error })
    const resume = (): void => {
      this.#pausing.delete(task)
      this.#wait(task)
    }
    this.#pausing.set(task, clock.after(retryDelay(this.#settings, attempts, random), resume))
  }

  #end(
    task: Task,
    how: TaskEnd,
    ends: readonly Reloaded[] = this.#efforts.get(task)?.ends ?? [],
    failure: { readonly error?: unknown } = {},
  ): void {
    this.#efforts.delete(task)
    task.operation?.update({ state: how === 'unwanted' ? 'cancelled' : how, ...failure })
    task.ended(how, ends)
  }
}
