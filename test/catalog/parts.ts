import type { Catalog, CatalogColumn, CatalogForeignKey, CatalogRelation } from '../../src/catalog/catalog.ts'
import { makeCatalog } from '../../src/catalog/make-catalog.ts'

/** A column of one of PostgreSQL's own types. */
export function column(name: string, type = 'uuid'): CatalogColumn {
  return { name, type, base: { schema: 'pg_catalog', name: type }, category: 'U', nullable: false }
}

export function foreignKey(columns: string[], to: string, toColumns: string[]): CatalogForeignKey {
  return {
    name: `${columns.join('_')}_fkey`,
    columns,
    references: { schema: 'public', name: to, columns: toColumns },
    onDelete: 'no-action',
    onUpdate: 'no-action',
  }
}

/** An ordinary table in `public` with the primary key `id`, but for what is given. */
export function table(name: string, given: Partial<CatalogRelation> = {}): CatalogRelation {
  return {
    schema: 'public',
    name,
    kind: 'table',
    persistence: 'permanent',
    columns: [column('id')],
    primaryKey: ['id'],
    uniqueKeys: [],
    indexes: [],
    foreignKeys: [],
    inherits: [],
    rowSecurity: 'off',
    hasTriggers: false,
    ...given,
  }
}

export function catalogOf(relations: readonly CatalogRelation[], enums: Catalog['enums'] = []): Catalog {
  const schemas = [...new Set(['public', ...relations.map(({ schema }) => schema)])]
  return makeCatalog({ server: 18, schemas, relations, enums })
}
