import { BASELINE } from '../harness/benchmark.ts'
import { type Capture, compileCapture } from '../write/captures.ts'

/** The trigger below which none can be that sees both versions of a row. */
export const EMPTY = 'empty trigger'

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
  const empty = { name: EMPTY, table: 'bulk_empty', install: createEmptyTrigger('bulk_empty') }
  return {
    all: [baseline, empty, await compile('outbox', 'outbox'), await compile('wal', 'wal')],
    keys: [
      baseline,
      empty,
      await compile('outbox, every key', 'outbox', UNBOUND_KEYS),
      await compile('wal, every key', 'wal', UNBOUND_KEYS),
    ],
  }
}

function createEmptyTrigger(table: string): string {
  return `
CREATE FUNCTION nothing_of_${table}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
CREATE TRIGGER nothing_of_${table} AFTER UPDATE ON ${table} REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION nothing_of_${table}()`
}
