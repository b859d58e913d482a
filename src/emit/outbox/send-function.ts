import { dollarQuote, type Fragment, identifier, integer, joinSql, literal, sql } from '../../sql/fragment.ts'
import { SCHEMA } from '../installed.ts'
import { MAX_MESSAGE_BYTES } from '../max-message-bytes.ts'
import { BELL_BITS, OUTBOX_FUNCTION, OUTBOX_TABLES, TABLE_BITS } from './names.ts'

/** Makes the function that triggers send with. */
export function sendFunction(): Fragment {
  const name = identifier(SCHEMA, OUTBOX_FUNCTION)
  return sql`
    CREATE OR REPLACE FUNCTION ${name}(bell regclass, channel text, head text, targets text) RETURNS void
    LANGUAGE plpgsql
    AS ${dollarQuote(`\n${sendBody().toString()}\n`)};
    COMMENT ON FUNCTION ${name}(regclass, text, text, text) IS ${literal(
      'stalemate, for all rulesets: puts the targets of a change into the outbox, and rings where a reader sleeps',
    )};
    REVOKE ALL ON FUNCTION ${name}(regclass, text, text, text) FROM PUBLIC;
  `
}

function sendBody(): Fragment {
  const inserts = OUTBOX_TABLES.map((table, number) => {
    const when = number === OUTBOX_TABLES.length - 1 ? sql`ELSE` : sql`WHEN ${integer(number)} THEN`
    return sql`
      ${when}
        INSERT INTO ${identifier(SCHEMA, table)} (channel, message) VALUES (channel, message);
    `
  })
  return sql`
    -- head is the beginning of a message, targets is JSON to stand between it and the closing brackets.
    DECLARE
      message text := head || targets || ']}';
      bells bigint;
    BEGIN
      IF octet_length(message) > ${integer(MAX_MESSAGE_BYTES)} THEN
        message := head || (
          SELECT string_agg(DISTINCT json_build_array(value -> 0, 'too-long')::text, ',')
          FROM json_array_elements(('[' || targets || ']')::json)
        ) || ']}';
      END IF;
      CASE (txid_current() >> ${integer(TABLE_BITS)}) % ${integer(OUTBOX_TABLES.length)}
        ${joinSql(inserts, '\n')}
      END CASE;
      -- Only after the row is written, and without a snapshot: a reader that goes to sleep now either sees this
      -- transaction running and waits for it, or is seen here, also by a transaction whose snapshot is older.
      bells := pg_sequence_last_value(bell);
      IF bells & ${integer(2 ** BELL_BITS - 1)} <> 0
         AND bells >> ${integer(BELL_BITS)} > extract(epoch FROM clock_timestamp()) THEN
        PERFORM pg_notify(channel, '');
      END IF;
    END
  `
}
