import type { Cache } from '../cache/cache.ts'
import { type EntryId, entryId, nameValues, type ParamDeclaration } from '../cache/identity.ts'
import { TurnoverMap } from '../cache/turnover-map.ts'
import type { ParamValue } from '../key/param.ts'
import type { Priority } from '../manifest/manifest.ts'
import type { OperationCause } from './operation.ts'
import type { OperationLog } from './operation-log.ts'
import type { Task, TaskEnd } from './task.ts'
import type { Worker } from './worker.ts'

/** A cache whose entries are reloaded. */
export type Subject = {
  readonly cache: Cache<unknown>
  readonly params: readonly ParamDeclaration[]
  readonly priority: Priority
}

/** A reload that is asked for. */
export type Reload = {
  readonly subject: Subject
  /** Canonical, in the order of the declaration. */
  readonly values: readonly ParamValue[]
  readonly cause: OperationCause
  readonly priority: Priority
  readonly rate: number
  readonly isWanted: () => boolean
  readonly ended: (end: TaskEnd) => void
}

/** The reloads of single entries: one for each entry at a time. */
export class Reloads {
  readonly #worker: Worker
  readonly #log: OperationLog
  readonly #tasks = new Map<Cache<unknown>, TurnoverMap<EntryId, Task>>()

  constructor(worker: Worker, log: OperationLog) {
    this.#worker = worker
    this.#log = log
  }

  /** Whether a reload of the entry waits, runs, or will be tried again. */
  has(subject: Subject, values: readonly ParamValue[]): boolean {
    return this.#tasks.get(subject.cache)?.has(entryId(values)) === true
  }

  /** The entries of a cache that are being reloaded at this moment: never more than the worker does at once. */
  running({ cache }: Subject): readonly (readonly ParamValue[])[] {
    return [...this.#worker.running]
      .filter((task) => task.operation !== undefined && task.cache === cache.name)
      .flatMap(({ list }) => list)
  }

  add({ subject, values, cause, priority, rate, isWanted, ended }: Reload): void {
    const { cache, params } = subject
    const id = entryId(values)
    const tasks = this.#tasksOf(cache)
    const named = nameValues(params, values)
    const task: Task = {
      cache: cache.name,
      background: cache.background,
      list: [values],
      priority,
      rate,
      isWanted,
      operation: this.#log.begin({ kind: 'refresh', cause, cache: cache.name, params: named, priority }),
      ended: (end) => {
        if (tasks.get(id) === task) tasks.delete(id)
        ended(end)
      },
    }
    tasks.set(id, task)
    this.#worker.add(task)
  }

  /** Gives up a reload that has not begun: what it was about has been made wrong. */
  cancel(subject: Subject, values: readonly ParamValue[]): void {
    const task = this.#tasks.get(subject.cache)?.get(entryId(values))
    if (task !== undefined) this.#worker.cancel(task)
  }

  #tasksOf(cache: Cache<unknown>): TurnoverMap<EntryId, Task> {
    const tasks = this.#tasks.get(cache) ?? new TurnoverMap<EntryId, Task>()
    this.#tasks.set(cache, tasks)
    return tasks
  }
}
