import { findDescendants, findTable, isSame } from './find.ts'
import { showName, showType } from './show.ts'
import type { Catalog, CatalogColumn, CatalogRelation, QualifiedName } from './catalog.ts'
import type { Reason } from './type-fits.ts'

/** Why a table or column cannot be watched, or what is missed when it is. */
export type Refusal = Reason & {
  readonly code:
    | 'view'
    | 'materialized-view'
    | 'foreign-table'
    | 'partition'
    | 'foreign-child'
    | 'inherited'
    | 'unlogged'
    | 'virtual-column'
    | 'case-insensitive'
    | 'non-deterministic'
  /** An `error` cannot work; a `warning` works, and something can be missed. */
  readonly severity: 'error' | 'warning'
}

/** What speaks against watching a table; nothing for most. */
export function refuseTable(catalog: Catalog, relation: CatalogRelation): readonly Refusal[] {
  const name = showName(relation)
  const { kind, partitionOf, persistence } = relation
  const refusals: Refusal[] = []
  const refuse = (code: Refusal['code'], message: string, hint: string, severity = 'error' as const) =>
    refusals.push({ code, severity, message, hint })
  const warn = (code: Refusal['code'], message: string, hint: string) =>
    refusals.push({ code, severity: 'warning', message, hint })

  switch (kind) {
    case 'view':
      refuse(
        'view',
        `${name} is a view: it has no rows of its own, so nothing ever changes in it.`,
        'Watch the tables that it reads.',
      )
      break
    case 'materialized-view':
      refuse(
        'materialized-view',
        `${name} is a materialized view, and PostgreSQL fires no trigger when it is refreshed.`,
        'Watch the tables that it reads, or invalidate the cache where it is refreshed.',
      )
      break
    case 'foreign-table':
      refuse(
        'foreign-table',
        `${name} is a foreign table: its rows change on another server, where no trigger of ours is.`,
        'Install the rules in the database that the rows live in.',
      )
      break
    case 'partition':
      refuse(
        'partition',
        `${name} is a partition${partitionOf ? ` of ${showName(partitionOf)}` : ''}, and what is written through the parent fires no trigger of the partition.`,
        `Watch ${partitionOf ? showName(rootOf(catalog, relation)) : 'the parent'} instead.`,
      )
      break
    case 'partitioned':
    case 'table':
      break
  }
  const descendants = kind === 'partition' ? [] : findDescendants(catalog, relation)
  const foreign = descendants.find((descendant) => descendant.kind === 'foreign-table')
  if (foreign !== undefined) {
    refuse(
      'foreign-child',
      `${name} has the foreign table ${showName(foreign)} below it, and PostgreSQL refuses to write there while a trigger collects the changed rows.`,
      'Watch a table without foreign tables below it, or detach them.',
    )
  }
  const child = descendants.find(({ inherits }) => inherits.some((parent) => isSame(parent, relation)))
  if (child !== undefined) {
    warn(
      'inherited',
      `${showName(child)} inherits from ${name}, and what is written straight to it fires no trigger of ${name}.`,
      `Give ${showName(child)} the same rules.`,
    )
  }
  if (persistence === 'unlogged') {
    warn(
      'unlogged',
      `${name} is unlogged: a crash of the server empties it without firing a trigger.`,
      'Make it a logged table, or clear its caches after a crash.',
    )
  }
  return refusals
}

/**
 * What speaks against using a column.
 * @param use `param` when its value becomes a param, `watch` when the rule only looks whether it changed
 */
export function refuseColumn(column: CatalogColumn, use: 'param' | 'watch'): readonly Refusal[] {
  const { name, collation } = column
  if (column.generated === 'virtual') {
    return [
      {
        code: 'virtual-column',
        severity: 'error',
        message: `The column ${name} is a virtual generated column, which no trigger can read.`,
        hint: 'Name the columns that it is computed from, or make it STORED.',
      },
    ]
  }
  if (use === 'watch' || collation === undefined) return []
  if (collation.caseInsensitive === true) {
    const why =
      column.base.name === 'citext' ? `the type ${showType(column)}` : `the collation ${collation.name}`
    return [
      {
        code: 'case-insensitive',
        severity: 'error',
        message: `For ${why} of the column ${name}, A equals a, so that one value has several texts and several keys.`,
        hint: 'Use a column of type text with a deterministic collation, such as a generated one that holds lower(...).',
      },
    ]
  }
  if (collation.deterministic) return []
  return [
    {
      code: 'non-deterministic',
      severity: 'error',
      message: `For the collation ${collation.name} of the column ${name}, different texts can be equal, so that one value has several keys.`,
      hint: 'Use a column with a deterministic collation.',
    },
  ]
}

/** The table at the top of a partition. */
function rootOf(catalog: Catalog, relation: CatalogRelation): QualifiedName {
  const { partitionOf } = relation
  if (partitionOf === undefined) return relation
  const parent = findTable(catalog, partitionOf)
  return parent === undefined ? partitionOf : rootOf(catalog, parent)
}
