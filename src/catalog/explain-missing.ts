import { showName } from './show.ts'
import type { Catalog, CatalogRelation, QualifiedName } from './catalog.ts'
import type { Reason } from './type-fits.ts'

/** Finds the candidate that a misspelt name most likely means. */
export type Suggest = (name: string, candidates: Iterable<string>) => string | undefined

/** How many names a hint lists. */
const SOME = 12
/** Columns that every table has and that no trigger of ours can read. */
const SYSTEM_COLUMNS = new Set(['ctid', 'tableoid', 'xmin', 'xmax', 'cmin', 'cmax'])

/** Says why the catalog has no table of that name, and which one is meant. */
export function explainMissingTable(catalog: Catalog, table: QualifiedName, suggest: Suggest): Reason {
  const { schema, name } = table
  const shown = showName(table)
  if (schema.startsWith('pg_') || schema === 'information_schema') {
    return {
      message: `${shown} belongs to PostgreSQL itself, which allows no trigger there.`,
      hint: 'Watch tables of your own.',
    }
  }
  if (schema === 'stalemate') {
    return { message: `${shown} belongs to Stalemate itself.`, hint: 'Watch tables of your own.' }
  }
  const message = `The catalog has no table ${shown}.`
  if (!catalog.schemas.includes(schema)) {
    const near = suggest(schema, catalog.schemas)
    return {
      message: `The catalog has no schema ${schema}.`,
      hint:
        near === undefined
          ? `It has ${listSome(catalog.schemas)}. If the schema is there, run \`stalemate pull\` again.`
          : `Did you mean ${showName({ schema: near, name })}?`,
    }
  }
  const elsewhere = catalog.relations.find((relation) => relation.name === name)
  if (elsewhere !== undefined) return { message, hint: `Did you mean ${showName(elsewhere)}?` }
  const near = suggest(
    shown,
    catalog.relations.filter((relation) => relation.kind !== 'partition').map(showName),
  )
  return {
    message,
    hint: near === undefined ? 'If it is new, run `stalemate pull` again.' : `Did you mean ${near}?`,
  }
}

/** Says why a table has no column of that name, and which one is meant. */
export function explainMissingColumn(relation: CatalogRelation, name: string, suggest: Suggest): Reason {
  const table = showName(relation)
  if (SYSTEM_COLUMNS.has(name)) {
    return {
      message: `${name} is a system column, which says nothing about the data.`,
      hint: 'Name a column of the table.',
    }
  }
  const names = relation.columns.map((column) => column.name)
  const near = suggest(name, names)
  return {
    message: `${table} has no column ${name}.`,
    hint: near === undefined ? `It has ${listSome(names)}.` : `Did you mean ${near}?`,
  }
}

function listSome(names: readonly string[]): string {
  if (names.length === 0) return 'none'
  return `${names.slice(0, SOME).join(', ')}${names.length > SOME ? ', …' : ''}`
}
