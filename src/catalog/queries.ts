/**
 * The queries of the catalog. `$1` is an array of the OIDs of the schemas to read. What a server version does
 * not have (`conenforced` and `conperiod` of 18, `colllocale` of 17) is read through `to_jsonb`, so that one
 * text works on PostgreSQL 15 to 18.
 */

/** All schemas that users may have tables in; without parameter. */
export const SCHEMAS = `
SELECT n.oid::text AS oid, n.nspname AS name
FROM pg_namespace n
WHERE n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'stalemate')`

export const RELATIONS = `
SELECT c.oid::text AS oid, n.nspname AS schema, c.relname AS name, c.relkind AS kind,
       c.relispartition AS partition, c.relpersistence AS persistence,
       c.relrowsecurity AS secured, c.relforcerowsecurity AS forced,
       CASE c.relkind WHEN 'p' THEN pg_get_partkeydef(c.oid) END AS "partitionKey",
       (SELECT json_agg(json_build_object('schema', pn.nspname, 'name', p.relname) ORDER BY i.inhseqno)
        FROM pg_inherits i
        JOIN pg_class p ON p.oid = i.inhparent
        JOIN pg_namespace pn ON pn.oid = p.relnamespace
        WHERE i.inhrelid = c.oid) AS parents,
       c.relhastriggers AND EXISTS (
         SELECT FROM pg_trigger t
         JOIN pg_proc f ON f.oid = t.tgfoid
         JOIN pg_namespace fn ON fn.oid = f.pronamespace
         WHERE t.tgrelid = c.oid AND NOT t.tgisinternal AND fn.nspname <> 'stalemate') AS triggers
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relnamespace = ANY ($1::oid[]) AND c.relkind IN ('r', 'p', 'v', 'm', 'f')`

export const COLUMNS = `
WITH RECURSIVE unfolded AS (
  SELECT t.oid AS domain, t.typbasetype AS base, t.typnotnull AS required, t.typtype
  FROM pg_type t WHERE t.typtype = 'd'
  UNION ALL
  SELECT u.domain, t.typbasetype, u.required OR t.typnotnull, t.typtype
  FROM unfolded u JOIN pg_type t ON t.oid = u.base WHERE t.typtype = 'd'
), domains AS (
  SELECT u.domain, u.base, u.required
  FROM unfolded u JOIN pg_type t ON t.oid = u.base WHERE t.typtype <> 'd'
)
SELECT a.attrelid::text AS relation, a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type,
       bn.nspname AS "baseSchema", b.typname AS "baseName", b.typcategory AS category,
       CASE WHEN d.domain IS NOT NULL THEN tn.nspname END AS "domainSchema",
       CASE WHEN d.domain IS NOT NULL THEN t.typname END AS "domainName",
       NOT (a.attnotnull OR coalesce(d.required, false)) AS nullable,
       a.attgenerated AS generated, a.attidentity AS identity,
       CASE WHEN co.oid IS NOT NULL THEN json_build_object(
         'schema', cn.nspname, 'name', co.collname, 'provider', co.collprovider,
         'deterministic', co.collisdeterministic,
         'locale', coalesce(to_jsonb(co) ->> 'colllocale', to_jsonb(co) ->> 'colliculocale'),
         'rules', coalesce(to_jsonb(co) ->> 'collicurules', '') <> '') END AS collation
FROM pg_attribute a
JOIN pg_class c ON c.oid = a.attrelid
JOIN pg_type t ON t.oid = a.atttypid
JOIN pg_namespace tn ON tn.oid = t.typnamespace
LEFT JOIN domains d ON d.domain = t.oid
JOIN pg_type b ON b.oid = coalesce(d.base, t.oid)
JOIN pg_namespace bn ON bn.oid = b.typnamespace
LEFT JOIN pg_collation co ON co.oid = a.attcollation
LEFT JOIN pg_namespace cn ON cn.oid = co.collnamespace
WHERE c.relnamespace = ANY ($1::oid[]) AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
  AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attrelid, a.attnum`

export const INDEXES = `
SELECT i.indrelid::text AS relation, x.relname AS name, am.amname AS method,
       i.indisprimary AS primary, i.indisunique AS unique, i.indimmediate AS immediate,
       i.indnkeyatts::int AS width, pg_get_expr(i.indpred, i.indrelid) AS predicate,
       (SELECT json_agg(a.attname ORDER BY k.position)
        FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k (number, position)
        LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number AND k.number > 0
        WHERE k.position <= i.indnkeyatts) AS columns
FROM pg_index i
JOIN pg_class x ON x.oid = i.indexrelid
JOIN pg_am am ON am.oid = x.relam
JOIN pg_class c ON c.oid = i.indrelid
WHERE c.relnamespace = ANY ($1::oid[])
  AND i.indisvalid AND i.indisready AND i.indislive`

export const FOREIGN_KEYS = `
SELECT f.conrelid::text AS relation, f.conname AS name, rn.nspname AS "toSchema", r.relname AS "toName",
       (SELECT json_agg(a.attname ORDER BY k.position)
        FROM unnest(f.conkey) WITH ORDINALITY AS k (number, position)
        JOIN pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = k.number) AS columns,
       (SELECT json_agg(a.attname ORDER BY k.position)
        FROM unnest(f.confkey) WITH ORDINALITY AS k (number, position)
        JOIN pg_attribute a ON a.attrelid = f.confrelid AND a.attnum = k.number) AS "toColumns",
       f.confdeltype AS "onDelete", f.confupdtype AS "onUpdate"
FROM pg_constraint f
JOIN pg_class c ON c.oid = f.conrelid
JOIN pg_class r ON r.oid = f.confrelid
JOIN pg_namespace rn ON rn.oid = r.relnamespace
WHERE f.contype = 'f' AND f.conparentid = 0 AND c.relnamespace = ANY ($1::oid[])
  AND coalesce(to_jsonb(f) ->> 'conenforced', 'true') = 'true'
  AND coalesce(to_jsonb(f) ->> 'conperiod', 'false') = 'false'`

/** Functions of schemas whose names are not those of PostgreSQL's own. */
export const FUNCTIONS = `
SELECT DISTINCT n.nspname AS schema, p.proname AS name
FROM pg_proc p
JOIN pg_namespace n ON n.oid = p.pronamespace
JOIN pg_type t ON t.oid = p.prorettype
WHERE n.oid = ANY ($1::oid[]) AND p.prokind = 'f' AND t.typtype <> 'p'
  AND NOT EXISTS (
    SELECT FROM pg_proc own WHERE own.proname = p.proname AND own.pronamespace = 'pg_catalog'::regnamespace
  )`

/** All enums of the database; without parameter. */
export const ENUMS = `
SELECT n.nspname AS schema, t.typname AS name,
       coalesce(json_agg(e.enumlabel ORDER BY e.enumsortorder) FILTER (WHERE e.oid IS NOT NULL), '[]') AS labels
FROM pg_type t
JOIN pg_namespace n ON n.oid = t.typnamespace
LEFT JOIN pg_enum e ON e.enumtypid = t.oid
WHERE t.typtype = 'e'
GROUP BY n.nspname, t.typname`
