/** A place in a server's WAL, and which server that is. */
export type Place = {
  /** The cluster, which replicas share with their primary. */
  readonly system: string
  /** This very server, since its start. */
  readonly server: string
  /** The session that looked. While it lives its server has not crashed, so that its position has only moved forward. */
  readonly session: string
  /** Up to where everything is visible: on a standby what it has replayed, on a primary all that there is. */
  readonly position: bigint
  readonly isStandby: boolean
}

export type Ask = (text: string) => Promise<{ readonly rows: readonly Record<string, unknown>[] }>

/**
 * What was inserted into the WAL, and not what was flushed: a commit that does not wait for the disk is visible sooner. A
 * standby counts a commit as replayed only when its readers see it.
 */
const LOOK = `SELECT pg_catalog.pg_is_in_recovery() AS standby,
  CASE WHEN pg_catalog.pg_is_in_recovery() THEN pg_catalog.pg_last_wal_replay_lsn()
    ELSE pg_catalog.pg_current_wal_insert_lsn() END::text AS position,
  pg_catalog.pg_postmaster_start_time()::text AS started, pg_catalog.pg_backend_pid() AS session,
  (SELECT system_identifier::text FROM pg_catalog.pg_control_system()) AS system`

export async function readPlace(ask: Ask): Promise<Place> {
  const { rows } = await ask(LOOK)
  const { standby, position, started, session, system } = rows[0] as Readonly<Record<string, unknown>>
  return {
    system: String(system),
    server: `${String(system)} ${String(started)}`,
    session: `${String(system)} ${String(started)} ${String(session)}`,
    position: parsePosition(String(position)),
    isStandby: standby === true,
  }
}

/** Two hexadecimal halves of 32 bits with a slash in between, as PostgreSQL prints a `pg_lsn`. */
export function parsePosition(text: string): bigint {
  const [high = '', low = ''] = text.split('/')
  return (BigInt(`0x${high}`) << 32n) + BigInt(`0x${low}`)
}
