import { BASELINE } from '../harness/benchmark.ts'
import { type Capture, compileCapture, createBounds } from '../write/captures.ts'

/** More keys than any statement here has. */
export const UNBOUND_KEYS = 200_000

export type BulkCaptures = {
  /** Measured with every statement. */
  readonly all: readonly Capture[]
  /** Measured where all keys are to be told one by one. */
  readonly keys: readonly Capture[]
}

export async function createBulkCaptures(): Promise<BulkCaptures> {
  const compile = async (name: string, feed: 'outbox' | 'wal', maxKeys?: number): Promise<Capture> => {
    const own = `bulk_${feed}${maxKeys === undefined ? '' : '_keys'}`
    const options = { feed, name: own, table: own, ...(maxKeys !== undefined && { maxKeys }) }
    return (await compileCapture(name, options)).capture
  }
  const baseline = { name: BASELINE, table: 'bulk_plain', install: '' }
  const bounds = createBounds('bulk')
  return {
    all: [baseline, ...bounds, await compile('outbox', 'outbox'), await compile('wal', 'wal')],
    keys: [
      baseline,
      ...bounds,
      await compile('outbox, every key', 'outbox', UNBOUND_KEYS),
      await compile('wal, every key', 'wal', UNBOUND_KEYS),
    ],
  }
}
