import type { Plan, PlanTable } from '../../plan/plan.ts'
import { tableLabel } from '../../plan/table-label.ts'
import { type Fragment, identifier, joinSql, literal, sql } from '../../sql/fragment.ts'
import { WIRE_VERSION } from '../../wire/change.ts'
import { COVER_FUNCTION } from '../cover-function.ts'
import { SCHEMA } from '../installed.ts'
import { sendSql } from '../trigger/send.ts'
import { broadTarget } from '../trigger/target.ts'

/** What `CREATE TABLE` and `ALTER TABLE` do to watched tables, and to what is above or below them. */
export function alteredBody(plan: Plan): Fragment {
  const cover = identifier(SCHEMA, COVER_FUNCTION)
  return body(
    plan,
    sql`
      commands (relation, alters) AS (
        SELECT c.objid, bool_or(c.command_tag <> 'CREATE TABLE')
        FROM pg_event_trigger_ddl_commands() AS c
        WHERE c.classid = 'pg_class'::regclass AND c.schema_name IS DISTINCT FROM 'pg_temp'
        GROUP BY c.objid
      ),
      above (relation, alters) AS (
        SELECT relation, alters FROM commands
        UNION
        SELECT i.inhparent, a.alters FROM above AS a JOIN pg_inherits AS i ON i.inhrelid = a.relation
      ),
      below (relation, alters) AS (
        SELECT relation, alters FROM commands
        UNION
        SELECT i.inhrelid, b.alters FROM below AS b JOIN pg_inherits AS i ON i.inhparent = b.relation
      ),
      touched (relation, schema, name, parent, alters) AS (
        SELECT c.oid, n.nspname, c.relname, c.relhassubclass, bool_or(t.alters)
        FROM (SELECT * FROM above UNION ALL SELECT * FROM below) AS t
        JOIN pg_class AS c ON c.oid = t.relation
        JOIN pg_namespace AS n ON n.oid = c.relnamespace
        GROUP BY c.oid, n.nspname
      )
    `,
    // A table may be called otherwise by now: then it is known by the functions that its triggers call.
    sql`
      SELECT w.head, w.targets, bool_or(t.alters) AS changed, array_agg(t.relation) FILTER (WHERE t.parent) AS parents
      FROM touched AS t
      JOIN watched AS w ON w.schema = t.schema AND w.name = t.name OR EXISTS (
        SELECT FROM pg_trigger AS g JOIN pg_proc AS f ON f.oid = g.tgfoid
        WHERE g.tgrelid = t.relation AND f.pronamespace = to_regnamespace(${literal(SCHEMA)}) AND f.proname = ANY (w.functions)
      )
      GROUP BY w.head, w.targets
    `,
    sql`
      -- A partition that is new, or was attached, has no triggers of its own yet.
      PERFORM ${cover}(parent) FROM unnest(found.parents) AS parent;
    `,
  )
}

/** What is dropped of watched tables, by any command. */
export function droppedBody(plan: Plan): Fragment {
  return body(
    plan,
    sql`
      dropped (schema, name, trigger) AS (
        SELECT d.address_names[1], d.address_names[2], d.address_names[3]
        FROM pg_event_trigger_dropped_objects() AS d
        WHERE NOT d.is_temporary AND d.object_type IN ('table', 'table column', 'trigger')
      )
    `,
    // A partition is known by our triggers, which went with it; it can have been one of any table that has some.
    sql`
      SELECT w.head, w.targets, true AS changed
      FROM watched AS w
      WHERE EXISTS (SELECT FROM dropped AS d WHERE d.schema = w.schema AND d.name = w.name)
        OR EXISTS (SELECT FROM dropped AS d WHERE ${isOurs(plan)} AND NOT EXISTS (
          SELECT FROM watched AS own WHERE own.schema = d.schema AND own.name = d.name
        )) AND EXISTS (
          SELECT FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
          WHERE n.nspname = w.schema AND c.relname = w.name AND c.relhassubclass
        )
    `,
    sql``,
  )
}

/** Partitions have triggers of the same names as their table, or, where they have two for an event, of their functions. */
function isOurs({ ruleset }: Plan): Fragment {
  const begins = [`stalemate_${ruleset}_`, `${ruleset}__`].map(
    (start) => sql`starts_with(d.trigger, ${literal(start)})`,
  )
  return sql`(${joinSql(begins, ' OR ')})`
}

/**
 * The body of the function of an event trigger, which is called by every command of some kinds in the database. None of them
 * fails because we could not find out what it has done: then all watched tables are told. What is told must be sent, as by
 * the triggers of rows: a command that can't tell fails.
 */
function body(plan: Plan, tables: Fragment, query: Fragment, first: Fragment): Fragment {
  return sql`
    DECLARE
      found record;
      heads text[];
      targets text[];
    BEGIN
      BEGIN
        FOR found IN
          WITH RECURSIVE
            watched (schema, name, functions, head, targets) AS (
              VALUES
                ${joinSql(plan.tables.map(describeTable), ',\n')}
            ),
            ${tables}
          ${query}
        LOOP
          ${first}
          IF found.changed THEN
            heads := heads || found.head;
            targets := targets || found.targets;
          END IF;
        END LOOP;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'stalemate: what % has done to cached values is not known, so all tables are told: %', tg_tag, SQLERRM;
        heads := ${arrayOf(plan.tables.map(headOf))};
        targets := ${arrayOf(plan.tables.map(targetsOf))};
      END;
      FOR told IN 1 .. coalesce(cardinality(heads), 0) LOOP
        PERFORM ${sendSql(plan, sql`heads[told]`, sql`targets[told]`)};
      END LOOP;
    END
  `
}

function describeTable(planned: PlanTable): Fragment {
  const { table, triggers } = planned
  const list = [
    literal(table.schema),
    literal(table.name),
    arrayOf(triggers.map((trigger) => literal(trigger.function))),
    headOf(planned),
    targetsOf(planned),
  ]
  return sql`(${joinSql(list, ', ')})`
}

/** The message up to its targets. */
function headOf({ table }: PlanTable): Fragment {
  const message = JSON.stringify({ v: WIRE_VERSION, t: tableLabel(table), o: 'truncate', d: [] })
  return literal(message.slice(0, -']}'.length))
}

function targetsOf({ watches }: PlanTable): Fragment {
  const caches = [...new Set(watches.map(({ cache }) => cache))]
  return literal(caches.map((cache) => broadTarget(cache, 'ddl')).join(','))
}

function arrayOf(list: readonly Fragment[]): Fragment {
  return sql`ARRAY[${joinSql(list, ', ')}]`
}
