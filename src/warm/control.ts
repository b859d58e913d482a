import type { Clock } from '../options.ts'
import type { Control, JsonValue } from '../wire/change.ts'
import type { WarmCounts } from './report.ts'
import type { Warmer } from './warmer.ts'

/** Milliseconds between two reports of a run. */
const PAUSE = 250

/** Runs at the same time that others have asked for. */
const MAX_RUNS = 8

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

  const run = async (id: string, set: string | undefined, params: Readonly<Record<string, JsonValue>>) => {
    const abort = new AbortController()
    runs.set(id, abort)
    const counts = new Map<string, WarmCounts>()
    const report = async (state: string, more: Readonly<Record<string, JsonValue>> = {}): Promise<void> => {
      const sum = (name: keyof WarmCounts): number => [...counts.values()].reduce((all, one) => all + one[name], 0) // prettier-ignore
      const sums = { loaded: sum('loaded'), skipped: sum('skipped'), failed: sum('failed') }
      try {
        await send('warm-report', { id, instance, state, ...sums, ...more })
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
      const progress = (name: string, own: WarmCounts): void => void counts.set(name, own)
      const { sets, took } = await warmer.warm(set, { params, signal: abort.signal, progress })
      for (const { set: name, loaded, skipped, failed: lost } of sets)
        counts.set(name, { loaded, skipped, failed: lost })
      stopTimer()
      const ends = Object.fromEntries(sets.map(({ set: name, end }) => [name, end]))
      await report('over', { took: Math.round(took), ends })
    } catch (error) {
      stopTimer()
      await report('refused', { error: error instanceof Error ? error.message.slice(0, 500) : String(error) })
    } finally {
      stopTimer()
      runs.delete(id)
    }
  }

  return {
    warm({ body }) {
      const { id, set, params = {} } = readBody(body)
      if (typeof id !== 'string' || runs.has(id) || runs.size >= MAX_RUNS) return
      if (set !== undefined && typeof set !== 'string') return
      if (!isObject(params)) return
      void run(id, set, params)
    },
    stop({ body }) {
      const { id } = readBody(body)
      if (typeof id === 'string') runs.get(id)?.abort()
    },
  }
}

function readBody(body: JsonValue | undefined): Readonly<Record<string, JsonValue | undefined>> {
  return isObject(body) ? body : {}
}

function isObject(value: JsonValue | undefined): value is { readonly [key: string]: JsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
