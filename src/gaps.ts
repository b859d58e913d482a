import type { GapCause } from './feed/feed.ts'
import type { Emitter } from './observe/emitter.ts'
import type { Clock } from './options.ts'

/** Counts gaps and reports them. */
export type Gaps = {
  readonly epoch: number
  readonly count: number
  /** A gap has been dealt with: what it concerns was given up. */
  readonly note: (cause: GapCause, error?: unknown) => void
}

/** Milliseconds between two reports of messages that can't be read: anybody who may connect can send them. */
const REPORT_INTERVAL = 1_000

/** Every gap counts and raises the epoch; only what anybody can cause is not reported each time. */
export function createGaps(emitter: Emitter, clock: Clock): Gaps {
  let epoch = 0
  let reportAt = Number.NEGATIVE_INFINITY
  let unreported = 0
  return {
    get epoch() {
      return epoch
    },
    get count() {
      return epoch
    },
    note(cause, error) {
      epoch += 1
      if (cause === 'undecodable') {
        unreported += 1
        if (clock.now() < reportAt) return
        reportAt = clock.now() + REPORT_INTERVAL
      }
      const count = cause === 'undecodable' ? unreported : 1
      if (cause === 'undecodable') unreported = 0
      emitter.emit('gap', { cause, epoch, count, ...(error === undefined ? {} : { error }) })
    },
  }
}
