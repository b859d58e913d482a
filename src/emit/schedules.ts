import type { SharedObject } from '../plan/installed.ts'
import { identifier, literal, sql } from '../sql/fragment.ts'
import { SCHEMA } from './installed.ts'
import { grantToReaders } from './reader-role.ts'

export const SCHEDULES_TABLE = 'schedules'

/** The table of the times for which schedules were run, a row for each warming set that instances run for one another. */
export function schedulesObject(): SharedObject {
  const table = identifier(SCHEMA, SCHEDULES_TABLE)
  const create = sql`
    CREATE TABLE IF NOT EXISTS ${table} (
      ruleset text NOT NULL,
      warming text NOT NULL,
      tick timestamptz NOT NULL,
      ended_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
      PRIMARY KEY (ruleset, warming)
    );
    COMMENT ON TABLE ${table} IS ${literal(
      'stalemate, for all rulesets: the last time of its schedule that a warming set was run for, where instances share what it loads',
    )};
    ${grantToReaders([sql`GRANT SELECT, INSERT, UPDATE ON ${table}`])}
  `
  // Stays while the schema does: another ruleset may use it.
  return { kind: 'shared', name: SCHEDULES_TABLE, create: create.toString(), drop: '' }
}
