import { type Fragment, identifier, integer, literal, sql } from '../sql/fragment.ts'
import { MIGRATIONS_TABLE, SCHEMA } from './installed.ts'
import { grantToReaders } from './reader-role.ts'

const table = identifier(SCHEMA, MIGRATIONS_TABLE)

/** Makes the table that says which migrations were applied. */
export function createRecords(): Fragment {
  return sql`
    CREATE SCHEMA IF NOT EXISTS ${identifier(SCHEMA)};
    CREATE TABLE IF NOT EXISTS ${table} (
      ruleset text NOT NULL,
      number int NOT NULL,
      name text NOT NULL,
      checksum text NOT NULL,
      applied_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (ruleset, number)
    );
    COMMENT ON TABLE ${table} IS ${literal('stalemate, for all rulesets: which migrations were applied')};
    ${grantToReaders([sql`GRANT SELECT ON ${table}`])}
  `
}

/** Remembers a migration, as `stalemate apply` does it: for files that another tool applies. */
export function recordMigration(
  ruleset: string,
  { number, name, checksum }: { readonly number: number; readonly name: string; readonly checksum: string },
): Fragment {
  return sql`
    ${createRecords()}
    INSERT INTO ${table} (ruleset, number, name, checksum)
    VALUES (${literal(ruleset)}, ${integer(number)}, ${literal(name)}, ${literal(checksum)});
  `
}
