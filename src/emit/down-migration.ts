import type { Plan } from '../plan/plan.ts'
import { dollarQuote, type Fragment, identifier, joinSql, literal, sql } from '../sql/fragment.ts'
import { commentBanner } from './comment-banner.ts'
import { EMIT_FUNCTION, MIGRATIONS_TABLE, SCHEMA } from './installed.ts'
import { removeOutbox } from './outbox/objects.ts'
import type { Emitter } from './output.ts'

/** Undoes the first migration, its record included; what other rulesets need stays. */
export const downMigrationOutput: Emitter = {
  path: 'migrations/0001_initial.down.sql',
  emit: ({ plan, sources }) => `${emitDown(plan, sources).toString()}\n`,
}

function emitDown(plan: Plan, sources: readonly string[]): Fragment {
  const functions = plan.tables.flatMap((table) => table.triggers.map((trigger) => trigger.function))
  const drops = functions.map((name) => sql`DROP FUNCTION IF EXISTS ${identifier(SCHEMA, name)}() CASCADE;`)
  return sql`
    ${commentBanner(sources)}

    -- With each function goes the trigger that calls it, whatever its table is called by now.
    ${joinSql(drops, '\n')}

    DO ${dollarQuote(`\n${removeShared(plan).toString()}\n`)};
  `
}

function removeShared(plan: Plan): Fragment {
  const schema = literal(SCHEMA)
  const migrations = identifier(SCHEMA, MIGRATIONS_TABLE)
  const rest = sql`
    IF to_regclass(${literal(`${SCHEMA}.${MIGRATIONS_TABLE}`)}) IS NOT NULL THEN
      DELETE FROM ${migrations} WHERE ruleset = ${literal(plan.ruleset)} AND number = 1;
      IF NOT EXISTS (SELECT FROM ${migrations}) THEN
        DROP TABLE ${migrations};
      END IF;
    END IF;
    -- The rest is shared, and goes with the last ruleset.
    IF NOT EXISTS (
      SELECT FROM pg_catalog.pg_proc
      WHERE pronamespace = to_regnamespace(${schema}) AND prorettype = 'pg_catalog.trigger'::regtype
    ) THEN
      DROP FUNCTION IF EXISTS ${identifier(SCHEMA, EMIT_FUNCTION)}(text, text, text);
      BEGIN
        DROP SCHEMA IF EXISTS ${identifier(SCHEMA)};
      EXCEPTION WHEN dependent_objects_still_exist THEN
        RAISE NOTICE 'schema % stays, since it holds objects that are not of stalemate', ${schema};
      END;
    END IF;
  `
  return sql`
    BEGIN
      ${joinSql(plan.feed === 'outbox' ? [removeOutbox(plan), rest] : [rest], '\n')}
    END
  `
}
