import { CATALOG_VERSION, type Catalog, type QualifiedName } from './catalog.ts'

/** Puts the parts of a catalog into their order, which no collation of a server decides, and freezes them. */
export function makeCatalog(parts: Omit<Catalog, 'kind' | 'version'>): Catalog {
  return deepFreeze({
    kind: 'catalog',
    version: CATALOG_VERSION,
    server: parts.server,
    schemas: [...parts.schemas].sort(compareText),
    relations: parts.relations
      .map((relation) => ({
        ...relation,
        uniqueKeys: relation.uniqueKeys
          .map((columns) => [columns.join('\0'), columns] as const)
          .sort(([a], [b]) => compareText(a, b))
          .map(([, columns]) => columns),
        indexes: relation.indexes.toSorted((a, b) => compareText(a.name, b.name)),
        foreignKeys: relation.foreignKeys.toSorted((a, b) => compareText(a.name, b.name)),
      }))
      .sort(compareQualified),
    enums: [...parts.enums].sort(compareQualified),
    ...(parts.functions?.length ? { functions: parts.functions.toSorted(compareQualified) } : {}),
  })
}

export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

export function compareQualified(a: QualifiedName, b: QualifiedName): number {
  return compareText(a.schema, b.schema) || compareText(a.name, b.name)
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const child of Object.values(value)) deepFreeze(child)
  }
  return value
}
