import type { Clock } from '../../src/options.ts'

/** A clock that stands still until it is told. */
export type ManualClock = Clock & {
  /** Moves on by `ms`, calling what is due in its order. */
  readonly advance: (ms: number) => void
  /** Timers that have not been called or undone. */
  readonly pending: () => number
}

export function createClock(start = 1_000): ManualClock {
  let time = start
  const timers = new Set<{ readonly at: number; readonly callback: () => void }>()
  return {
    now: () => time,
    after(ms, callback) {
      const timer = { at: time + ms, callback }
      timers.add(timer)
      return () => timers.delete(timer)
    },
    advance(ms) {
      const end = time + ms
      for (;;) {
        const due = [...timers].filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0]
        if (due === undefined) break
        timers.delete(due)
        time = due.at
        due.callback()
      }
      time = end
    },
    pending: () => timers.size,
  }
}
