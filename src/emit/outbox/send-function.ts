import { dollarQuote, type Fragment, identifier, integer, joinSql, literal, sql } from '../../sql/fragment.ts'
import { SCHEMA } from '../installed.ts'
import { BELL_BITS, OUTBOX_FUNCTION, OUTBOX_TABLES, TABLE_BITS } from './names.ts'

/** Makes the function that triggers send with. */
export function sendFunction(): Fragment {
  const name = identifier(SCHEMA, OUTBOX_FUNCTION)
  return sql`
    CREATE OR REPLACE FUNCTION ${name}(bell regclass, channel text, message text) RETURNS void
    LANGUAGE plpgsql
    AS ${dollarQuote(`\n${sendBody().toString()}\n`)};
    COMMENT ON FUNCTION ${name}(regclass, text, text) IS ${literal(
      'stalemate, for all rulesets: puts a message into the outbox, and rings where a reader sleeps',
    )};
    REVOKE ALL ON FUNCTION ${name}(regclass, text, text) FROM PUBLIC;
  `
}

function sendBody(): Fragment {
  const inserts = OUTBOX_TABLES.map((table, number) => {
    const mine = sql`(txid_current() >> ${integer(TABLE_BITS)}) % ${integer(OUTBOX_TABLES.length)} = ${integer(number)}`
    const when = number === 0 ? sql`IF ${mine} THEN` : sql`ELSIF ${mine} THEN`
    return sql`
      ${number === OUTBOX_TABLES.length - 1 ? sql`ELSE` : when}
        INSERT INTO ${identifier(SCHEMA, table)} (channel, message) VALUES (channel, message);
    `
  })
  const state = sql`pg_sequence_last_value(bell)`
  return sql`
    -- Each expression costs a transaction about as much as a tenth of the insert, so there are few.
    BEGIN
      ${joinSql(inserts, '\n')}
      END IF;
      -- Only after the row is written, and without a snapshot: a reader that goes to sleep now either sees this
      -- transaction running and waits for it, or is seen here, also by a transaction whose snapshot is older.
      IF ${state} & ${integer(2 ** BELL_BITS - 1)} <> 0 THEN
        IF ${state} >> ${integer(BELL_BITS)} > extract(epoch FROM clock_timestamp()) THEN
          PERFORM pg_notify(channel, '');
        END IF;
      END IF;
    END
  `
}
