/** Which transactions were running at a moment, and which had ended. */
export type Snapshot = {
  /** Every transaction with a lower id had ended. */
  readonly xmin: bigint
  /** None with this id or a higher one had ended; some may have been running. */
  readonly xmax: bigint
  /** Those between that were running. */
  readonly running: ReadonlySet<bigint>
  /** The lower 32 bits of `xmax`, and how far `xmin` lies below it: most transactions are judged by these. */
  readonly low: number
  readonly span: number
}

/**
 * @param text of a `pg_snapshot`: `xmin:xmax:xip,xip,...` (PostgreSQL, "Transaction ID and Snapshot Information
 *   Functions")
 */
export function parseSnapshot(text: string): Snapshot {
  const [begin = '0', end = '0', running = ''] = text.split(':')
  const [xmin, xmax] = [BigInt(begin), BigInt(end)]
  return {
    xmin,
    xmax,
    running: new Set(running === '' ? [] : running.split(',').map(BigInt)),
    low: Number(BigInt.asUintN(32, xmax)),
    span: Number(xmax - xmin),
  }
}

/**
 * Whether a transaction had ended, so that a read that starts later sees what it committed.
 *
 * @param xid the lower 32 bits of its id, which lies within 2^31 of the snapshot
 */
export function hasEnded(xid: number, { xmax, running, low, span }: Snapshot): boolean {
  // By how much it lies below `xmax`, across the wrap of 32 bits.
  const below = (low - xid) | 0
  return below > span || (below > 0 && !running.has(xmax - BigInt(below)))
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
