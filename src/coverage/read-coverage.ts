import type { Manifest, ManifestTrigger } from '../manifest/manifest.ts'

/** A trigger that does not run as the manifest needs it, so that changes of its table may go unnoticed. */
export type Uncovered = {
  /** The table as the rules name it. */
  readonly table: string
  readonly trigger: string
  readonly reason:
    | 'missing'
    /** `ALTER TABLE ... DISABLE TRIGGER`, or enabled for replicas only. */
    | 'disabled'
    /** The trigger or its function is not what was compiled. */
    | 'changed'
}

/** Runs one SQL query. */
export type Query = (
  text: string,
  values: readonly unknown[],
) => Promise<{ readonly rows: readonly Record<string, unknown>[] }>

/**
 * The bits of `pg_trigger.tgtype`.
 * Source: PostgreSQL, src/include/catalog/pg_trigger.h, TRIGGER_TYPE_*.
 */
const TGTYPE = { row: 1, before: 2, insert: 4, delete: 8, update: 16, truncate: 32, instead: 64 } as const
const NOT_OURS = TGTYPE.row | TGTYPE.before | TGTYPE.instead

const INSTALLED = `
SELECT n.nspname AS schema, c.relname AS name, t.tgname AS trigger, t.tgtype::int AS type,
       t.tgenabled IN ('O', 'A') AS enabled, f.proname AS function, md5(convert_to(f.prosrc, 'UTF8')) AS body
FROM pg_catalog.pg_trigger t
JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_proc f ON f.oid = t.tgfoid
WHERE NOT t.tgisinternal AND f.pronamespace = to_regnamespace('stalemate') AND f.proname = ANY ($1::text[])`

/** Compares what is installed with what the manifest needs; an empty list means that all is covered. */
export async function readCoverage(query: Query, manifest: Manifest): Promise<readonly Uncovered[]> {
  const functions = manifest.tables.flatMap((table) => table.triggers.map((trigger) => trigger.function))
  const { rows } = await query(INSTALLED, [functions])
  const installed = new Map(
    rows.map((row) => [`${String(row['schema'])}\0${String(row['name'])}\0${String(row['trigger'])}`, row]),
  )
  return manifest.tables.flatMap(({ table, schema, name, triggers }) =>
    triggers.flatMap((trigger) => {
      const reason = judge(installed.get(`${schema}\0${name}\0${trigger.name}`), trigger)
      return reason === undefined ? [] : [{ table, trigger: trigger.name, reason }]
    }),
  )
}

function judge(
  row: Record<string, unknown> | undefined,
  trigger: ManifestTrigger,
): Uncovered['reason'] | undefined {
  if (row === undefined) return 'missing'
  const type = Number(row['type'])
  const fires = (type & TGTYPE[trigger.operation]) !== 0 && (type & NOT_OURS) === 0
  if (!fires || row['function'] !== trigger.function || row['body'] !== trigger.body) return 'changed'
  return row['enabled'] === true ? undefined : 'disabled'
}
