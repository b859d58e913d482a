import { isSame } from './find.ts'
import type { Catalog, CatalogForeignKey, CatalogRelation } from './catalog.ts'

/** What the rule language lets a cache or param be called. */
const NAME = /^[A-Za-z][A-Za-z0-9_]{0,62}$/
/** PostgreSQL's limit, and the language's. */
const LONGEST = 63

/** A name for the cache of a table, different from those that are taken: the table's, with its schema. */
export function proposeCacheName({ schema, name }: CatalogRelation, taken: ReadonlySet<string>): string {
  const wanted = toName(schema === 'public' ? name : `${schema}_${name}`, 'rows')
  for (let number = 1; ; number += 1) {
    const suffix = number === 1 ? '' : `_${number}`
    const free = wanted.slice(0, LONGEST - suffix.length) + suffix
    if (!taken.has(free)) return free
  }
}

/** A foreign key and the table that has it. */
export type Reference = { readonly from: CatalogRelation; readonly key: CatalogForeignKey }

/** All foreign keys that refer to the primary key of a table, which may be its own. */
export function findReferences(
  catalog: Catalog,
  { primaryKey = [], ...table }: CatalogRelation,
): Reference[] {
  const wanted = new Set(primaryKey)
  return catalog.relations
    .filter(({ kind }) => kind === 'table' || kind === 'partitioned')
    .flatMap((from) => from.foreignKeys.map((key) => ({ from, key })))
    .filter(
      ({ key: { references } }) =>
        isSame(references, table) &&
        references.columns.length === wanted.size &&
        references.columns.every((column) => wanted.has(column)),
    )
}

/**
 * Names for the params of a primary key: what most columns that refer to it are called, so that rules bind by
 * equal names; else what the key's own column is called.
 */
export function proposeParamNames(relation: CatalogRelation, references: readonly Reference[]): string[] {
  const { primaryKey = [] } = relation
  const others = references.filter(({ from }) => !isSame(from, relation))
  const names: string[] = []
  for (const column of primaryKey) {
    const own = toName(column, 'key')
    const found = others.flatMap(({ key }) => key.columns[key.references.columns.indexOf(column)] ?? [])
    const wanted = mostFrequent(
      found.filter((name) => isName(name) && !names.includes(name)),
      relation.name.slice(0, 3),
    )
    // Another column of the key may go by this name; then the own one cannot clash.
    const free = wanted !== undefined && (wanted === column || !primaryKey.includes(wanted)) ? wanted : own
    names.push(names.includes(free) ? `${free.slice(0, LONGEST - 4)}_key` : free)
  }
  return names
}

function mostFrequent(names: readonly string[], prefix: string): string | undefined {
  const counts = new Map<string, number>()
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  const rank = (name: string): number => (counts.get(name) ?? 0) + (name.startsWith(prefix) ? 0.5 : 0)
  return [...counts.keys()].sort((a, b) => rank(b) - rank(a) || (a < b ? -1 : 1))[0]
}

function isName(text: string): boolean {
  return NAME.test(text) && !(text in Object.prototype)
}

/** The text as a name of the language. */
function toName(text: string, suffix: string): string {
  if (isName(text)) return text
  const plain = text.replaceAll(/[^A-Za-z0-9_]+/g, '_').replaceAll(/^[^A-Za-z]+|_+$/g, '')
  if (plain === '') return suffix
  return isName(plain) ? plain : `${plain.slice(0, LONGEST - suffix.length - 1)}_${suffix}`
}
