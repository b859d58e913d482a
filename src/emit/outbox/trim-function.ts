import { dollarQuote, type Fragment, identifier, integer, joinSql, literal, sql } from '../../sql/fragment.ts'
import { SCHEMA } from '../installed.ts'
import { BELL_FUNCTION, OUTBOX_TABLES, READERS_TABLE, TABLE_BITS, TRIM_FUNCTION } from './names.ts'

/** Makes the function that empties message tables: readers call it from time to time. */
export function trimFunction(): Fragment {
  const name = identifier(SCHEMA, TRIM_FUNCTION)
  return sql`
    CREATE OR REPLACE FUNCTION ${name}() RETURNS int
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET enable_seqscan = off
    AS ${dollarQuote(`\n${trimBody().toString()}\n`)};
    COMMENT ON FUNCTION ${name}() IS ${literal(
      'stalemate, for all rulesets: forgets readers that are gone, and empties tables of the outbox that every reader has; returns how many',
    )};
    REVOKE ALL ON FUNCTION ${name}() FROM PUBLIC;
  `
}

function trimBody(): Fragment {
  const readers = identifier(SCHEMA, READERS_TABLE)
  return sql`
    DECLARE
      trimmed int := 0;
      written CONSTANT bigint := (pg_snapshot_xmax(pg_current_snapshot())::text::bigint >> ${integer(TABLE_BITS)})
        % ${integer(OUTBOX_TABLES.length)};
      gone record;
      bell regclass;
    BEGIN
      -- Under another isolation level the look under the lock would be as old as the transaction.
      IF current_setting('transaction_isolation') <> 'read committed'
         OR NOT pg_try_advisory_xact_lock(${literal(`${SCHEMA}.${READERS_TABLE}`)}::regclass::oid::int, 0) THEN
        RETURN 0;
      END IF;
      -- A reader that is gone holds nothing any more: should it come back, it misses its row and knows of the gap.
      FOR gone IN DELETE FROM ${readers} AS r WHERE r.until < clock_timestamp() RETURNING r.channel, r.slot LOOP
        bell := to_regclass(format('%I.%I', ${literal(SCHEMA)}, gone.channel));
        IF gone.slot IS NOT NULL AND bell IS NOT NULL THEN
          PERFORM ${identifier(SCHEMA, BELL_FUNCTION)}(bell, gone.slot, false);
        END IF;
      END LOOP;
      -- No DELETE, which would leave the rows to vacuum; and no waiting for a lock, behind which writers would wait.
      ${joinSql(OUTBOX_TABLES.map(trimTable), '\n')}
      RETURN trimmed;
    END
  `
}

function trimTable(table: string, number: number): Fragment {
  const name = identifier(SCHEMA, table)
  // All below the oldest that ran then is visible: the index leaves next to nothing to look at of what was read. The
  // limit keeps the two from being joined as they like best.
  const isNeeded = sql`
    EXISTS (
      SELECT FROM ${identifier(SCHEMA, READERS_TABLE)} AS r CROSS JOIN LATERAL (
        SELECT FROM ${name} AS o
        WHERE o.xid >= pg_snapshot_xmin(r.position) AND o.channel = r.channel
          AND NOT pg_visible_in_snapshot(o.xid, r.position)
        LIMIT 1
      ) AS missing
    )
  `
  return sql`
    IF written <> ${integer(number)} AND EXISTS (SELECT FROM ${name}) AND NOT ${isNeeded} THEN
      BEGIN
        LOCK TABLE ${name} IN ACCESS EXCLUSIVE MODE NOWAIT;
        -- Who held the lock until now may have written more.
        IF NOT ${isNeeded} THEN
          TRUNCATE ${name};
          trimmed := trimmed + 1;
        END IF;
      EXCEPTION WHEN lock_not_available THEN
        NULL;
      END;
    END IF;
  `
}
