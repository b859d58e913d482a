import { StalemateError } from '../errors.ts'
import { makeCatalog } from './make-catalog.ts'
import { COLUMNS, ENUMS, FOREIGN_KEYS, FUNCTIONS, INDEXES, RELATIONS, SCHEMAS } from './queries.ts'
import { toColumn, toForeignKey, toIndex, toRelation } from './read-rows.ts'
import type { ColumnRow, ForeignKeyRow, IndexRow, RelationRow } from './read-rows.ts'
import type { Catalog, CatalogEnum, QualifiedName } from './catalog.ts'

/** Runs one SQL text; all on one connection, which is in no transaction. */
export type Query = (
  text: string,
  values?: readonly unknown[],
) => Promise<{ readonly rows: readonly Record<string, unknown>[] }>

export type ReadOptions = {
  /** Read these schemas only; all but the system's, temporary ones and `stalemate` unless given. */
  readonly schemas?: readonly string[]
}

const SETTINGS = [
  // Names in the texts that the server prints are then the same whatever the session says.
  'search_path = pg_catalog',
  'quote_all_identifiers = off',
  // To compile queries like these takes longer than to run them.
  'jit = off',
]

/**
 * Reads what a database has, in one read-only snapshot. Needs no rights but to connect: only the system
 * catalogs are read.
 *
 * @throws StalemateError `option-invalid` when there is no schema of a given name
 */
export async function readCatalog(query: Query, options: ReadOptions = {}): Promise<Catalog> {
  await query('BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY')
  try {
    for (const setting of SETTINGS) await query(`SET LOCAL ${setting}`)
    const catalog = await readSnapshot(query, options)
    await query('COMMIT')
    return catalog
  } catch (error) {
    // A connection that broke cannot roll back; what broke it is the error that counts.
    await query('ROLLBACK').catch(() => undefined)
    throw error
  }
}

async function readSnapshot(query: Query, options: ReadOptions): Promise<Catalog> {
  const [server] = await readRows<{ version: number }>(
    query,
    `SELECT current_setting('server_version_num')::int / 10000 AS version`,
  )
  const schemas = chooseSchemas(await readRows<SchemaRow>(query, SCHEMAS), options.schemas)
  const values = [schemas.map(({ oid }) => oid)]
  const relations = await readRows<RelationRow>(query, RELATIONS, values)
  const columns = groupByRelation(await readRows<ColumnRow>(query, COLUMNS, values))
  const indexes = groupByRelation(await readRows<IndexRow>(query, INDEXES, values))
  const foreignKeys = groupByRelation(await readRows<ForeignKeyRow>(query, FOREIGN_KEYS, values))
  const enums = await readRows<CatalogEnum>(query, ENUMS)
  const functions = await readRows<QualifiedName>(query, FUNCTIONS, values)
  const used = new Set([...columns.values()].flat().map((row) => `${row.baseSchema}\0${row.baseName}`))
  const read = new Set(schemas.map(({ name }) => name))
  return makeCatalog({
    server: server?.version ?? 0,
    schemas: [...read],
    relations: relations.map((row) => {
      const indexRows = indexes.get(row.oid) ?? []
      return toRelation(row, {
        columns: (columns.get(row.oid) ?? []).map(toColumn),
        indexes: indexRows.map(toIndex),
        keys: indexRows,
        foreignKeys: (foreignKeys.get(row.oid) ?? []).map(toForeignKey),
      })
    }),
    enums: enums.filter(({ schema, name }) => read.has(schema) || used.has(`${schema}\0${name}`)),
    functions,
  })
}

/** Rows as one JSON text: a driver that parses types in its own way changes nothing. */
async function readRows<Row>(
  query: Query,
  sql: string,
  values: readonly unknown[] = [],
): Promise<readonly Row[]> {
  const { rows } = await query(`SELECT coalesce(json_agg(r), '[]')::text AS rows FROM (${sql}) AS r`, values)
  return JSON.parse(String(rows[0]?.['rows'])) as Row[]
}

type SchemaRow = { readonly oid: string; readonly name: string }

function chooseSchemas(
  all: readonly SchemaRow[],
  wanted: readonly string[] | undefined,
): readonly SchemaRow[] {
  if (wanted === undefined) return all
  const missing = wanted.find((name) => !all.some((schema) => schema.name === name))
  if (missing === undefined) return all.filter(({ name }) => wanted.includes(name))
  const names = all.map(({ name }) => name).sort()
  throw new StalemateError('option-invalid', `The database has no schema ${JSON.stringify(missing)}.`, {
    hint: names.length === 0 ? 'It has none at all.' : `Its schemas are: ${names.slice(0, 12).join(', ')}.`,
  })
}

function groupByRelation<Row extends { readonly relation: string }>(
  rows: readonly Row[],
): ReadonlyMap<string, readonly Row[]> {
  const groups = new Map<string, Row[]>()
  for (const row of rows) {
    const group = groups.get(row.relation)
    if (group === undefined) groups.set(row.relation, [row])
    else group.push(row)
  }
  return groups
}
