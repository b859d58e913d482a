import type { CatalogIndex, CatalogRelation } from './catalog.ts'

/** Access methods that answer `=`. */
const METHODS = new Set(['btree', 'hash'])

/**
 * Tells whether a look-up by equality of all of `columns` finds an index: a whole one, or a partial one that
 * only leaves out NULLs, which begins with one of them.
 */
export function isIndexed({ indexes }: CatalogRelation, columns: readonly string[]): boolean {
  return indexes.some((index) => {
    const [first] = index.columns
    return (
      first !== undefined && columns.includes(first) && METHODS.has(index.method) && covers(index, columns)
    )
  })
}

/** A row that is equal in a column has no NULL there. */
function covers({ predicate }: CatalogIndex, columns: readonly string[]): boolean {
  if (predicate === undefined) return true
  return columns.some((column) => {
    const quoted = `"${column.replaceAll('"', '""')}"`
    return predicate === `(${column} IS NOT NULL)` || predicate === `(${quoted} IS NOT NULL)`
  })
}
