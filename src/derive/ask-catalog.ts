import type { LockedColumn, LockedFunction, LockedRelation } from './lock.ts'

/** Runs one SQL text; all on one connection. */
export type Ask = (
  text: string,
  values?: readonly unknown[],
) => Promise<{ readonly rows: readonly Record<string, unknown>[] }>

const DEPENDS = `
WITH RECURSIVE reads (oid) AS (
  SELECT unnest($1::oid[])
  UNION
  SELECT d.refobjid
  FROM reads v
  JOIN pg_class c ON c.oid = v.oid AND c.relkind = 'v' AND c.relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
  JOIN pg_rewrite w ON w.ev_class = v.oid
  JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = w.oid
    AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> v.oid
)`

const RELATIONS = `${DEPENDS}
SELECT c.oid::text AS oid, n.nspname AS schema, c.relname AS name,
  CASE WHEN n.nspname IN ('pg_catalog', 'information_schema', 'pg_toast') THEN 'system'
       WHEN c.relpersistence = 't' AND c.relkind <> 'v' THEN 'temporary'
       WHEN c.relkind = 'v' THEN 'view' WHEN c.relkind = 'm' THEN 'materialized-view'
       WHEN c.relkind = 'f' THEN 'foreign-table' WHEN c.relkind = 'S' THEN 'sequence'
       WHEN c.relispartition THEN 'partition' WHEN c.relkind = 'p' THEN 'partitioned' ELSE 'table' END AS kind,
  c.relrowsecurity AS secured,
  CASE WHEN c.relkind = 'v' AND n.nspname NOT IN ('pg_catalog', 'information_schema')
       THEN pg_get_viewdef(c.oid) END AS sql,
  CASE WHEN c.relispartition THEN (
    SELECT json_build_object('schema', rn.nspname, 'name', r.relname)
    FROM pg_class r JOIN pg_namespace rn ON rn.oid = r.relnamespace WHERE r.oid = pg_partition_root(c.oid)) END AS root,
  CASE WHEN c.relkind = 'r' AND NOT c.relispartition THEN (
    WITH RECURSIVE below (oid) AS (
      SELECT inhrelid FROM pg_inherits WHERE inhparent = c.oid
      UNION SELECT i.inhrelid FROM below b JOIN pg_inherits i ON i.inhparent = b.oid)
    SELECT json_agg(json_build_object('schema', bn.nspname, 'name', k.relname) ORDER BY bn.nspname, k.relname)
    FROM below b JOIN pg_class k ON k.oid = b.oid JOIN pg_namespace bn ON bn.oid = k.relnamespace) END AS children,
  (SELECT json_agg(json_build_object('name', a.attname, 'nullable', NOT a.attnotnull,
      'virtual', a.attgenerated = 'v', 'isEnum', b.typtype = 'e',
      'loose', b.typname = 'citext' OR coalesce(NOT co.collisdeterministic, false),
      'base', CASE WHEN bn.nspname = 'pg_catalog' THEN b.typname ELSE bn.nspname || '.' || b.typname END)
      ORDER BY a.attnum)
   FROM pg_attribute a
   JOIN LATERAL (
     WITH RECURSIVE base (oid, kind, of) AS (
       SELECT t.oid, t.typtype, t.typbasetype FROM pg_type t WHERE t.oid = a.atttypid
       UNION ALL SELECT t.oid, t.typtype, t.typbasetype FROM base JOIN pg_type t ON t.oid = base.of WHERE base.kind = 'd')
     SELECT oid FROM base WHERE kind <> 'd') AS unfolded ON true
   JOIN pg_type b ON b.oid = unfolded.oid
   JOIN pg_namespace bn ON bn.oid = b.typnamespace
   LEFT JOIN pg_collation co ON co.oid = a.attcollation
   WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns
FROM reads JOIN pg_class c ON c.oid = reads.oid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.oid <> ALL ($1::oid[])`

const FUNCTIONS = `${DEPENDS}, used (oid) AS (
  SELECT d.refobjid
  FROM reads v
  JOIN pg_rewrite w ON w.ev_class = v.oid
  JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = w.oid AND d.refclassid = 'pg_proc'::regclass
  UNION
  SELECT o.oprcode
  FROM reads v
  JOIN pg_rewrite w ON w.ev_class = v.oid
  JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = w.oid AND d.refclassid = 'pg_operator'::regclass
  JOIN pg_operator o ON o.oid = d.refobjid
)
SELECT p.oid::text AS oid, n.nspname AS schema, p.proname AS name, l.lanname AS language,
  CASE p.provolatile WHEN 'i' THEN 'immutable' WHEN 's' THEN 'stable' ELSE 'volatile' END AS volatility,
  CASE WHEN l.lanname = 'sql' THEN coalesce(pg_get_function_sqlbody(p.oid), p.prosrc) END AS body,
  (SELECT json_agg(json_build_object('name', p.proargnames[k.place], 'type', format_type(k.type, NULL)) ORDER BY k.place)
   FROM unnest(p.proargtypes::oid[]) WITH ORDINALITY AS k (type, place)) AS arguments
FROM used JOIN pg_proc p ON p.oid = used.oid
JOIN pg_namespace n ON n.oid = p.pronamespace
JOIN pg_language l ON l.oid = p.prolang
WHERE p.prokind IN ('f', 'w') AND n.nspname !~ '^pg_'`

type Named = { readonly schema: string; readonly name: string }
type RelationRow = Named & {
  readonly kind: LockedRelation['kind']
  readonly secured: boolean
  readonly sql: string | null
  readonly root: Named | null
  readonly children: readonly Named[] | null
  readonly columns: readonly ColumnRow[] | null
}
type ColumnRow = {
  readonly name: string
  readonly base: string
  readonly nullable: boolean
  readonly virtual: boolean
  readonly isEnum: boolean
  readonly loose: boolean
}

/** A function as the catalog has it, with what its body can be read by. */
export type FoundFunction = LockedFunction & {
  readonly oid: string
  readonly body: string | undefined
  readonly arguments: readonly { readonly name: string | null; readonly type: string }[]
}

/** The relations that views read, through other views as well. */
export async function askRelations(ask: Ask, views: readonly string[]): Promise<readonly LockedRelation[]> {
  const { rows } = await ask(RELATIONS, [views])
  return (rows as unknown as readonly RelationRow[]).map(toRelation).sort(compareNames)
}

function toRelation({
  schema,
  name,
  kind,
  secured,
  sql,
  root,
  children,
  columns,
}: RelationRow): LockedRelation {
  return {
    schema,
    name,
    kind,
    columns: kind === 'system' ? [] : (columns ?? []).map(toColumn),
    ...(secured ? { rowSecurity: true } : {}),
    ...(children === null ? {} : { children }),
    ...(root === null ? {} : { root }),
    ...(sql === null ? {} : { sql }),
  }
}

function toColumn({ name, base, nullable, virtual, isEnum, loose }: ColumnRow): LockedColumn {
  return {
    name,
    base,
    nullable,
    ...(isEnum ? { isEnum } : {}),
    ...(virtual ? { virtual } : {}),
    ...(loose ? { loose } : {}),
  }
}

/** The functions that are not PostgreSQL's own and that views call, through other views as well. */
export async function askFunctions(ask: Ask, views: readonly string[]): Promise<readonly FoundFunction[]> {
  const { rows } = await ask(FUNCTIONS, [views])
  return rows.map((row) => ({
    oid: String(row['oid']),
    schema: String(row['schema']),
    name: String(row['name']),
    language: String(row['language']),
    volatility: row['volatility'] as LockedFunction['volatility'],
    body: typeof row['body'] === 'string' ? row['body'] : undefined,
    arguments: (row['arguments'] ?? []) as FoundFunction['arguments'],
  }))
}

export function compareNames(a: Named, b: Named): number {
  const [one, other] = [JSON.stringify([a.schema, a.name]), JSON.stringify([b.schema, b.name])]
  return one < other ? -1 : one > other ? 1 : 0
}
