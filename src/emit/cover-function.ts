import { dollarQuote, type Fragment, identifier, literal, sql } from '../sql/fragment.ts'
import { SCHEMA } from './installed.ts'

/** Gives a table's triggers to its partitions, and to the tables that inherit from it. */
export const COVER_FUNCTION = 'cover_v1'

/**
 * Makes the function that covers partitions. A statement fires the triggers of the table that it names and no others, so what
 * is written straight to a partition is missed by those of its parent.
 */
export function coverFunction(): Fragment {
  const name = identifier(SCHEMA, COVER_FUNCTION)
  return sql`
    CREATE OR REPLACE FUNCTION ${name}(parent regclass) RETURNS SETOF regclass
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
    AS ${dollarQuote(`\n${BODY.toString()}\n`)};
    COMMENT ON FUNCTION ${name}(regclass) IS ${literal(
      'stalemate, for all rulesets: gives the triggers of a table to its partitions and the tables that inherit from it, and tells those that lacked one',
    )};
    REVOKE ALL ON FUNCTION ${name}(regclass) FROM PUBLIC;
  `
}

/** Covers what is below a table now. What has the triggers already is not locked. */
export function coverTable(schema: string, table: string): Fragment {
  const parent = literal(identifier(schema, table).toString())
  return sql`SELECT ${identifier(SCHEMA, COVER_FUNCTION)}(${parent});`
}

const BODY = sql`
  DECLARE
    missing record;
  BEGIN
    FOR missing IN
      WITH RECURSIVE below (relation) AS (
        SELECT inhrelid FROM pg_inherits WHERE inhparent = parent
        UNION
        SELECT i.inhrelid FROM pg_inherits AS i JOIN below AS b ON i.inhparent = b.relation
      )
      SELECT b.relation::regclass AS relation, t.tgfoid::regproc AS function, t.tgenabled = 'A' AS always,
        obj_description(t.oid, 'pg_trigger') AS comment,
        CASE WHEN t.tgtype & 4 <> 0 THEN 'INSERT' WHEN t.tgtype & 8 <> 0 THEN 'DELETE'
          WHEN t.tgtype & 16 <> 0 THEN 'UPDATE' ELSE 'TRUNCATE' END AS event,
        concat_ws(' ', 'OLD TABLE AS ' || quote_ident(t.tgoldtable), 'NEW TABLE AS ' || quote_ident(t.tgnewtable)) AS rows,
        -- A table that is below one watched table and watched itself has two triggers for an event.
        CASE WHEN EXISTS (SELECT FROM pg_trigger AS own WHERE own.tgrelid = b.relation AND own.tgname = t.tgname)
          THEN f.proname ELSE t.tgname END AS name
      FROM below AS b
      JOIN pg_class AS c ON c.oid = b.relation AND c.relkind IN ('r', 'p')
      JOIN pg_trigger AS t ON t.tgrelid = parent AND NOT t.tgisinternal
      JOIN pg_proc AS f ON f.oid = t.tgfoid AND f.pronamespace = to_regnamespace(${literal(SCHEMA)})
      WHERE NOT EXISTS (SELECT FROM pg_trigger AS own WHERE own.tgrelid = b.relation AND own.tgfoid = t.tgfoid)
      ORDER BY b.relation, t.tgname
    LOOP
      EXECUTE format(
        'CREATE TRIGGER %I AFTER %s ON %s %s FOR EACH STATEMENT EXECUTE FUNCTION %s()',
        missing.name, missing.event, missing.relation,
        CASE WHEN missing.rows <> '' THEN 'REFERENCING ' || missing.rows END, missing.function
      );
      EXECUTE format('COMMENT ON TRIGGER %I ON %s IS %L', missing.name, missing.relation, missing.comment);
      IF missing.always THEN
        EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %I', missing.relation, missing.name);
      END IF;
      RETURN NEXT missing.relation;
    END LOOP;
  END
`
