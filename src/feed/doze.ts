import { runningIn } from './snapshot.ts'

/** Milliseconds between looks while changes come. */
const BUSY = 3
/** Milliseconds between looks while many come: each look costs the database and the reader something. */
const CROWDED = 10
/** Changes in one look that are many. */
const MANY = 20
/** Milliseconds between looks while so many come that the looks themselves hold up the writers. */
const FLOODED = 20
/** Changes in one look that are so many. */
const FLOOD = 60
/** Milliseconds between looks without a bell, or while a long transaction keeps the reader from sleeping. */
const IDLE = 25
/** Milliseconds between looks in sleep: what the bell does not announce is seen after so long. */
const ASLEEP = 250
/** Milliseconds without a change before a reader sleeps. More than a few changes a second never ring. */
const QUIET = 250
/** Milliseconds for which a reader that wants to sleep looks as often as while changes come. */
const SETTLING = 1_000
/** Milliseconds after which a sleeper says again that it sleeps; writers believe it for twice as long. */
const AGAIN = 30_000

/** What to do between two looks: say that one sleeps (or does not), then pause for milliseconds. */
export type Step = { readonly sleeps: boolean | undefined; readonly pause: number }

/**
 * Decides when a reader of the outbox looks again, and when it may leave it to the bell.
 *
 * A writer that looked at the bell before it was armed does not ring, and may commit much later. So a reader that has
 * armed the bell does not sleep before every transaction has ended that was running then. Arming also ends a transaction
 * of one's own, so that the first snapshot after it lists them all.
 */
export function createDoze(hasBell: boolean, now: number): Doze {
  return new OutboxDoze(hasBell, now)
}

export type Doze = {
  /** After a look at `now` that brought so many changes, in a snapshot. */
  readonly next: (changes: number, snapshot: string, now: number) => Step
}

class OutboxDoze implements Doze {
  readonly #hasBell: boolean
  #changed: number
  #armed: number | undefined
  /** Transactions that may not have seen the bell; not known before the first look after arming. */
  #running: ReadonlySet<string> | undefined

  constructor(hasBell: boolean, now: number) {
    this.#hasBell = hasBell
    this.#changed = now
  }

  next(changes: number, snapshot: string, now: number): Step {
    if (changes > 0) this.#changed = now
    if (now - this.#changed < QUIET) return this.#stayAwake(changes)
    if (!this.#hasBell) return { sleeps: undefined, pause: IDLE }
    if (this.#armed === undefined || now - this.#armed >= AGAIN) {
      this.#armed = now
      this.#running = undefined
      return { sleeps: true, pause: 0 }
    }
    const seen = runningIn(snapshot)
    this.#running = new Set([...(this.#running ?? seen)].filter((xid) => seen.has(xid)))
    if (this.#running.size === 0) return { sleeps: undefined, pause: ASLEEP }
    return { sleeps: undefined, pause: now - this.#armed < SETTLING ? BUSY : IDLE }
  }

  #stayAwake(changes: number): Step {
    const wasArmed = this.#armed !== undefined
    this.#armed = undefined
    return { sleeps: wasArmed ? false : undefined, pause: pauseAfter(changes) }
  }
}

function pauseAfter(changes: number): number {
  if (changes < MANY) return BUSY
  return changes < FLOOD ? CROWDED : FLOODED
}
