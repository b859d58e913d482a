import type { App, CacheTypes } from '../app.ts'
import { isOver, type Operation } from '../refresh/operation.ts'
import { type WallClock, wallTime } from './wall-clock.ts'

/** A run of a warming set that is over. */
export type ShownRun = Pick<Operation, 'cause' | 'state' | 'progress'> & {
  /** Milliseconds since 1970. */
  readonly endedAt: number
  readonly took: number
  readonly error: string | undefined
}

/** A warming set as the page shows it. */
export type ShownWarming = {
  readonly name: string
  readonly cache: string
  readonly priority: string
  /** When it runs by itself: at startup, by a cron expression; on demand it always can. */
  readonly occasions: readonly string[]
  /** How far the run that is under way has come; `undefined` without one. */
  readonly running: Operation['progress']
  readonly last: ShownRun | undefined
  /** Milliseconds since 1970; `undefined` without a schedule. */
  readonly next: number | undefined
}

type NextRun = (schedule: string) => number | undefined

/** Follows the runs of the warming sets. */
export class WarmingRuns {
  readonly #app: App<CacheTypes>
  readonly #clock: WallClock
  readonly #last = new Map<string, ShownRun>()
  readonly #undo: () => void
  #nextRun: NextRun = () => undefined

  constructor(app: App<CacheTypes>, clock: WallClock) {
    this.#app = app
    this.#clock = clock
    // Those that are over come the latest first.
    for (const operation of app.operations().toReversed()) this.#note(operation)
    this.#undo = app.on('operation', (operation) => this.#note(operation))
    const sets = Object.values(app.manifest.warming ?? {})
    if (sets.some(({ schedule }) => schedule !== undefined)) void this.#keepSchedules()
  }

  list(): readonly ShownWarming[] {
    const running = new Map<string, Operation['progress']>()
    for (const { kind, set, state, progress } of this.#app.operations()) {
      if (kind !== 'warm' || set === undefined || isOver(state)) continue
      running.set(set, progress ?? { loaded: 0, skipped: 0, failed: 0 })
    }
    return Object.entries(this.#app.manifest.warming ?? {}).map(([name, set]) => ({
      name,
      cache: set.cache,
      priority: set.priority,
      occasions: [
        ...set.on.filter((occasion) => occasion !== 'demand'),
        ...(set.schedule === undefined ? [] : [set.schedule]),
      ],
      running: running.get(name),
      last: this.#last.get(name),
      next: set.schedule === undefined ? undefined : this.#nextRun(set.schedule),
    }))
  }

  close(): void {
    this.#undo()
  }

  #note({ kind, set, state, cause, progress, startedAt, queuedAt, endedAt, error }: Operation): void {
    if (kind !== 'warm' || set === undefined || endedAt === undefined) return
    this.#last.set(set, {
      cause,
      state,
      ...(progress === undefined ? {} : { progress }),
      endedAt: wallTime(this.#clock) - (this.#clock.now() - endedAt),
      took: endedAt - (startedAt ?? queuedAt),
      error: error instanceof Error ? error.message : error === undefined ? undefined : 'failed',
    })
  }

  /** Asks what the scheduler itself asks, in the same time zone. */
  async #keepSchedules(): Promise<void> {
    const { default: cron } = await import('cron-parser')
    this.#nextRun = (schedule) => {
      try {
        return cron.parseExpression(schedule).next().getTime()
      } catch {
        return undefined
      }
    }
  }
}
