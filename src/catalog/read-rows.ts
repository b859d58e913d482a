import type {
  CatalogColumn,
  CatalogForeignKey,
  CatalogIndex,
  CatalogRelation,
  Collation,
  QualifiedName,
  ReferentialAction,
  RelationKind,
} from './catalog.ts'

export type RelationRow = QualifiedName & {
  readonly oid: string
  /** `relkind` */
  readonly kind: string
  readonly partition: boolean
  readonly persistence: string
  readonly secured: boolean
  readonly forced: boolean
  readonly partitionKey: string | null
  readonly parents: readonly QualifiedName[] | null
  readonly triggers: boolean
}

export type ColumnRow = {
  readonly relation: string
  readonly name: string
  readonly type: string
  readonly baseSchema: string
  readonly baseName: string
  readonly category: string
  readonly domainSchema: string | null
  readonly domainName: string | null
  readonly nullable: boolean
  readonly generated: string
  readonly identity: string
  readonly collation: CollationRow | null
}

export type CollationRow = QualifiedName & {
  readonly provider: string
  readonly deterministic: boolean
  readonly locale: string | null
  /** Whether it has tailoring rules of its own. */
  readonly rules: boolean
}

export type IndexRow = {
  readonly relation: string
  readonly name: string
  readonly method: string
  readonly primary: boolean
  readonly unique: boolean
  readonly immediate: boolean
  /** Number of key columns and expressions. */
  readonly width: number
  readonly predicate: string | null
  /** `null` for an expression. */
  readonly columns: readonly (string | null)[]
}

export type ForeignKeyRow = {
  readonly relation: string
  readonly name: string
  readonly toSchema: string
  readonly toName: string
  readonly columns: readonly string[]
  readonly toColumns: readonly string[]
  readonly onDelete: string
  readonly onUpdate: string
}

const KINDS: Readonly<Record<string, RelationKind>> = {
  r: 'table',
  p: 'partitioned',
  v: 'view',
  m: 'materialized-view',
  f: 'foreign-table',
}
const PROVIDERS: Readonly<Record<string, Collation['provider']>> = {
  d: 'default',
  c: 'libc',
  i: 'icu',
  b: 'builtin',
}
const ACTIONS: Readonly<Record<string, ReferentialAction>> = {
  a: 'no-action',
  r: 'restrict',
  c: 'cascade',
  n: 'set-null',
  d: 'set-default',
}

type Parts = Pick<CatalogRelation, 'columns' | 'indexes' | 'foreignKeys'> & {
  readonly keys: readonly IndexRow[]
}

export function toRelation(
  row: RelationRow,
  { columns, indexes, keys, foreignKeys }: Parts,
): CatalogRelation {
  const { schema, name, kind, partition, persistence, secured, forced, partitionKey } = row
  const parents = row.parents ?? []
  const [partitionOf] = partition ? parents : []
  const primaryKey = keys.find(({ primary }) => primary)
  return {
    schema,
    name,
    kind: partition && kind !== 'f' ? 'partition' : (KINDS[kind] ?? 'table'),
    persistence: persistence === 'u' ? 'unlogged' : 'permanent',
    columns,
    ...(primaryKey && { primaryKey: plainColumns(primaryKey) }),
    uniqueKeys: keys.filter(isUniqueKey).map(plainColumns),
    indexes,
    foreignKeys,
    ...(partitionOf && { partitionOf }),
    ...(partitionKey !== null && { partitionKey }),
    inherits: partition ? [] : parents,
    rowSecurity: secured ? (forced ? 'forced' : 'on') : 'off',
    hasTriggers: row.triggers,
  }
}

export function toColumn(row: ColumnRow): CatalogColumn {
  const { domainSchema, domainName, generated, identity } = row
  const base = { schema: row.baseSchema, name: row.baseName }
  const collation = row.collation && toCollation(row.collation, base)
  return {
    name: row.name,
    type: row.type,
    base,
    ...(domainSchema !== null &&
      domainName !== null && { domain: { schema: domainSchema, name: domainName } }),
    category: row.category,
    nullable: row.nullable,
    ...(generated !== '' && { generated: generated === 'v' ? 'virtual' : 'stored' }),
    ...(identity !== '' && { identity: identity === 'a' ? 'always' : 'by-default' }),
    ...(collation &&
      !(collation.provider === 'default' && collation.caseInsensitive === false) && { collation }),
  }
}

function toCollation(row: CollationRow, base: QualifiedName): Collation {
  const { schema, name, deterministic } = row
  const provider = PROVIDERS[row.provider] ?? 'default'
  // The extension citext: a type that compares by lower-casing, whatever its collation.
  const caseInsensitive = base.name === 'citext' ? true : ignoresCase(row)
  return {
    schema,
    name,
    provider,
    deterministic,
    ...(caseInsensitive !== undefined && { caseInsensitive }),
  }
}

/**
 * Whether an ICU locale takes `A` for `a`: strength primary or secondary without a case level.
 * Source: PostgreSQL docs, "ICU Collation Settings".
 */
function ignoresCase({ deterministic, locale, rules }: CollationRow): boolean | undefined {
  if (deterministic) return false
  if (locale === null || rules || locale.includes('@')) return undefined
  return /-ks-level[12]\b/i.test(locale) && !/-kc(?:-true)?(?=$|-[a-z0-9]{2}(?:-|$))/i.test(locale)
}

export function toIndex(row: IndexRow): CatalogIndex {
  const { name, method, unique, predicate } = row
  return { name, method, columns: plainColumns(row), unique, ...(predicate !== null && { predicate }) }
}

/** The columns before the first expression. */
function plainColumns({ columns }: IndexRow): readonly string[] {
  const end = columns.indexOf(null)
  return (end < 0 ? columns : columns.slice(0, end)).filter((column) => column !== null)
}

function isUniqueKey(row: IndexRow): boolean {
  return (
    row.unique &&
    !row.primary &&
    row.immediate &&
    row.predicate === null &&
    plainColumns(row).length === row.width
  )
}

export function toForeignKey(row: ForeignKeyRow): CatalogForeignKey {
  return {
    name: row.name,
    columns: row.columns,
    references: { schema: row.toSchema, name: row.toName, columns: row.toColumns },
    onDelete: ACTIONS[row.onDelete] ?? 'no-action',
    onUpdate: ACTIONS[row.onUpdate] ?? 'no-action',
  }
}
