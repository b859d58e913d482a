import { hasEnded, type Snapshot } from './snapshot.ts'

/** Looks without a pause between them: most transactions that can't be seen yet can at the second look. */
const AT_ONCE = 3
/** Milliseconds after which a transaction that could not be seen is looked at again: at first, and at most. */
const FIRST_PAUSE = 1
const LONGEST_PAUSE = 20
/** Milliseconds from a look that brought something to the next: what comes in close order is looked for together. */
const REST = 1
/** The same where many come. */
const LONG_REST = 10
/** Transactions a millisecond that are many. */
const MANY = 6

export type VisibilityParts<T> = {
  /** Reads a snapshot of the primary that is taken after the call. */
  readonly readSnapshot: () => Promise<Snapshot>
  /** Takes what can be seen now, in the order in which it was given. */
  readonly handOver: (ended: readonly T[]) => void
  readonly after: (ms: number, callback: () => void) => () => void
  /** Nothing is gained by adding anything until `release`: it would not be looked for before. */
  readonly hold: () => void
  readonly release: () => void
  /** Milliseconds since some moment. */
  readonly now: () => number
  /** Whether so much has come that a rest would hold it up. */
  readonly isBehind: () => boolean
  /** A look failed. */
  readonly failed: (error: unknown) => void
}

/**
 * Holds back transactions that were decoded from the WAL until a read of the primary sees them.
 *
 * A commit is written to the WAL first, then waits for synchronous standbys, then becomes visible. In between every
 * reader of the primary sees the old rows, so nothing that is held is stale yet; but what is loaded in between must
 * not be kept. As soon as one snapshot sees the transaction, every later one does.
 */
export class Visibility<T extends { readonly xid: number }> {
  readonly #parts: VisibilityParts<T>
  #waiting: T[] = []
  #isLooking = false
  #isStopped = false
  /** Looks in a row that brought nothing, since the last arrival. */
  #fruitless = 0
  /** Many have come between the last two looks that brought something. */
  #isBusy = false
  /** When a look last brought something. */
  #foundAt = -Infinity
  #wake: (() => void) | undefined

  constructor(parts: VisibilityParts<T>) {
    this.#parts = parts
  }

  /** Hands a transaction over as soon as it can be seen. */
  add(transaction: T): void {
    this.#waiting.push(transaction)
    this.#fruitless = 0
    if (this.#isLooking) this.#wake?.()
    else void this.#look()
  }

  /** Nothing is handed over any more. */
  stop(): void {
    this.#isStopped = true
    this.#waiting = []
    this.#wake?.()
  }

  async #look(): Promise<void> {
    this.#isLooking = true
    try {
      while (this.#waiting.length > 0) {
        // What comes while the server answers is only worth a wake-up where little comes.
        if (this.#isBusy) this.#parts.hold()
        const snapshot = await this.#parts.readSnapshot()
        const [ended, waiting] = divide(this.#waiting, snapshot)
        this.#waiting = waiting
        if (ended.length > 0) {
          this.#fruitless = 0
          this.#parts.handOver(ended)
          await this.#rest(ended.length)
        }
        if (this.#isStopped) return
        this.#parts.release()
        if (ended.length === 0) await this.#pause()
      }
    } catch (error) {
      if (!this.#isStopped) this.#parts.failed(error)
    } finally {
      this.#isLooking = false
    }
  }

  /** Under load a look for each transaction would cost more than all else that is done for it. */
  async #rest(found: number): Promise<void> {
    const now = this.#parts.now()
    const ms = Math.max(this.#isBusy ? LONG_REST : REST, now - this.#foundAt)
    this.#foundAt = now
    this.#isBusy = found >= MANY * ms
    if (this.#isStopped || this.#parts.isBehind()) return
    this.#parts.hold()
    await new Promise<void>((resolve) => this.#parts.after(this.#isBusy ? LONG_REST : REST, resolve))
  }

  async #pause(): Promise<void> {
    this.#fruitless += 1
    if (this.#fruitless < AT_ONCE) return
    const ms = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (this.#fruitless - AT_ONCE))
    await new Promise<void>((resolve) => {
      const cancel = this.#parts.after(ms, resolve)
      this.#wake = () => {
        cancel()
        resolve()
      }
    })
    this.#wake = undefined
  }
}

function divide<T extends { readonly xid: number }>(
  transactions: readonly T[],
  snapshot: Snapshot,
): readonly [T[], T[]] {
  const [ended, waiting]: [T[], T[]] = [[], []]
  for (const transaction of transactions) {
    if (hasEnded(transaction.xid, snapshot)) ended.push(transaction)
    else waiting.push(transaction)
  }
  return [ended, waiting]
}
