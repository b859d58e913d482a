import type { Clock } from '../options.ts'

/** How often something that was refused is tried, and how long is waited between. Times are milliseconds. */
export type RetrySettings = {
  readonly attempts: number
  /** Longest first pause; doubles with each attempt, drawn at random below that. */
  readonly base: number
  /** Upper limit of a pause. */
  readonly max: number
  readonly clock: Clock
  readonly random: () => number
}

/**
 * Tries until it succeeds, `attempts` times at most, with exponential back-off and full jitter: Brooker, "Exponential
 * Backoff And Jitter", 2015. Rejects with what failed last, or with the signal's reason.
 */
export async function retry<T>(
  { attempts, base, max, clock, random }: RetrySettings,
  signal: AbortSignal | undefined,
  attempt: () => Promise<T> | T,
): Promise<T> {
  for (let number = 1; ; number += 1) {
    signal?.throwIfAborted()
    try {
      return await attempt()
    } catch (error) {
      if (number >= attempts) throw error
      await pause(clock, random() * Math.min(max, base * 2 ** (number - 1)), signal)
    }
  }
}

async function pause(clock: Clock, ms: number, signal: AbortSignal | undefined): Promise<void> {
  let stop: (() => void) | undefined
  await new Promise<void>((resolve, reject) => {
    const undo = clock.after(ms, resolve)
    const abort = (): void => {
      undo()
      reject(signal?.reason as Error)
    }
    signal?.addEventListener('abort', abort, { once: true })
    stop = () => signal?.removeEventListener('abort', abort)
  }).finally(() => stop?.())
}
