import type { SqlNode } from '../sql/tree.ts'
import type { LockedRelation } from './lock.ts'

/** One place where a query reads a table. A table that is read twice has two. */
export type Occurrence = {
  readonly kind: 'table'
  readonly id: number
  readonly relation: LockedRelation
  readonly alias: string
  /** The table's columns by the names that the query uses for them. */
  readonly names: ReadonlyMap<string, string>
  /** Columns that the query reads here. */
  readonly read: Set<string>
  /** Whether it reads whole rows, or what no column is. */
  whole: boolean
}

/** A part of FROM of which nothing is known: a function, VALUES, a recursive reference. */
export type Opaque = { readonly kind: 'opaque'; readonly id: number; readonly arguments: readonly SqlNode[] }

/** A query in FROM, a CTE, or a view. */
export type Derived = {
  readonly kind: 'derived'
  readonly id: number
  readonly block: Block
  readonly names: readonly string[]
}

export type Source = Occurrence | Opaque | Derived

export type Leaf = { readonly kind: 'leaf'; readonly source: Source }
export type Join = {
  readonly kind: 'join'
  readonly type: 'inner' | 'left' | 'right' | 'full'
  readonly left: From
  readonly right: From
  readonly on: SqlNode | undefined
  readonly scope: Scope
  /** Columns that USING compares. */
  readonly using: readonly (readonly [left: Place, right: Place])[]
  /** Names of the columns that USING merges. */
  readonly merged: readonly string[]
}
export type From = Leaf | Join

/** A column of a source. */
export type Place = { readonly source: Source; readonly column: string }

/** Names that a query can use. */
export type Scope = {
  readonly parent: Scope | undefined
  /** Classes of the types of the query's params. */
  readonly params: ReadonlyMap<string, string>
  readonly sources: Map<string, Source>
  /** Columns that a join with an alias of its own, or USING, has under one name. */
  readonly merged: Map<string, readonly Place[]>
  readonly joined: Map<string, ReadonlyMap<string, Place>>
  readonly ctes: Map<string, Cte>
}

/** A query of a WITH, read anew for each reference. */
export type Cte =
  | {
      readonly kind: 'query'
      readonly node: SqlNode
      readonly names: readonly string[]
      readonly scope: Scope
    }
  | { readonly kind: 'recursive'; readonly names: readonly string[] }

export type Target = { readonly name: string; readonly value: SqlNode }

export type SelectBlock = {
  readonly kind: 'select'
  readonly id: number
  readonly scope: Scope
  readonly from: readonly From[]
  readonly where: SqlNode | undefined
  readonly having: SqlNode | undefined
  readonly targets: readonly Target[]
  /** Numbers of the targets that are read. */
  readonly demanded: Set<number>
  /** Expressions that the rows are grouped by; `undefined` where they are not. */
  readonly group: readonly SqlNode[] | undefined
  /** Grouping sets: a grouping column may be NULL for other reasons than its rows. */
  readonly sets: boolean
  readonly aggregated: boolean
  readonly limited: boolean
  readonly distinctOn: readonly SqlNode[] | undefined
  /** Of each window, what it is partitioned by. */
  readonly partitions: readonly (readonly SqlNode[])[]
  /** Everything else that is evaluated for its rows: ORDER BY, LIMIT, VALUES, windows. */
  readonly others: readonly SqlNode[]
}

export type SetBlock = {
  readonly kind: 'set'
  readonly id: number
  readonly operation: 'union' | 'intersect' | 'except'
  readonly recursive: boolean
  readonly limited: boolean
  readonly left: Block
  readonly right: Block
}

export type Block = SelectBlock | SetBlock
