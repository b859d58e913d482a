/** The version of `catalog.json`. */
export const CATALOG_VERSION = 1

/** The name of something that lives in a schema, as the database spells it. */
export type QualifiedName = { readonly schema: string; readonly name: string }

export type RelationKind =
  | 'table'
  /** A partitioned table that is no partition itself. */
  | 'partitioned'
  /** A partition of any level; a foreign table stays a `foreign-table`. */
  | 'partition'
  | 'view'
  | 'materialized-view'
  | 'foreign-table'

/** How the texts of a column compare. */
export type Collation = QualifiedName & {
  /** `default` is the database's own. */
  readonly provider: 'default' | 'libc' | 'icu' | 'builtin'
  readonly deterministic: boolean
  /** Whether `A` equals `a`; left out when nobody can tell from the definition. */
  readonly caseInsensitive?: boolean
}

export type CatalogColumn = {
  readonly name: string
  /** As the server formats it, such as `character varying(20)`; with its schema unless it is PostgreSQL's own. */
  readonly type: string
  /** The type by name; of a domain, the type that it is made of, through all domains in between. */
  readonly base: QualifiedName
  /** Only of a domain. */
  readonly domain?: QualifiedName
  /** The letter of the base type's category: docs, `pg_type`, "typcategory Codes". */
  readonly category: string
  readonly nullable: boolean
  readonly generated?: 'stored' | 'virtual'
  readonly identity?: 'always' | 'by-default'
  /** Left out where it is the database's own, which is deterministic, and the type compares as it says. */
  readonly collation?: Collation
}

export type CatalogIndex = {
  readonly name: string
  /** `btree`, `hash`, ... */
  readonly method: string
  /** The leading key columns, up to the first expression. */
  readonly columns: readonly string[]
  readonly unique: boolean
  /** The condition of a partial index, as the server prints it. */
  readonly predicate?: string
}

export type ReferentialAction = 'no-action' | 'restrict' | 'cascade' | 'set-null' | 'set-default'

/** A foreign key that the server enforces by equality. */
export type CatalogForeignKey = {
  readonly name: string
  readonly columns: readonly string[]
  readonly references: QualifiedName & { readonly columns: readonly string[] }
  readonly onDelete: ReferentialAction
  readonly onUpdate: ReferentialAction
}

export type CatalogRelation = QualifiedName & {
  readonly kind: RelationKind
  /** Whether its rows survive a crash. */
  readonly persistence: 'permanent' | 'unlogged'
  /** In the order of the table. */
  readonly columns: readonly CatalogColumn[]
  readonly primaryKey?: readonly string[]
  /** Columns that are unique together, the primary key apart; neither deferred, partial nor of expressions. */
  readonly uniqueKeys: readonly (readonly string[])[]
  /** Valid ones, sorted by name. */
  readonly indexes: readonly CatalogIndex[]
  /** Sorted by name. */
  readonly foreignKeys: readonly CatalogForeignKey[]
  readonly partitionOf?: QualifiedName
  /** Such as `RANGE (created_at)`. */
  readonly partitionKey?: string
  /** Parents by `INHERITS`. */
  readonly inherits: readonly QualifiedName[]
  /** Whether row-level security applies, to the table's owner also where it is forced. */
  readonly rowSecurity: 'off' | 'on' | 'forced'
  /** Whether triggers of others than Stalemate are on it. */
  readonly hasTriggers: boolean
}

export type CatalogEnum = QualifiedName & {
  /** In the order of the type. */
  readonly labels: readonly string[]
}

/**
 * What a database has, as data: plain JSON, frozen, everything in a fixed order, so that the same schema always
 * gives the same text. Made by `readCatalog` or `parseCatalog`.
 */
export type Catalog = {
  readonly kind: 'catalog'
  readonly version: typeof CATALOG_VERSION
  /** The major version of the server, such as 18. */
  readonly server: number
  /** The schemas that were read, sorted. */
  readonly schemas: readonly string[]
  /** Sorted by schema and name. */
  readonly relations: readonly CatalogRelation[]
  /** Sorted by schema and name. */
  readonly enums: readonly CatalogEnum[]
  /**
   * Functions whose names PostgreSQL itself has none of, once each, sorted by schema and name; left out where there are
   * none. A trigger finds them by their schema only.
   */
  readonly functions?: readonly QualifiedName[]
}
