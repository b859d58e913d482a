import { shortenName } from '../../plan/names.ts'
import type { SharedObject } from '../../plan/installed.ts'
import type { Plan } from '../../plan/plan.ts'
import { dollarQuote, type Fragment, identifier, joinSql, literal, rawSql, sql } from '../../sql/fragment.ts'
import { SCHEMA } from '../installed.ts'
import { alteredBody, droppedBody } from './ddl-body.ts'

/** The name of the object among those of a ruleset. */
export const DDL_OBJECT = 'ddl'

/** An event trigger as the migrations make it; the function has its name, and is in schema `stalemate`. */
export type DdlTrigger = {
  readonly name: string
  readonly event: 'ddl_command_end' | 'sql_drop'
  /** Commands that it is called for; all that cause the event unless given. */
  readonly tags: readonly string[]
}

/** Whether a ruleset has event triggers: where nothing is watched, there is nothing to tell. */
export function watchesDdl({ ddl, tables }: Plan): boolean {
  return ddl === 'watch' && tables.length > 0
}

/** The event triggers of a ruleset. No function of a table has such a name: theirs have two `_` in it. */
export function ddlTriggers({ ruleset }: Pick<Plan, 'ruleset'>): readonly DdlTrigger[] {
  const name = (what: string): string => shortenName(`stalemate_${ruleset}_${what}`)
  return [
    { name: name('altered'), event: 'ddl_command_end', tags: ['ALTER TABLE', 'CREATE TABLE'] },
    { name: name('dropped'), event: 'sql_drop', tags: [] },
  ]
}

/**
 * The functions that see what is done to watched tables, and the event triggers that call them. Only a superuser may make
 * these: for anybody else the rest of the migration goes on, with a warning that says what is missing.
 */
export function ddlObject(plan: Plan): SharedObject {
  const functions = ddlTriggers(plan).map((trigger) =>
    makeFunction(plan, trigger, trigger.event === 'sql_drop' ? droppedBody(plan) : alteredBody(plan)),
  )
  const create = joinSql([...functions, makeTriggers(plan)], '\n\n')
  // With the function goes its event trigger, whoever that belongs to.
  const drops = ddlTriggers(plan).map(
    ({ name }) => sql`DROP FUNCTION IF EXISTS ${identifier(SCHEMA, name)}() CASCADE;`,
  )
  return {
    kind: 'shared',
    name: DDL_OBJECT,
    create: create.toString(),
    drop: joinSql(drops, '\n').toString(),
  }
}

function makeFunction({ ruleset }: Plan, { name, event }: DdlTrigger, body: Fragment): Fragment {
  const callee = identifier(SCHEMA, name)
  const purpose =
    event === 'sql_drop'
      ? 'makes cached values wrong that a dropped table, column or partition had a part in'
      : 'gives new partitions of watched tables their triggers, and makes wrong what ALTER TABLE may have changed'
  return sql`
    CREATE OR REPLACE FUNCTION ${callee}() RETURNS event_trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS ${dollarQuote(`\n${body.toString()}\n`)};
    COMMENT ON FUNCTION ${callee}() IS ${literal(`stalemate, ruleset ${ruleset}: ${purpose}`)};
    REVOKE ALL ON FUNCTION ${callee}() FROM PUBLIC;
  `
}

/** SQL that makes those of the event triggers that are missing. */
export function makeTriggers(plan: Pick<Plan, 'ruleset'>): Fragment {
  const block = sql`
    BEGIN
      ${joinSql(ddlTriggers(plan).map(makeTrigger), '\n')}
    EXCEPTION WHEN insufficient_privilege THEN
      RAISE WARNING 'stalemate: the event triggers of ruleset % are not made, since only a superuser may make them', ${literal(plan.ruleset)}
        USING HINT = 'Run "stalemate apply --repair" as one. Until then DDL on watched tables goes unnoticed.';
    END
  `
  return sql`DO ${dollarQuote(`\n${block.toString()}\n`)};`
}

function makeTrigger({ name, event, tags }: DdlTrigger): Fragment {
  const when = tags.length === 0 ? sql`` : sql` WHEN TAG IN (${joinSql(tags.map(literal), ', ')})`
  return sql`
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_event_trigger WHERE evtname = ${literal(name)}) THEN
      CREATE EVENT TRIGGER ${identifier(name)} ON ${rawSql(event)}${when} EXECUTE FUNCTION ${identifier(SCHEMA, name)}();
      COMMENT ON EVENT TRIGGER ${identifier(name)} IS ${literal('stalemate: the comment of its function says what for')};
    END IF;
  `
}
