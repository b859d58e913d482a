import { StalemateError } from './errors.ts'
import type { Clock } from './options.ts'

export type WaitOptions = {
  /** Gives up waiting, with its reason. */
  readonly signal?: AbortSignal
  /** Milliseconds; without a limit unless given. */
  readonly timeout?: number
}

/**
 * What `work` resolves with, unless waiting for it is given up before. The work itself goes on.
 *
 * @throws StalemateError `sync-timeout`; or the signal's reason
 */
export async function waitWithin<T>(
  work: () => Promise<T>,
  { signal, timeout }: WaitOptions,
  clock: Clock,
): Promise<T> {
  signal?.throwIfAborted()
  const undo: (() => void)[] = []
  const given = new Promise<never>((_, reject) => {
    if (signal !== undefined) {
      const abort = (): void => reject(signal.reason as Error)
      signal.addEventListener('abort', abort, { once: true })
      undo.push(() => signal.removeEventListener('abort', abort))
    }
    if (timeout === undefined) return
    const message = `What had been committed was not applied within ${timeout} ms.`
    const hint = 'Wait longer, or look at health() for what the runtime waits for.'
    undo.push(clock.after(timeout, () => reject(new StalemateError('sync-timeout', message, { hint }))))
  })
  try {
    return await Promise.race([work(), given])
  } finally {
    for (const stop of undo) stop()
  }
}
