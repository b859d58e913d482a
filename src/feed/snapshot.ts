/** Which transactions were running at a moment, and which had ended. */
export type Snapshot = {
  /** Every transaction with a lower id had ended. */
  readonly xmin: bigint
  /** None with this id or a higher one had ended; some may have been running. */
  readonly xmax: bigint
  /** Those between that were running. */
  readonly running: ReadonlySet<bigint>
}

/**
 * @param text of a `pg_snapshot`: `xmin:xmax:xip,xip,...` (PostgreSQL, "Transaction ID and Snapshot Information
 *   Functions")
 */
export function parseSnapshot(text: string): Snapshot {
  const [xmin = '0', xmax = '0', running = ''] = text.split(':')
  return {
    xmin: BigInt(xmin),
    xmax: BigInt(xmax),
    running: new Set(running === '' ? [] : running.split(',').map(BigInt)),
  }
}

/**
 * Whether a transaction had ended, so that a read that starts later sees what it committed.
 *
 * @param xid the lower 32 bits of its id, which lies within 2^31 of the snapshot
 */
export function hasEnded(xid: number, { xmin, xmax, running }: Snapshot): boolean {
  const id = xmax + BigInt.asIntN(32, BigInt(xid) - xmax)
  return id < xmin || (id < xmax && !running.has(id))
}

/**
 * The ids of the transactions that were running when a snapshot was taken and had one.
 *
 * @param snapshot the text of a `pg_snapshot`
 */
export function runningIn(snapshot: string): ReadonlySet<string> {
  const running = snapshot.split(':')[2] ?? ''
  return new Set(running === '' ? [] : running.split(','))
}
