import { StalemateError } from '../errors.ts'
import type { Connection } from './connection.ts'

const SERVER = 'Check that PostgreSQL runs there, and that host and port are right.'

/** Code of the system or SQLSTATE -> what it says, and what to do. */
const CAUSES: Readonly<Record<string, readonly [message: string, hint: string]>> = {
  ECONNREFUSED: ['connection refused', SERVER],
  ENOENT: ['there is no such socket', SERVER],
  ECONNRESET: ['the connection was reset', SERVER],
  EHOSTUNREACH: ['the host is unreachable', SERVER],
  ENOTFOUND: ['the host name is not known', 'Check the spelling of the host.'],
  EAI_AGAIN: ['the host name could not be looked up', 'Check the spelling of the host, and the network.'],
  ETIMEDOUT: ['no answer in time', 'Check host and port, and that no firewall is in between.'],
  '28P01': ['user or password is wrong', 'Check them in the URL, or PGUSER and PGPASSWORD.'],
  '28000': ['the server does not let this user in', 'Check the user, and pg_hba.conf of the server.'],
  '3D000': ['the database does not exist', 'Check its name, or create it with createdb.'],
  '53300': ['the server has no connection left', 'Close some, or raise max_connections.'],
  '57P03': ['the server is not ready', 'It is starting or stopping; try again in a moment.'],
}

function findCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  if (/timeout/i.test(error.message) && !('severity' in error)) return 'ETIMEDOUT'
  return 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

/** Says in plain words which database was not reached, and why; anything else comes back as it is. */
export function explainConnectionError(error: unknown, { description }: Connection): unknown {
  if (!(error instanceof StalemateError) || error.code !== 'connection-failed') return error
  const known = CAUSES[findCode(error.cause) ?? '']
  if (!known) return error
  const [message, hint] = known
  return new StalemateError('connection-failed', `${description} cannot be reached: ${message}.`, {
    hint,
    cause: error.cause,
  })
}
