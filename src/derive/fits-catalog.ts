import type { Catalog } from '../catalog/catalog.ts'
import { findTable } from '../catalog/find.ts'
import type { LockedQuery } from './lock.ts'

/** Whether what was said of a query is still so, as far as the catalog tells: its tables have the same columns. */
export function fitsCatalog({ relations }: LockedQuery, catalog: Catalog): boolean {
  return relations.every((locked) => {
    if (locked.kind === 'system' || !catalog.schemas.includes(locked.schema)) return true
    const found = findTable(catalog, locked)
    if (found === undefined || (locked.kind !== found.kind && locked.kind !== 'temporary')) return false
    if (locked.rowSecurity !== true && found.rowSecurity !== 'off') return false
    return (
      found.columns.length === locked.columns.length &&
      found.columns.every(({ name, base, nullable }, index) => {
        const own = locked.columns[index]
        const shown = base.schema === 'pg_catalog' ? base.name : `${base.schema}.${base.name}`
        return (
          own?.name === name && own.base === shown && (own.nullable || !nullable || locked.kind === 'view')
        )
      })
    )
  })
}
