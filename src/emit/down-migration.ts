import type { Step } from '../plan/diff-installed.ts'
import type { Plan } from '../plan/plan.ts'
import { dollarQuote, type Fragment, identifier, integer, joinSql, literal, sql } from '../sql/fragment.ts'
import { commentBanner } from './comment-banner.ts'
import { COVER_FUNCTION } from './cover-function.ts'
import { DDL_OBJECT } from './ddl/ddl-object.ts'
import { HABITS_TABLE } from './habits.ts'
import { EMIT_FUNCTION, MIGRATIONS_TABLE, SCHEMA } from './installed.ts'
import { removeOutbox } from './outbox/objects.ts'
import type { EmitInput } from './output.ts'
import { removePublication } from './publication.ts'
import { renderStep } from './render-step.ts'
import { SCHEDULES_TABLE } from './schedules.ts'
import { coverTables } from './up-migration.ts'

const migrations = identifier(SCHEMA, MIGRATIONS_TABLE)
const epochs = identifier(SCHEMA, 'epochs')
const habits = identifier(SCHEMA, HABITS_TABLE)
const schedules = identifier(SCHEMA, SCHEDULES_TABLE)

/** The SQL that takes a migration back, its record included; what other rulesets need stays. */
export function emitDown(
  number: number,
  steps: readonly Step[],
  { plan, sources }: Pick<EmitInput, 'plan' | 'sources'>,
  news: Fragment,
): string {
  const own =
    number === 1
      ? [
          ...dropDdl(steps),
          dropAll(steps.filter(({ kind }) => kind === 'drop').map(renderStep)),
          removeAll(plan),
        ]
      : [...steps.map(renderStep), ...coverTables(steps), forget(plan.ruleset, number)]
  return `${joinSql([commentBanner(sources), ...own, news], '\n\n').toString()}\n`
}

function dropAll(drops: readonly Fragment[]): Fragment {
  return sql`
    -- With each function goes the trigger that calls it, whatever its table is called by now.
    ${joinSql(drops, '\n')}
  `
}

/** Before all else: what is dropped next is no news. */
function dropDdl(steps: readonly Step[]): readonly Fragment[] {
  return steps
    .filter(
      ({ kind, object }) => kind === 'unshare' && object.kind === 'shared' && object.name === DDL_OBJECT,
    )
    .map(renderStep)
}

/** Removes the record of a migration, if records are kept. */
function forget(ruleset: string, number: number): Fragment {
  const block = sql`
    BEGIN
      IF to_regclass(${literal(`${SCHEMA}.${MIGRATIONS_TABLE}`)}) IS NOT NULL THEN
        DELETE FROM ${migrations} WHERE ruleset = ${literal(ruleset)} AND number = ${integer(number)};
      END IF;
    END
  `
  return sql`DO ${dollarQuote(`\n${block.toString()}\n`)};`
}

function removeAll(plan: Plan): Fragment {
  const schema = literal(SCHEMA)
  const rest = sql`
    IF to_regclass(${literal(`${SCHEMA}.${MIGRATIONS_TABLE}`)}) IS NOT NULL THEN
      DELETE FROM ${migrations} WHERE ruleset = ${literal(plan.ruleset)} AND number = 1;
      IF NOT EXISTS (SELECT FROM ${migrations}) THEN
        DROP TABLE ${migrations};
      END IF;
    END IF;
    IF to_regclass(${literal(`${SCHEMA}.${HABITS_TABLE}`)}) IS NOT NULL THEN
      DELETE FROM ${habits} WHERE ruleset = ${literal(plan.ruleset)};
    END IF;
    IF to_regclass(${literal(`${SCHEMA}.${SCHEDULES_TABLE}`)}) IS NOT NULL THEN
      DELETE FROM ${schedules} WHERE ruleset = ${literal(plan.ruleset)};
    END IF;
    -- The rest is shared, and goes with the last ruleset: also what only others, or later migrations, had need of.
    IF NOT EXISTS (
      SELECT FROM pg_catalog.pg_proc
      WHERE pronamespace = to_regnamespace(${schema}) AND prorettype = 'pg_catalog.trigger'::regtype
    ) THEN
      DROP FUNCTION IF EXISTS ${identifier(SCHEMA, EMIT_FUNCTION)}(text, text, text);
      DROP TABLE IF EXISTS ${epochs}, ${habits}, ${schedules};
      DROP FUNCTION IF EXISTS ${identifier(SCHEMA, COVER_FUNCTION)}(regclass);
      BEGIN
        DROP SCHEMA IF EXISTS ${identifier(SCHEMA)};
      EXCEPTION WHEN dependent_objects_still_exist THEN
        RAISE NOTICE 'schema % stays, since it holds objects that are not of stalemate', ${schema};
      END;
    END IF;
  `
  const block = sql`
    BEGIN
      ${joinSql([...removeFeed(plan), rest], '\n')}
    END
  `
  return sql`DO ${dollarQuote(`\n${block.toString()}\n`)};`
}

/** What a feed needs of its own, besides the function that all rulesets send with. */
function removeFeed(plan: Plan): readonly Fragment[] {
  switch (plan.feed) {
    case 'notify':
      return []
    case 'outbox':
      return [removeOutbox(plan)]
    case 'wal':
      return [removePublication(plan)]
  }
}
