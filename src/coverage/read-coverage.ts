import type { Manifest, ManifestTrigger } from '../manifest/manifest.ts'

/** A trigger that does not run as the manifest needs it, so that changes of its table may go unnoticed. */
export type Uncovered = {
  /** The table as the rules name it. */
  readonly table: string
  readonly trigger: string
  readonly reason:
    | 'missing'
    /** The table has it, and a partition or a table that inherits from it has not: what is written straight there is missed. */
    | 'partition'
    /** `ALTER TABLE ... DISABLE TRIGGER`, or enabled for replicas only. */
    | 'disabled'
    /** The trigger or its function is not what was compiled. */
    | 'changed'
    /** It is what was compiled, but so new that a transaction still runs which may have fired what was there before. */
    | 'settling'
}

/** Runs one SQL query. */
export type Query = (
  text: string,
  values: readonly unknown[],
) => Promise<{ readonly rows: readonly Record<string, unknown>[] }>

/** What is installed on one table of the manifest. */
export type TableCoverage = {
  /** As the rules name it. */
  readonly table: string
  /** OIDs of the table, its partitions and the tables that inherit from it. */
  readonly relations: readonly string[]
  /** Names of the triggers that it needs. */
  readonly triggers: readonly string[]
  readonly uncovered: readonly Uncovered[]
  /** Differs whenever something was installed anew, also if it is the same as before. */
  readonly fingerprint: string
  /** The transactions that installed it, as `xid`. */
  readonly installers: readonly string[]
}

/**
 * The bits of `pg_trigger.tgtype`.
 * Source: PostgreSQL, src/include/catalog/pg_trigger.h, TRIGGER_TYPE_*.
 */
const TGTYPE = { row: 1, before: 2, insert: 4, delete: 8, update: 16, truncate: 32, instead: 64 } as const
const NOT_OURS = TGTYPE.row | TGTYPE.before | TGTYPE.instead

/** Rows of the catalogs carry the transaction that wrote them: `xmin`. */
const INSTALLED = `
WITH RECURSIVE watched (number, root, relation) AS (
  SELECT w.number, c.oid, c.oid
  FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS w (schema, name, number)
  JOIN pg_catalog.pg_namespace n ON n.nspname = w.schema
  JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = w.name
  UNION
  SELECT w.number, w.root, i.inhrelid
  FROM watched w JOIN pg_catalog.pg_inherits i ON i.inhparent = w.relation
)
SELECT w.number::int, w.relation::text, w.relation = w.root AS is_root, t.oid::text AS trigger, t.tgname AS name,
       t.tgtype::int AS type, t.tgenabled IN ('O', 'A') AS enabled, t.xmin::text AS bound_by,
       f.oid::text AS callee, f.proname AS function, md5(convert_to(f.prosrc, 'UTF8')) AS body, f.xmin::text AS written_by
FROM watched w
LEFT JOIN (
  pg_catalog.pg_trigger t
  JOIN pg_catalog.pg_proc f
    ON f.oid = t.tgfoid AND f.pronamespace = to_regnamespace('stalemate') AND f.proname = ANY ($3::text[])
) ON t.tgrelid = w.relation AND NOT t.tgisinternal
ORDER BY w.number, w.relation, t.oid`

type Row = Record<string, unknown>

/** Compares what is installed with what the manifest needs; an empty list means that all is covered. */
export async function readCoverage(query: Query, manifest: Manifest): Promise<readonly Uncovered[]> {
  return (await readTables(query, manifest)).flatMap(({ uncovered }) => uncovered)
}

/** What is installed on each table of the manifest, in its order. */
export async function readTables(query: Query, { tables }: Manifest): Promise<readonly TableCoverage[]> {
  const functions = tables.flatMap(({ triggers }) => triggers.map((trigger) => trigger.function))
  const values = [tables.map(({ schema }) => schema), tables.map(({ name }) => name), functions]
  const { rows } = await query(INSTALLED, values)
  const byTable = tables.map((): Row[] => [])
  for (const row of rows) byTable[Number(row['number']) - 1]?.push(row)
  return tables.map(({ table, triggers }, index) => {
    const own = byTable[index] ?? []
    const found = own.filter((row) => row['trigger'] !== null)
    const relations = new Map(own.map((row) => [String(row['relation']), row['is_root'] === true]))
    return {
      table,
      relations: [...relations.keys()],
      triggers: triggers.map(({ name }) => name),
      uncovered: triggers.flatMap((trigger) => {
        const reason = judge(trigger, relations, found)
        return reason === undefined ? [] : [{ table, trigger: trigger.name, reason }]
      }),
      fingerprint: JSON.stringify(own),
      installers: [...new Set(found.flatMap((row) => [String(row['bound_by']), String(row['written_by'])]))],
    }
  })
}

function judge(
  trigger: ManifestTrigger,
  relations: ReadonlyMap<string, boolean>,
  rows: readonly Row[],
): Uncovered['reason'] | undefined {
  if (relations.size === 0) return 'missing'
  const reasons = [...relations].map(([relation, isRoot]) => {
    const row = rows.find(
      (each) =>
        each['relation'] === relation && each['function'] === trigger.function && fires(each, trigger),
    )
    if (row !== undefined) {
      if (row['body'] !== trigger.body) return 'changed'
      return row['enabled'] === true ? undefined : 'disabled'
    }
    const isOther = rows.some((each) => each['relation'] === relation && each['name'] === trigger.name)
    if (isOther) return 'changed'
    return isRoot ? 'missing' : 'partition'
  })
  return reasons.find((reason) => reason !== undefined)
}

function fires(row: Row, { operation }: ManifestTrigger): boolean {
  const type = Number(row['type'])
  return (type & TGTYPE[operation]) !== 0 && (type & NOT_OURS) === 0
}
