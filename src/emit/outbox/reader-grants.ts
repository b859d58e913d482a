import type { Plan } from '../../plan/plan.ts'
import { dollarQuote, type Fragment, identifier, joinSql, literal, sql } from '../../sql/fragment.ts'
import { SCHEMA } from '../installed.ts'
import { BELL_FUNCTION, OUTBOX_FUNCTION, OUTBOX_TABLES, READERS_TABLE, TRIM_FUNCTION } from './names.ts'

/** The role that gets what a runtime needs, where a database has one: runtimes are made members of it. */
export const READER_ROLE = 'stalemate_reader'

/** Grants the reading role what a runtime needs, and nothing else. Roles belong to the whole server, so none is made here. */
export function grantReaders({ channel }: Plan): Fragment {
  const role = identifier(READER_ROLE)
  const names = (...objects: readonly string[]): Fragment =>
    joinSql(
      objects.map((object) => identifier(SCHEMA, object)),
      ', ',
    )
  const block = sql`
    BEGIN
      IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = ${literal(READER_ROLE)}) THEN
        GRANT USAGE ON SCHEMA ${identifier(SCHEMA)} TO ${role};
        GRANT SELECT, INSERT, TRUNCATE ON ${names(...OUTBOX_TABLES)} TO ${role};
        GRANT SELECT, INSERT, UPDATE, DELETE ON ${names(READERS_TABLE)} TO ${role};
        GRANT SELECT, UPDATE ON SEQUENCE ${names(channel)} TO ${role};
        GRANT EXECUTE ON FUNCTION ${names(OUTBOX_FUNCTION, BELL_FUNCTION, TRIM_FUNCTION)} TO ${role};
      END IF;
    END
  `
  return sql`
    -- Runtimes that are no members of this role need the same grants.
    DO ${dollarQuote(`\n${block.toString()}\n`)};
  `
}
