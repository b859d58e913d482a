import type { Plan, PlanTable, PlanTrigger } from '../plan/plan.ts'
import { tableLabel } from '../plan/table-label.ts'
import { dollarQuote, type Fragment, identifier, joinSql, literal, sql } from '../sql/fragment.ts'
import type { Operation } from '../wire/change.ts'
import { commentBanner } from './comment-banner.ts'
import { emitFunction } from './emit-function.ts'
import { SCHEMA } from './installed.ts'
import { makeOutbox } from './outbox/objects.ts'
import type { EmitInput, Emitter } from './output.ts'
import { cachesOf, groupWatches } from './trigger/group.ts'

/** The first migration: makes everything of the plan. */
export const upMigrationOutput: Emitter = {
  path: 'migrations/0001_initial.up.sql',
  emit: (input) => `${emitUp(input).toString()}\n`,
}

function emitUp({ plan, sources, bodies }: EmitInput): Fragment {
  const schema = identifier(SCHEMA)
  return sql`
    ${commentBanner(sources)}

    CREATE SCHEMA IF NOT EXISTS ${schema};
    COMMENT ON SCHEMA ${schema} IS ${literal('stalemate: triggers that say which cached values a change made wrong')};

    ${plan.feed === 'outbox' ? makeOutbox(plan) : emitFunction()}

    ${joinSql(
      plan.tables.flatMap((table) =>
        table.triggers.map((trigger) =>
          emitTrigger(plan, table, trigger, bodies.get(trigger.function) ?? ''),
        ),
      ),
      '\n\n',
    )}
  `
}

function emitTrigger(
  plan: Plan,
  table: PlanTable,
  { operation, trigger, function: name }: PlanTrigger,
  body: string,
): Fragment {
  const on = identifier(table.table.schema, table.table.name)
  const callee = identifier(SCHEMA, name)
  const caches = cachesOf(groupWatches(table, operation)).join(', ')
  const purpose = `${operation} of ${tableLabel(table.table)} makes entries wrong in: ${caches}`
  const comment = literal(`stalemate, ruleset ${plan.ruleset}: ${purpose}`)
  return sql`
    CREATE FUNCTION ${callee}() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS ${dollarQuote(body)};
    COMMENT ON FUNCTION ${callee}() IS ${comment};
    REVOKE ALL ON FUNCTION ${callee}() FROM PUBLIC;
    CREATE TRIGGER ${identifier(trigger)}
      AFTER ${keyword[operation]} ON ${on}${referencing[operation]}
      FOR EACH STATEMENT EXECUTE FUNCTION ${callee}();
    COMMENT ON TRIGGER ${identifier(trigger)} ON ${on} IS ${comment};
  `
}

const keyword: Readonly<Record<Operation, Fragment>> = {
  insert: sql`INSERT`,
  update: sql`UPDATE`,
  delete: sql`DELETE`,
  truncate: sql`TRUNCATE`,
}

const referencing: Readonly<Record<Operation, Fragment>> = {
  insert: sql` REFERENCING NEW TABLE AS new_rows`,
  update: sql` REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows`,
  delete: sql` REFERENCING OLD TABLE AS old_rows`,
  truncate: sql``,
}
