import type { Sighted } from '../cache/sight.ts'
import type { Clock } from '../options.ts'
import type { Reloads, Subject } from './reloads.ts'

/** A cache whose entries are reloaded before they expire. Durations are milliseconds. */
export type AheadSubject = Subject & {
  readonly ttl: number
  /** Share of the TTL taken off at random, 0 to 1. */
  readonly jitter: number
  /** Share of the TTL after which an entry is due, 0 to 1. */
  readonly refresh: number
}

/** What a sweep does in one turn at most: milliseconds, and entries that it looks at. */
const SLICE = { time: 0.2, entries: 50 }

/** Reloads what is due: where a read finds it so, and by sweeps. */
export type Ahead = {
  /** A read has found an entry due. */
  readonly found: (subject: AheadSubject, entry: Sighted) => void
  readonly close: () => void
}

/**
 * @param interval milliseconds between two sweeps at most; a cache whose entries expire sooner after they are due is swept
 * as often as it takes to find them in between
 */
export function createAhead(
  subjects: readonly AheadSubject[],
  reloads: Reloads,
  clock: Clock,
  interval: number,
): Ahead {
  const stops = new Set<() => void>()

  const reload = (subject: AheadSubject, { values, rate }: Sighted, cause: 'read' | 'sweep'): void => {
    const { background } = subject.cache
    if (reloads.has(subject, values)) return
    reloads.add({
      subject,
      values,
      cause,
      priority: subject.priority,
      rate,
      isWanted: () => background.look(values).state === 'due',
      ended: (end) => {
        if (end === 'shed') background.renew(values)
      },
    })
  }

  /** Thousands may be due in one moment: readers get their turn in between. */
  const sweep = (subject: AheadSubject, due: Iterator<Sighted>): void => {
    const since = clock.now()
    for (let count = 0; count < SLICE.entries && clock.now() - since < SLICE.time; count += 1) {
      const { done, value: entry } = due.next()
      if (done === true) return
      // What nobody has read is left to expire, but for what must never be cold.
      if (entry.isRead || subject.priority === 'critical') reload(subject, entry, 'sweep')
    }
    later(0, () => sweep(subject, due))
  }

  const later = (ms: number, work: () => void): void => {
    const stop = clock.after(ms, () => {
      stops.delete(stop)
      work()
    })
    stops.add(stop)
  }

  const schedule = (subject: AheadSubject): void => {
    later(sweepInterval(subject, interval), () => {
      schedule(subject)
      sweep(subject, subject.cache.background.sweep())
    })
  }
  for (const subject of subjects) schedule(subject)

  return {
    found: (subject, entry) => reload(subject, entry, 'read'),
    close() {
      for (const stop of stops) stop()
    },
  }
}

/** Twice between the moment when an entry is due and the earliest at which it expires, unless `most` is sooner. */
function sweepInterval({ ttl, jitter, refresh }: AheadSubject, most: number): number {
  return Math.max(1, Math.min(most, (ttl * (1 - jitter) * (1 - refresh)) / 2))
}
