import type { CatalogColumn, QualifiedName } from './catalog.ts'

/** A name as people and rules write it: without the schema `public`. */
export function showName({ schema, name }: QualifiedName): string {
  return schema === 'public' ? name : `${schema}.${name}`
}

/** A column's type as people write it. */
export function showType({ type }: CatalogColumn): string {
  return type.replace(/^public\./, '')
}

export function showColumns(columns: readonly string[]): string {
  return columns.join(', ')
}
