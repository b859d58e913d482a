import type { Clock } from '../options.ts'
import type { Control, JsonValue } from '../wire/change.ts'
import { isObject } from './instance-report.ts'
import type { SetReport, WarmProgress } from './report.ts'
import type { Warmer } from './warmer.ts'

/** Milliseconds between two reports of a run. */
const PAUSE = 250

/** Runs at the same time that others have asked for. */
const MAX_RUNS = 8

/** Characters of an error that are reported. */
const MAX_ERROR = 500

type Fields = Readonly<Record<string, JsonValue>>

export type WarmControlSettings = {
  readonly warmer: Warmer
  readonly clock: Clock
  /** Names this instance in its reports. */
  readonly instance: string
  readonly send: (control: 'warm-report', body: JsonValue) => Promise<unknown>
  readonly failed: (error: unknown) => void
}

/** What another process asks for, as `stalemate warm` does. */
export type WarmControl = {
  /** `warm`: `{ id, set?, params? }`. Answered by `warm-report`, when it begins, now and then, and at its end. */
  readonly warm: (control: Control) => void
  /** `warm-stop`: `{ id }`. */
  readonly stop: (control: Control) => void
}

export function createWarmControl({
  warmer,
  clock,
  instance,
  send,
  failed,
}: WarmControlSettings): WarmControl {
  const runs = new Map<string, AbortController>()

  const run = async (id: string, set: string | undefined, params: Fields): Promise<void> => {
    const abort = new AbortController()
    runs.set(id, abort)
    const sets = new Map<string, WarmProgress>()
    const report = async (state: string, more: Fields = {}): Promise<void> => {
      try {
        await send('warm-report', { id, instance, state, ...sumProgress([...sets.values()]), ...more })
      } catch (error) {
        failed(error)
      }
    }
    let stopTimer = (): void => {}
    const keepReporting = (): void => {
      stopTimer = clock.after(PAUSE, () => {
        void report('running')
        keepReporting()
      })
    }
    try {
      await report('begun')
      keepReporting()
      const progress = (name: string, own: WarmProgress): void => void sets.set(name, own)
      const done = await warmer.warm(set, { params, signal: abort.signal, progress })
      for (const { set: name, loaded, skipped, failed: lost } of done.sets)
        sets.set(name, { loaded, skipped, failed: lost, total: sets.get(name)?.total })
      stopTimer()
      await report('over', { took: Math.round(done.took), ...describeEnds(done.sets) })
    } catch (error) {
      stopTimer()
      await report('refused', { error: describeError(error) })
    } finally {
      stopTimer()
      runs.delete(id)
    }
  }

  return {
    warm({ body }) {
      const { id, set, params = {} } = isObject(body) ? body : {}
      if (typeof id !== 'string' || runs.has(id) || runs.size >= MAX_RUNS) return
      if (set !== undefined && typeof set !== 'string') return
      if (!isObject(params)) return
      void run(id, set, params)
    },
    stop({ body }) {
      const id = isObject(body) ? body['id'] : undefined
      if (typeof id === 'string') runs.get(id)?.abort()
    },
  }
}

/** Of all sets of a run; the total when it is known of each. */
function sumProgress(sets: readonly WarmProgress[]): Fields {
  const sum = (read: (set: WarmProgress) => number): number => sets.reduce((all, set) => all + read(set), 0)
  const isKnown = sets.length > 0 && sets.every(({ total }) => total !== undefined)
  return {
    loaded: sum(({ loaded }) => loaded),
    skipped: sum(({ skipped }) => skipped),
    failed: sum(({ failed }) => failed),
    ...(isKnown ? { total: sum(({ total = 0 }) => total) } : {}),
  }
}

/** How many sets ended in which way, and the first error: what a message has room for, however many sets there are. */
function describeEnds(sets: readonly SetReport[]): Fields {
  const ends: Record<string, number> = {}
  for (const { end } of sets) ends[end] = (ends[end] ?? 0) + 1
  const wrong = sets.find(({ error }) => error !== undefined)
  return { ends, ...(wrong === undefined ? {} : { error: describeError(wrong.error) }) }
}

function describeError(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, MAX_ERROR)
}
