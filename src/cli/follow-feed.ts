import { StalemateError } from '../errors.ts'
import { systemClock } from '../options.ts'
import { abortable } from './abortable.ts'
import { explainConnectionError } from './connection-error.ts'
import type { Connection } from './connection.ts'
import type { Manifest } from '../manifest/manifest.ts'
import type { Control, JsonValue } from '../wire/change.ts'

/** A feed that a command talks to the running instances through. */
export type FollowedFeed = AsyncDisposable & {
  readonly send: (control: string, body: JsonValue) => Promise<unknown>
}

/** Milliseconds for the feed to prove that what is sent arrives. */
const READY_WITHIN = 30_000

/**
 * Follows the control messages of a ruleset; resolves once what is sent comes back.
 *
 * @throws StalemateError `connection-failed`, `feed-silent`, `feed-refused`
 */
export async function followFeed(
  manifest: Manifest,
  connection: Connection,
  control: (message: Control) => void,
  signal: AbortSignal,
): Promise<FollowedFeed> {
  const { createPool, openFeed, readOptions } = await loadParts()
  const settings = readOptions({})
  const pool = createPool(connection.config, settings)
  pool.on('error', () => {})
  const { feed } = openFeed(manifest, settings, connection.config, pool, systemClock, Math.random)
  const close = async (): Promise<void> => {
    await feed.close()
    await pool.end()
  }
  let stopTimer = (): void => {}
  const ready = new Promise<void>((resolve, reject) => {
    stopTimer = systemClock.after(READY_WITHIN, () =>
      reject(new StalemateError('feed-silent', `The feed was not live within ${READY_WITHIN / 1000} s.`)),
    )
    feed.start({
      change: () => {},
      gap: () => {},
      alive: () => resolve(),
      control,
      // Once it was live it comes back by itself.
      down: (error) => reject(toError(error)),
      queue: () => {},
      settled: () => undefined,
    })
  })
  try {
    await abortable(ready, signal)
  } catch (error) {
    await close()
    throw explainConnectionError(error, connection)
  } finally {
    stopTimer()
  }
  return { send: feed.send.bind(feed), [Symbol.asyncDispose]: close }
}

function toError(error: unknown): Error {
  if (error instanceof StalemateError) return error
  const message = error instanceof Error ? error.message : String(error)
  return new StalemateError('connection-failed', `The feed cannot be reached: ${message}.`, { cause: error })
}

/** Only when the command runs, so that help stays quick. */
async function loadParts() {
  const [{ createPool }, { openFeed }, { readOptions }] = await Promise.all([
    import('../create-pool.ts'),
    import('../open-feed.ts'),
    import('../read-options.ts'),
  ])
  return { createPool, openFeed, readOptions }
}
