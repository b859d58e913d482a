import { dollarQuote, type Fragment, identifier, integer, literal, sql } from '../sql/fragment.ts'
import { EMIT_FUNCTION, SCHEMA } from './installed.ts'

/** PostgreSQL raises an error, in the user's transaction, for a payload of 8,000 bytes. */
const MAX_BYTES = 7900

/** Makes the function that all triggers send with. */
export function emitFunction(): Fragment {
  const name = identifier(SCHEMA, EMIT_FUNCTION)
  return sql`
    CREATE OR REPLACE FUNCTION ${name}(channel text, head text, targets text) RETURNS void
    LANGUAGE plpgsql
    AS ${dollarQuote(`\n${emitBody().toString()}\n`)};
    COMMENT ON FUNCTION ${name}(text, text, text) IS ${literal(
      'stalemate, for all rulesets: sends the targets of a change on a channel, in as many messages as they need',
    )};
    REVOKE ALL ON FUNCTION ${name}(text, text, text) FROM PUBLIC;
  `
}

/** Removes it unless a trigger function, of any ruleset, still calls it. */
export function dropEmitFunction(): Fragment {
  const remove = sql`
    BEGIN
      IF NOT EXISTS (
        SELECT FROM pg_catalog.pg_proc
        WHERE pronamespace = to_regnamespace(${literal(SCHEMA)}) AND prorettype = 'pg_catalog.trigger'::regtype
          AND strpos(prosrc, ${literal(`${SCHEMA}.${EMIT_FUNCTION}(`)}) > 0
      ) THEN
        DROP FUNCTION IF EXISTS ${identifier(SCHEMA, EMIT_FUNCTION)}(text, text, text);
      END IF;
    END
  `
  return sql`DO ${dollarQuote(`\n${remove.toString()}\n`)};`
}

function emitBody(): Fragment {
  return sql`
    -- head is the beginning of a message, targets is JSON to stand between it and the closing brackets.
    DECLARE
      room CONSTANT int := ${integer(MAX_BYTES)} - octet_length(head) - octet_length(']}');
      target json;
      width int;
      opening text;
      keys text[];
      key text;
      closing text;
      opened boolean;
      message text := '';
    BEGIN
      IF octet_length(targets) < room THEN
        PERFORM pg_notify(channel, head || targets || ']}');
        RETURN;
      END IF;
      -- Too much for one message. Bytes count, not characters.
      FOR target IN SELECT value FROM json_array_elements(('[' || targets || ']')::json) LOOP
        -- How many values a key, or a link, has.
        width := CASE json_typeof(target -> 1)
          WHEN 'array' THEN json_array_length(target -> 1)
          WHEN 'object' THEN (target -> 1 ->> 'n')::int
        END;
        IF width IS NOT NULL THEN
          opening := '[' || (target -> 0) || ',' || (target -> 1) || ',[';
          closing := ']]';
          keys := ARRAY(
            SELECT string_agg(v.value::text, ',' ORDER BY v.number)
            FROM json_array_elements(target -> 2) WITH ORDINALITY AS v(value, number)
            GROUP BY (v.number - 1) / width
          );
          IF EXISTS (
            SELECT FROM unnest(keys) AS k WHERE octet_length(opening) + octet_length(k) + octet_length(closing) >= room
          ) THEN
            target := json_build_array(target -> 0, 'too-long');
          END IF;
        END IF;
        IF json_typeof(target -> 1) = 'string' THEN
          opening := target;
          closing := '';
          keys := ARRAY[''];
        END IF;
        opened := false;
        FOREACH key IN ARRAY keys LOOP
          IF octet_length(message) + octet_length(',') + octet_length(opening) + octet_length(key)
             + octet_length(closing) >= room THEN
            PERFORM pg_notify(channel, head || message || CASE WHEN opened THEN closing ELSE '' END || ']}');
            message := '';
            opened := false;
          END IF;
          message := message || CASE WHEN opened OR message <> '' THEN ',' ELSE '' END
            || CASE WHEN opened THEN '' ELSE opening END || key;
          opened := true;
        END LOOP;
        message := message || closing;
      END LOOP;
      PERFORM pg_notify(channel, head || message || ']}');
    END
  `
}
