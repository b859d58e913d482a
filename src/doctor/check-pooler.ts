import { askOne, blame, type Check, fine } from './finding.ts'

const PID = 'SELECT pg_catalog.pg_backend_pid() AS pid'

/**
 * Whether a session of the client is one of the server. A pooler in transaction mode gives the connection that was used last to
 * whoever comes next: so a second session that opens a transaction gets it from the first.
 */
export const checkPooler: Check = async ({ query, other }) => {
  const before = await askOne(query, PID)
  try {
    await other('BEGIN')
    const second = await askOne(other, PID)
    const after = await askOne(query, PID)
    const isOwn = before['pid'] === after['pid'] && second['pid'] !== before['pid']
    if (isOwn) return [fine('pooler', 'Each session has a server process of its own.')]
  } finally {
    await other('ROLLBACK')
  }
  return [
    blame(
      'pooler',
      'Sessions share server processes: a pooler in transaction mode stands between.',
      'Give the runtime a direct connection to PostgreSQL, or a pooler in session mode.',
    ),
  ]
}
