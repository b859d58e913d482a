import { dollarQuote, type Fragment, identifier, literal, sql } from '../sql/fragment.ts'
import { SCHEMA } from './installed.ts'

/** The role that gets what a runtime needs, where a database has one: runtimes are made members of it. */
export const READER_ROLE = 'stalemate_reader'

/**
 * Grants the reading role what a runtime needs of some objects. Roles belong to the whole server, so none is made here.
 * @param grants each up to `TO`
 */
export function grantToReaders(grants: readonly Fragment[]): Fragment {
  const role = identifier(READER_ROLE)
  const all = [sql`GRANT USAGE ON SCHEMA ${identifier(SCHEMA)}`, ...grants]
  const lines = all.map((grant) => `    ${grant.toString()} TO ${role.toString()};`)
  const block = [
    'BEGIN',
    `  IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = ${literal(READER_ROLE).toString()}) THEN`,
    ...lines,
    '  END IF;',
    'END',
  ]
  return sql`
    -- Runtimes that are no members of this role need the same grants.
    DO ${dollarQuote(`\n${block.join('\n')}\n`)};
  `
}
