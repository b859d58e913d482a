import { SCHEMA } from '../../emit/installed.ts'
import { literal, sql } from '../../sql/fragment.ts'
import type { Session } from '../session.ts'

export type ActualFunction = {
  readonly name: string
  readonly args: string
  readonly language: string
  readonly definer: boolean
  readonly settings: readonly string[]
  readonly body: string
  readonly plain: boolean
  readonly owner: string
  /** Roles besides the owner that may call it; `PUBLIC` for all. */
  readonly callers: readonly string[]
  readonly is_trigger: boolean
  readonly comment: string | null
}

export type ActualTrigger = {
  readonly relation: string
  readonly schema: string
  readonly table: string
  readonly name: string
  readonly function: string
  readonly type: number
  /** Fires for every event, without a condition, columns or arguments, and not deferred. */
  readonly plain: boolean
  readonly enabled: 'O' | 'A' | 'D' | 'R'
  readonly old_table: string | null
  readonly new_table: string | null
  readonly comment: string | null
}

/** An event trigger that begins as ours do. */
export type ActualEventTrigger = {
  readonly name: string
  readonly event: string
  readonly tags: readonly string[]
  readonly enabled: 'O' | 'A' | 'D' | 'R'
  /** In our schema; `null` for one elsewhere. */
  readonly function: string | null
}

/** A watched table, a partition of one, or a table that inherits from one. */
export type ActualTable = {
  /** Of the watched table, in the order asked for. */
  readonly number: number
  readonly relation: string
  readonly schema: string
  readonly table: string
  readonly is_root: boolean
  readonly is_foreign: boolean
  readonly columns: readonly string[]
}

/** A table, index, sequence or publication of ours. */
export type ActualShared = {
  readonly kind: 'table' | 'index' | 'sequence' | 'publication' | 'other'
  readonly name: string
  readonly owner: string
  readonly unlogged: boolean
  readonly row_security: 'off' | 'on' | 'forced'
  readonly is_public: boolean
}

/** A role that owns functions of ours. */
export type ActualOwner = {
  readonly name: string
  /** Superuser, or BYPASSRLS. */
  readonly is_above: boolean
  readonly sees_schema: boolean
  /** Functions and tables that it may not use, though triggers do as this role. */
  readonly lacks: readonly string[]
}

export type Actual = {
  /** The owner of the schema; none where it is missing. */
  readonly schema: { readonly owner: string; readonly creators: readonly string[] } | undefined
  readonly functions: readonly ActualFunction[]
  readonly triggers: readonly ActualTrigger[]
  readonly tables: readonly ActualTable[]
  readonly shared: readonly ActualShared[]
  readonly owners: readonly ActualOwner[]
  readonly eventTriggers: readonly ActualEventTrigger[]
}

const schema = literal(SCHEMA)

const SCHEMAS = sql`
SELECT pg_get_userbyid(n.nspowner) AS owner, ARRAY(
  SELECT DISTINCT CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(a.grantee)::text END
  FROM aclexplode(n.nspacl) AS a WHERE a.privilege_type = 'CREATE' AND a.grantee <> n.nspowner
) AS creators
FROM pg_namespace AS n WHERE n.nspname = ${schema}
`.toString()

const FUNCTIONS = sql`
SELECT p.proname AS name, pg_get_function_identity_arguments(p.oid) AS args, l.lanname AS language, p.prosecdef AS definer,
       coalesce(p.proconfig, '{}') AS settings, p.prosrc AS body,
       p.provolatile = 'v' AND NOT p.proisstrict AND NOT p.proleakproof AND p.prokind = 'f' AS plain,
       pg_get_userbyid(p.proowner)::text AS owner, p.prorettype = 'trigger'::regtype AS is_trigger,
       ARRAY(
         SELECT DISTINCT CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(a.grantee)::text END
         FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) AS a WHERE a.grantee <> p.proowner
       ) AS callers,
       obj_description(p.oid, 'pg_proc') AS comment
FROM pg_proc AS p JOIN pg_language AS l ON l.oid = p.prolang
WHERE p.pronamespace = to_regnamespace(${schema})
`.toString()

const TRIGGERS = sql`
SELECT t.tgrelid::text AS relation, n.nspname::text AS schema, c.relname::text AS table, t.tgname::text AS name,
       f.proname::text AS function, t.tgtype::int AS type, t.tgenabled AS enabled, t.tgoldtable::text AS old_table,
       t.tgnewtable::text AS new_table,
       t.tgqual IS NULL AND t.tgattr::text = '' AND t.tgnargs = 0 AND t.tgconstraint = 0 AS plain,
       obj_description(t.oid, 'pg_trigger') AS comment
FROM pg_trigger AS t
JOIN pg_proc AS f ON f.oid = t.tgfoid AND f.pronamespace = to_regnamespace(${schema})
JOIN pg_class AS c ON c.oid = t.tgrelid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE NOT t.tgisinternal
`.toString()

const TABLES = `
WITH RECURSIVE watched (number, root, relation) AS (
  SELECT w.number, c.oid, c.oid
  FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS w (schema, name, number)
  JOIN pg_namespace n ON n.nspname = w.schema
  JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = w.name
  UNION
  SELECT w.number, w.root, i.inhrelid FROM watched w JOIN pg_inherits i ON i.inhparent = w.relation
)
SELECT w.number::int - 1 AS number, w.relation::text, n.nspname::text AS schema, c.relname::text AS table,
       w.relation = w.root AS is_root, c.relkind = 'f' AS is_foreign, CASE WHEN w.relation = w.root THEN ARRAY(
         SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = w.relation AND a.attnum > 0 AND NOT a.attisdropped
       ) ELSE '{}' END AS columns
FROM watched w JOIN pg_class c ON c.oid = w.relation JOIN pg_namespace n ON n.oid = c.relnamespace`

const SHARED = sql`
SELECT CASE c.relkind WHEN 'r' THEN 'table' WHEN 'i' THEN 'index' WHEN 'S' THEN 'sequence' ELSE 'other' END AS kind,
       c.relname::text AS name, pg_get_userbyid(c.relowner)::text AS owner, c.relpersistence = 'u' AS unlogged,
       CASE WHEN NOT c.relrowsecurity THEN 'off' WHEN c.relforcerowsecurity THEN 'forced' ELSE 'on' END AS row_security,
       EXISTS (SELECT FROM aclexplode(c.relacl) AS a WHERE a.grantee = 0) AS is_public
FROM pg_class AS c WHERE c.relnamespace = to_regnamespace(${schema})
UNION ALL
SELECT 'publication', pubname::text, pg_get_userbyid(pubowner)::text, false, 'off', false FROM pg_publication
`.toString()

const OWNERS = sql`
SELECT r.rolname::text AS name, r.rolsuper OR r.rolbypassrls AS is_above,
       coalesce(has_schema_privilege(r.oid, to_regnamespace(${schema})::oid, 'USAGE'), false) AS sees_schema,
       ARRAY(
         SELECT p.proname::text FROM pg_proc AS p
         WHERE p.pronamespace = to_regnamespace(${schema}) AND p.prorettype NOT IN ('trigger'::regtype, 'event_trigger'::regtype)
           AND NOT has_function_privilege(r.oid, p.oid, 'EXECUTE')
         UNION ALL
         SELECT c.relname::text FROM pg_class AS c
         WHERE c.relnamespace = to_regnamespace(${schema}) AND c.relname LIKE 'outbox\\__' AND c.relkind = 'r'
           AND NOT has_table_privilege(r.oid, c.oid, 'INSERT')
       ) AS lacks
FROM pg_roles AS r
WHERE r.oid IN (SELECT p.proowner FROM pg_proc AS p WHERE p.pronamespace = to_regnamespace(${schema}))
`.toString()

const EVENT_TRIGGERS = sql`
SELECT e.evtname::text AS name, e.evtevent::text AS event, coalesce(e.evttags, '{}') AS tags, e.evtenabled AS enabled,
       (SELECT f.proname::text FROM pg_proc AS f WHERE f.oid = e.evtfoid AND f.pronamespace = to_regnamespace(${schema}))
         AS function
FROM pg_event_trigger AS e WHERE starts_with(e.evtname, 'stalemate_')
`.toString()

/** Reads everything of ours, and the watched tables; nothing is written, and no row of theirs is read. */
export async function readActual(
  session: Session,
  tables: readonly { readonly schema: string; readonly name: string }[],
): Promise<Actual> {
  const all = async <Row>(text: string, values?: readonly unknown[]): Promise<readonly Row[]> =>
    (await session.query(text, values)).rows as readonly Row[]
  const watched = [tables.map((table) => table.schema), tables.map(({ name }) => name)]
  return {
    schema: (await all<NonNullable<Actual['schema']>>(SCHEMAS))[0],
    functions: await all(FUNCTIONS),
    triggers: await all(TRIGGERS),
    tables: await all(TABLES, watched),
    shared: await all(SHARED),
    owners: await all(OWNERS),
    eventTriggers: await all(EVENT_TRIGGERS),
  }
}
