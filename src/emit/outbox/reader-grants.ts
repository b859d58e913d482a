import type { Plan } from '../../plan/plan.ts'
import { type Fragment, identifier, joinSql, sql } from '../../sql/fragment.ts'
import { SCHEMA } from '../installed.ts'
import { grantToReaders } from '../reader-role.ts'
import { BELL_FUNCTION, OUTBOX_FUNCTION, OUTBOX_TABLES, READERS_TABLE, TRIM_FUNCTION } from './names.ts'

/** Grants the reading role what a runtime needs of the outbox, and nothing else. */
export function grantReaders({ channel }: Plan): Fragment {
  const names = (...objects: readonly string[]): Fragment =>
    joinSql(
      objects.map((object) => identifier(SCHEMA, object)),
      ', ',
    )
  return grantToReaders([
    sql`GRANT SELECT, INSERT, TRUNCATE ON ${names(...OUTBOX_TABLES)}`,
    sql`GRANT SELECT, INSERT, UPDATE, DELETE ON ${names(READERS_TABLE)}`,
    sql`GRANT SELECT, UPDATE ON SEQUENCE ${names(channel)}`,
    sql`GRANT EXECUTE ON FUNCTION ${names(OUTBOX_FUNCTION, BELL_FUNCTION, TRIM_FUNCTION)}`,
  ])
}
