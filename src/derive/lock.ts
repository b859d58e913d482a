import type { QualifiedName, RelationKind } from '../catalog/catalog.ts'

/** The version of `queries.lock.json`. */
export const LOCK_VERSION = 1

/** A column of a relation that a query reads. */
export type LockedColumn = {
  readonly name: string
  /** Without domains and type modifiers, such as `int4`; with its schema unless that is `pg_catalog`. */
  readonly base: string
  readonly nullable: boolean
  /** Left out unless it is true. */
  readonly isEnum?: true
  /** Cannot be read by a trigger. Left out unless it is true. */
  readonly virtual?: true
  /** Different texts may be equal. Left out unless it is true. */
  readonly loose?: true
}

/** A relation that a query reads, also through views. */
export type LockedRelation = QualifiedName & {
  readonly kind: RelationKind | 'temporary' | 'sequence' | 'system'
  readonly columns: readonly LockedColumn[]
  /** Left out unless it is true. */
  readonly rowSecurity?: true
  /** Tables that inherit from it, at any depth. Left out where there are none. */
  readonly children?: readonly QualifiedName[]
  /** Of a partition: the table at the top. */
  readonly root?: QualifiedName
  /** Of a view: what it stands for, as the server prints it. */
  readonly sql?: string
}

/** A function that is not PostgreSQL's own, or that may matter. */
export type LockedFunction = QualifiedName & {
  readonly volatility: 'immutable' | 'stable' | 'volatile'
  readonly language: string
  /** Of a function in SQL whose body could be read: that body, as the server prints it, its arguments as params. */
  readonly sql?: string
}

/** A column of a query's outcome. */
export type LockedOutput = {
  readonly name: string
  /** As the server formats it. */
  readonly type: string
}

/** What PostgreSQL said of one query. */
export type LockedQuery = {
  /** The query's text, its params and their types. */
  readonly hash: string
  /** The major version of the server that was asked. */
  readonly server: number
  /** The query as the server prints it, names resolved; a param is a call of `pg_temp.param_NAME()`. */
  readonly sql: string
  readonly outputs: readonly LockedOutput[]
  /** Sorted by schema and name. */
  readonly relations: readonly LockedRelation[]
  /** Sorted by schema and name. */
  readonly functions: readonly LockedFunction[]
  /** Names of functions in it that compute one value of many rows. */
  readonly aggregates: readonly string[]
  /** Whether it also runs for many params at once, beside a list of them. */
  readonly many: boolean
}

/** What was asked of PostgreSQL, so that compiling needs no database. */
export type QueryLock = {
  readonly version: typeof LOCK_VERSION
  /** Sorted by hash. */
  readonly queries: readonly LockedQuery[]
}

/** What a param is called in a query that the server has printed. */
export const PARAM_PREFIX = 'param_'
