import type { Clock } from '../options.ts'
import type { Uncovered } from './read-coverage.ts'
import type { Coverage } from './settling.ts'

/** Milliseconds between two looks while transactions are waited for: the first, and the longest. */
const FIRST_PAUSE = 20
const LONGEST_PAUSE = 1_000

export type KeeperSettings = {
  readonly coverage: Coverage
  readonly clock: Clock
  /** Told of the outcome of each look. */
  readonly looked: (uncovered: readonly Uncovered[]) => void
  readonly failed: (error: unknown) => void
}

/** Looks at the coverage when asked to, one look at a time, and by itself while something settles. */
export type Keeper = {
  /** Looks, beginning after this call. */
  readonly look: () => void
  /** What is being looked at is out of date: its outcome does not count. */
  readonly forget: () => void
  readonly close: () => void
}

export function createKeeper({ coverage, clock, looked, failed }: KeeperSettings): Keeper {
  let closed = false
  let running = false
  let again = false
  let generation = 0
  let pause = FIRST_PAUSE
  let cancelTimer = (): void => {}

  const lookOnce = async (): Promise<boolean> => {
    const mine = generation
    try {
      const uncovered = await coverage.look()
      if (mine === generation && !closed) looked(uncovered)
      return uncovered.some(({ reason }) => reason === 'settling')
    } catch (error) {
      if (!closed) failed(error)
      return false
    }
  }
  const run = async (): Promise<void> => {
    cancelTimer()
    running = true
    let settling = false
    do {
      again = false
      settling = await lookOnce()
    } while (again)
    running = false
    pause = settling ? Math.min(pause * 2, LONGEST_PAUSE) : FIRST_PAUSE
    if (settling && !closed) cancelTimer = clock.after(pause, () => void run())
  }
  return {
    look() {
      again = true
      if (!running && !closed) void run()
    },
    forget() {
      generation += 1
    },
    close() {
      closed = true
      again = false
      cancelTimer()
    },
  }
}
