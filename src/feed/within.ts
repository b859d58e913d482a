import { StalemateError } from '../errors.ts'
import type { Clock } from '../options.ts'

/**
 * What `work` gives, if it does so within `timeout` milliseconds.
 *
 * @throws StalemateError `feed-silent` when it does not
 */
export async function within<T>(work: Promise<T>, clock: Clock, timeout: number): Promise<T> {
  let cancel = (): void => {}
  const late = new Promise<never>((_, reject) => {
    cancel = clock.after(timeout, () =>
      reject(silent(`Nothing came back from the server within ${timeout} ms.`)),
    )
  })
  try {
    return await Promise.race([work, late])
  } finally {
    cancel()
  }
}

/** The error of a feed that does not deliver. */
export function silent(message: string): StalemateError {
  return new StalemateError('feed-silent', message)
}
