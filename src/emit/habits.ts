import type { SharedObject } from '../plan/installed.ts'
import { identifier, literal, sql } from '../sql/fragment.ts'
import { SCHEMA } from './installed.ts'
import { grantToReaders } from './reader-role.ts'

export const HABITS_TABLE = 'habits'

/** The table of what runtimes have learned is asked for at which hour, a row for each cache of which it is learned. */
export function habitsObject(): SharedObject {
  const table = identifier(SCHEMA, HABITS_TABLE)
  const create = sql`
    CREATE TABLE IF NOT EXISTS ${table} (
      ruleset text NOT NULL,
      cache text NOT NULL,
      sketch text NOT NULL,
      written_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
      PRIMARY KEY (ruleset, cache)
    );
    COMMENT ON TABLE ${table} IS ${literal(
      'stalemate, for all rulesets: what runtimes have learned of the hours at which entries are asked for',
    )};
    ${grantToReaders([sql`GRANT SELECT, INSERT, UPDATE ON ${table}`])}
  `
  // Stays while the schema does: what was learned takes weeks, and another ruleset may use it.
  return { kind: 'shared', name: HABITS_TABLE, create: create.toString(), drop: '' }
}
