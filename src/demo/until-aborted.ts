/** Follows a promise until the signal aborts, then rejects with its reason; the work itself goes on. */
export async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted()
  const stop = new AbortController()
  const aborted = new Promise<never>((_, reject) => {
    const options = { once: true, signal: stop.signal }
    signal.addEventListener('abort', () => reject(signal.reason as Error), options)
  })
  try {
    return await Promise.race([work, aborted])
  } finally {
    stop.abort()
  }
}
