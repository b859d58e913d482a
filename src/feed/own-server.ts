import { StalemateError } from '../errors.ts'
import type { Clock } from '../options.ts'
import type { ListenSession, OpenSession } from './listen-session.ts'
import type { Query } from './publish.ts'
import { within } from './within.ts'

const PID = 'SELECT pg_catalog.pg_backend_pid() AS pid'
/** Among many clients, one look may be lucky. */
const LOOKS = 3

/**
 * Opens sessions that have a server process of their own. A pooler in transaction mode would give what a session sets or
 * listens to, such as `synchronous_commit`, to whoever comes next; so that is found out before anything is set.
 *
 * @param query over another connection to the same address
 * @param timeout milliseconds that the looks may take
 * @throws StalemateError from what it returns: `feed-silent`
 */
export function ownServer(open: OpenSession, query: Query, clock: Clock, timeout: number): OpenSession {
  return async (handlers, signal) => {
    const session = await open(handlers, signal)
    try {
      await within(refuseShared(session, query), clock, timeout)
    } catch (error) {
      session.destroy()
      throw error
    }
    return session
  }
}

/** A pooler hands out the connection that was used last, so that another client gets this session's, or this one another's. */
async function refuseShared(session: ListenSession, query: Query): Promise<void> {
  for (let look = 0; look < LOOKS; look += 1) {
    const before = pidOf(await session.query(PID))
    const other = pidOf(await query(PID, []))
    const after = pidOf(await session.query(PID))
    if (before === after && before !== other) continue
    throw new StalemateError('feed-silent', 'The session has no server process of its own.', {
      hint: 'A pooler in transaction mode stands between: give the runtime a direct connection to PostgreSQL, or a pooler in session mode.',
    })
  }
}

function pidOf({ rows }: { readonly rows: readonly Record<string, unknown>[] }): unknown {
  return rows[0]?.['pid']
}
