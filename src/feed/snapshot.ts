/**
 * The ids of the transactions that were running when a snapshot was taken and had one.
 *
 * @param snapshot the text of a `pg_snapshot`: `xmin:xmax:xip,xip,...` (PostgreSQL, "Transaction ID and Snapshot
 *   Information Functions")
 */
export function runningIn(snapshot: string): ReadonlySet<string> {
  const running = snapshot.split(':')[2] ?? ''
  return new Set(running === '' ? [] : running.split(','))
}
