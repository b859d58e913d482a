import type { Plan } from '../../plan/plan.ts'
import { type Fragment, identifier, joinSql, literal, sql } from '../../sql/fragment.ts'
import { SCHEMA } from '../installed.ts'
import { bellFunction } from './bell-function.ts'
import { BELL_FUNCTION, OUTBOX_FUNCTION, OUTBOX_TABLES, READERS_TABLE, TRIM_FUNCTION } from './names.ts'
import { grantReaders } from './reader-grants.ts'
import { sendFunction } from './send-function.ts'
import { trimFunction } from './trim-function.ts'

/** Makes what all rulesets with an outbox share, and the bell of this one. */
export function makeOutbox(plan: Plan): Fragment {
  const readers = identifier(SCHEMA, READERS_TABLE)
  const bell = identifier(SCHEMA, plan.channel)
  return sql`
    ${joinSql(OUTBOX_TABLES.map(makeTable), '\n\n')}

    -- A crash empties it, as it may give out transaction ids anew: readers then know of a gap.
    CREATE UNLOGGED TABLE IF NOT EXISTS ${readers} (
      id text PRIMARY KEY,
      channel text NOT NULL,
      slot int,
      position pg_catalog.pg_snapshot NOT NULL,
      until timestamptz NOT NULL,
      UNIQUE (channel, slot)
    ) WITH (fillfactor = 50);
    COMMENT ON TABLE ${readers} IS ${literal(
      'stalemate, for all rulesets: who reads the outbox, what it has, and until when it is waited for',
    )};

    CREATE UNLOGGED SEQUENCE IF NOT EXISTS ${bell} AS bigint MINVALUE 0 START WITH 0;
    COMMENT ON SEQUENCE ${bell} IS ${literal(
      `stalemate, ruleset ${plan.ruleset}: which readers of the outbox sleep and want to be woken`,
    )};

    ${sendFunction()}

    ${bellFunction()}

    ${trimFunction()}

    ${grantReaders(plan)}
  `
}

function makeTable(table: string): Fragment {
  const name = identifier(SCHEMA, table)
  return sql`
    CREATE TABLE IF NOT EXISTS ${name} (
      xid pg_catalog.xid8 NOT NULL DEFAULT pg_catalog.pg_current_xact_id(),
      channel text NOT NULL,
      message text NOT NULL
    ) WITH (autovacuum_enabled = off);
    CREATE INDEX IF NOT EXISTS ${identifier(`${table}_xid`)} ON ${name} (xid);
    COMMENT ON TABLE ${name} IS ${literal(
      'stalemate, for all rulesets: what committed transactions made wrong, until every reader has it',
    )};
  `
}

/** Removes the bell; with the last one, what all rulesets with an outbox share. Stands in a block of PL/pgSQL. */
export function removeOutbox(plan: Plan): Fragment {
  const tables = [READERS_TABLE, ...OUTBOX_TABLES].map(
    (table) => sql`DROP TABLE IF EXISTS ${identifier(SCHEMA, table)};`,
  )
  return sql`
    DROP SEQUENCE IF EXISTS ${identifier(SCHEMA, plan.channel)};
    IF to_regclass(${literal(`${SCHEMA}.${READERS_TABLE}`)}) IS NOT NULL THEN
      DELETE FROM ${identifier(SCHEMA, READERS_TABLE)} WHERE channel = ${literal(plan.channel)};
    END IF;
    -- The rest of the outbox is shared, and goes with the last bell.
    IF NOT EXISTS (
      SELECT FROM pg_catalog.pg_class WHERE relnamespace = to_regnamespace(${literal(SCHEMA)}) AND relkind = 'S'
    ) THEN
      DROP FUNCTION IF EXISTS ${identifier(SCHEMA, OUTBOX_FUNCTION)}(regclass, text, text);
      DROP FUNCTION IF EXISTS ${identifier(SCHEMA, BELL_FUNCTION)}(regclass, int, boolean);
      DROP FUNCTION IF EXISTS ${identifier(SCHEMA, TRIM_FUNCTION)}();
      ${joinSql(tables, '\n')}
    END IF;
  `
}
