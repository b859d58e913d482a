import { findColumn, findTable, isSame } from './find.ts'
import { compareQualified } from './make-catalog.ts'
import { findReferences, proposeCacheName, proposeParamNames, type Reference } from './propose-names.ts'
import { refuseColumn, refuseTable } from './refusals.ts'
import { showColumns, showName } from './show.ts'
import { paramTypeOf, typeFits } from './type-fits.ts'
import { isWritable } from './yaml-text.ts'
import type { Catalog, CatalogRelation } from './catalog.ts'

const PARAM_TYPES = new Set(['uuid', 'int', 'bigint', 'text', 'boolean', 'date'])

export type ProposedParam = { readonly name: string; readonly type: string; readonly column: string }

/** A table to watch, whose rows become the entries of a cache where it has a usable primary key. */
export type ProposedTable = {
  readonly relation: CatalogRelation
  readonly cache: string | undefined
  /** Of the cache, in the order of the primary key. */
  readonly params: readonly ProposedParam[]
  readonly rules: readonly ProposedRule[]
}

export type ProposedRule = {
  /** The table whose cache is made wrong. */
  readonly target: CatalogRelation
  readonly cache: string
  /** Each param of that cache, and the column that it is read from. */
  readonly bindings: readonly (readonly [param: string, column: string])[]
}

export type Proposal = {
  /** Sorted by schema and name. */
  readonly chosen: readonly ProposedTable[]
  /** Those past the limit. */
  readonly others: readonly ProposedTable[]
  /** Tables and foreign keys that nothing can be made of, and why: whole sentences. */
  readonly notes: readonly string[]
}

/**
 * Takes each table with a usable primary key for a cache of its rows, and each foreign key for a rule that makes
 * the row it refers to wrong. Past `limit` the tables with the fewest foreign keys are left out.
 */
export function makeProposal(catalog: Catalog, limit: number): Proposal {
  const notes: string[] = []
  const taken = new Set<string>()
  const tables: Omit<ProposedTable, 'rules'>[] = []
  const degrees = new Map<CatalogRelation, number>()
  for (const relation of catalog.relations) {
    if (relation.kind !== 'table' && relation.kind !== 'partitioned') continue
    const unwatchable = explainUnwatchable(catalog, relation)
    if (unwatchable !== undefined) {
      notes.push(unwatchable)
      continue
    }
    const unkeyed = explainUnkeyed(catalog, relation)
    if (unkeyed !== undefined) {
      notes.push(unkeyed)
      degrees.set(relation, relation.foreignKeys.length)
      tables.push({ relation, cache: undefined, params: [] })
      continue
    }
    const references = findReferences(catalog, relation)
    const cache = proposeCacheName(relation, taken)
    taken.add(cache)
    degrees.set(relation, references.length + relation.foreignKeys.length)
    tables.push({ relation, cache, params: proposeParams(catalog, relation, references) })
  }
  const withRules = tables
    .map(({ relation, cache, params }): ProposedTable => {
      const rules = proposeRules(catalog, { relation, cache, params }, tables, notes)
      return { relation, cache, params, rules }
    })
    .filter(({ rules }) => rules.length > 0)
  const ranked = withRules.toSorted(
    (a, b) => (degrees.get(b.relation) ?? 0) - (degrees.get(a.relation) ?? 0) || byName(a, b),
  )
  return {
    chosen: ranked.slice(0, limit).sort(byName),
    others: ranked.slice(limit).sort(byName),
    notes,
  }
}

function byName(a: ProposedTable, b: ProposedTable): number {
  return compareQualified(a.relation, b.relation)
}

/** Why no rules can be proposed for a table. */
function explainUnwatchable(catalog: Catalog, relation: CatalogRelation): string | undefined {
  const { schema, name, primaryKey = [], foreignKeys } = relation
  const names = [schema, name, ...primaryKey, ...foreignKeys.flatMap((key) => key.columns)]
  if (!names.every(isWritable)) return `${showName(relation)} has a name with an invisible character.`
  return refuseTable(catalog, relation).find(({ severity }) => severity === 'error')?.message
}

/** Why the rows of a table cannot be the entries of a cache. */
function explainUnkeyed(catalog: Catalog, relation: CatalogRelation): string | undefined {
  const { primaryKey } = relation
  const shown = showName(relation)
  if (primaryKey === undefined) return `${shown} has no primary key.`
  for (const name of primaryKey) {
    const column = findColumn(relation, name)
    if (column === undefined) return `${shown} has no column ${name}.`
    const [refused] = refuseColumn(column, 'param')
    if (refused !== undefined) return `${shown}: ${refused.message}`
    if (!PARAM_TYPES.has(paramTypeOf(catalog, column) ?? ''))
      return `${shown}: the column ${name} of the primary key is of type ${column.type}, which no param has.`
  }
  return undefined
}

function proposeParams(
  catalog: Catalog,
  relation: CatalogRelation,
  references: readonly Reference[],
): ProposedParam[] {
  const names = proposeParamNames(relation, references)
  return (relation.primaryKey ?? []).flatMap((name, index) => {
    const column = findColumn(relation, name)
    const type = column && paramTypeOf(catalog, column)
    const param = names[index]
    if (type === undefined || param === undefined) return []
    // A wider column may refer to an int; all of its values that occur are in the narrower one.
    const isWider = references.some(({ from, key }) => {
      const referring = findColumn(from, key.columns[key.references.columns.indexOf(name)] ?? '')
      return type === 'int' && referring !== undefined && !typeFits(catalog, type, referring)
    })
    return [{ name: param, type: isWider ? 'bigint' : type, column: name }]
  })
}

/** The rule for the row itself, where it is an entry, then one for each foreign key. */
function proposeRules(
  catalog: Catalog,
  { relation, cache, params }: Omit<ProposedTable, 'rules'>,
  tables: readonly Omit<ProposedTable, 'rules'>[],
  notes: string[],
): readonly ProposedRule[] {
  const rules: ProposedRule[] = []
  if (cache !== undefined)
    rules.push({ target: relation, cache, bindings: params.map(({ name, column }) => [name, column]) })
  for (const { columns, references } of relation.foreignKeys) {
    const shown = `${showName(relation)} (${showColumns(columns)}) refers to ${showName(references)} (${showColumns(references.columns)})`
    const target = tables.find((table) => isSame(table.relation, references))
    if (target?.cache === undefined) {
      if (findTable(catalog, references) === undefined) notes.push(`${shown}, which was not read.`)
      continue
    }
    const bindings = target.params.map(
      ({ name, column }) => [name, columns[references.columns.indexOf(column)] ?? ''] as const,
    )
    if (bindings.some(([, column]) => column === '') || bindings.length !== columns.length) {
      notes.push(`${shown}, which is not its primary key.`)
      continue
    }
    const unfit = target.params.some(({ type }, index) => {
      const column = findColumn(relation, bindings[index]?.[1] ?? '')
      return (
        column === undefined || refuseColumn(column, 'param').length > 0 || !typeFits(catalog, type, column)
      )
    })
    if (unfit) {
      notes.push(`${shown}, which is of another type.`)
      continue
    }
    const rule = { target: target.relation, cache: target.cache, bindings }
    if (
      !rules.some(
        (other) => JSON.stringify(other.bindings) === JSON.stringify(bindings) && other.cache === rule.cache,
      )
    )
      rules.push(rule)
  }
  return rules
}
