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

  const sweep = (subject: AheadSubject): void => {
    for (const entry of subject.cache.background.sweep()) {
      // What nobody has read is left to expire, but for what must never be cold.
      if (entry.isRead || subject.priority === 'critical') reload(subject, entry, 'sweep')
    }
  }

  const schedule = (subject: AheadSubject): void => {
    const stop = clock.after(sweepInterval(subject, interval), () => {
      stops.delete(stop)
      schedule(subject)
      sweep(subject)
    })
    stops.add(stop)
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
