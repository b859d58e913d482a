import type { SharedObject } from '../plan/installed.ts'
import { identifier, literal, sql } from '../sql/fragment.ts'
import { SCHEMA } from './installed.ts'
import { grantToReaders } from './reader-role.ts'

/** The table of the epochs that an emergency clear raises, for all rulesets. */
export function epochsObject(): SharedObject {
  const table = identifier(SCHEMA, 'epochs')
  const create = sql`
    CREATE TABLE IF NOT EXISTS ${table} (
      ruleset text NOT NULL,
      cache text NOT NULL,
      epoch bigint NOT NULL,
      reason text NOT NULL,
      raised_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
      PRIMARY KEY (ruleset, cache)
    );
    COMMENT ON TABLE ${table} IS ${literal(
      'stalemate, for all rulesets: entries of before the last emergency clear are of an older epoch; an empty cache means all',
    )};
    ${grantToReaders([sql`GRANT SELECT ON ${table}`])}
  `
  // Stays while the schema does: a ruleset that is still there may have raised an epoch.
  return { kind: 'shared', name: 'epochs', create: create.toString(), drop: '' }
}
