import { dollarQuote, type Fragment, identifier, integer, literal, sql } from '../../sql/fragment.ts'
import { SCHEMA } from '../installed.ts'
import { BELL_BITS, BELL_FUNCTION } from './names.ts'

/** Seconds for which sleepers are believed in after one of them was last heard of. */
const BELIEVED = 60

/** Makes the function by which a reader says that it sleeps, or that it does not. */
export function bellFunction(): Fragment {
  const name = identifier(SCHEMA, BELL_FUNCTION)
  const body = sql`
    DECLARE
      bells bigint;
      until bigint := extract(epoch FROM clock_timestamp())::bigint + ${integer(BELIEVED)};
    BEGIN
      -- The state of a sequence is changed at once and for all; the lock is for readers only.
      PERFORM pg_advisory_xact_lock(bell::oid::int, 0);
      bells := coalesce(pg_sequence_last_value(bell), 0) & ${integer(2 ** BELL_BITS - 1)};
      bells := CASE WHEN sleeps THEN bells | (1::bigint << slot) ELSE bells & ~(1::bigint << slot) END;
      PERFORM setval(bell, (until << ${integer(BELL_BITS)}) | bells);
    END
  `
  return sql`
    CREATE OR REPLACE FUNCTION ${name}(bell regclass, slot int, sleeps boolean) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
    AS ${dollarQuote(`\n${body.toString()}\n`)};
    COMMENT ON FUNCTION ${name}(regclass, int, boolean) IS ${literal(
      'stalemate, for all rulesets: a reader of the outbox sleeps, and wants to be woken, or does not',
    )};
    REVOKE ALL ON FUNCTION ${name}(regclass, int, boolean) FROM PUBLIC;
  `
}
