import { compareQualified } from './make-catalog.ts'
import type { Catalog, CatalogColumn, CatalogEnum, CatalogRelation, QualifiedName } from './catalog.ts'

/** The relation of that name, of any kind. */
export function findTable({ relations }: Catalog, name: QualifiedName): CatalogRelation | undefined {
  return findSorted(relations, name)
}

export function findEnum({ enums }: Catalog, name: QualifiedName): CatalogEnum | undefined {
  return findSorted(enums, name)
}

export function findColumn({ columns }: CatalogRelation, name: string): CatalogColumn | undefined {
  return columns.find((column) => column.name === name)
}

/** Relations that are partitions of this one or inherit from it, at any depth. */
export function findDescendants(catalog: Catalog, of: QualifiedName): readonly CatalogRelation[] {
  const found: CatalogRelation[] = []
  const waiting: QualifiedName[] = [of]
  for (let parent = waiting.pop(); parent !== undefined; parent = waiting.pop()) {
    const above = parent
    for (const relation of catalog.relations) {
      const { partitionOf, inherits } = relation
      const isChild = partitionOf ? isSame(partitionOf, above) : inherits.some((name) => isSame(name, above))
      // A table can inherit from another along two ways.
      if (!isChild || found.includes(relation)) continue
      found.push(relation)
      waiting.push(relation)
    }
  }
  return found
}

export function isSame(a: QualifiedName, b: QualifiedName): boolean {
  return a.name === b.name && a.schema === b.schema
}

/** A catalog's lists are sorted, so that rules by the thousand find their tables quickly. */
function findSorted<Item extends QualifiedName>(
  items: readonly Item[],
  name: QualifiedName,
): Item | undefined {
  let [low, high] = [0, items.length]
  while (low < high) {
    const middle = (low + high) >> 1
    const item = items[middle]
    if (item === undefined) return undefined
    const order = compareQualified(item, name)
    if (order === 0) return item
    if (order < 0) low = middle + 1
    else high = middle
  }
  return undefined
}
