import type {
  CacheParam,
  CacheRule,
  Hop,
  ParamSource,
  PriorityName,
  QueryLoader,
  Ruleset,
  TableName,
  WarmingSet,
} from '../rules/ruleset.ts'
import type { Condition } from '../sql/condition.ts'

/** The version of `plan.json`. */
export const PLAN_VERSION = 1

export type PlanCache = {
  readonly kind: 'cache'
  readonly name: string
  /** The key template's source. */
  readonly key: string
  readonly params: readonly CacheParam[]
  readonly ttl: number
  readonly jitter: number
  /** Milliseconds; left out for never. */
  readonly staleIfError?: number
  /** Milliseconds; left out for never. */
  readonly negativeTtl?: number
  readonly max: number
  /** Bytes; left out for no bound. */
  readonly maxSize?: number
  /** Left out for `reference`. */
  readonly values?: Exclude<CacheRule['values'], 'reference'>
  /** Milliseconds that values are served without trust; left out for never. */
  readonly untrustedFor?: number
  readonly priority: PriorityName
  /** Only of a cache with a query. */
  readonly query?: QueryLoader
  /** Share of the TTL after which an entry is reloaded ahead; left out for never. */
  readonly refresh?: number
}

/** Entries that are loaded before anyone asks. */
export type PlanWarming = Omit<WarmingSet, 'kind' | 'at'> & { readonly kind: 'warming' }

/**
 * The way from a changed row to params in other tables. A trigger sends the row's columns that the first tables are
 * joined by; the reader looks the params up once the change is visible.
 */
export type PlanPath = {
  /** 12 hex digits, by which messages name the path: the same for the same cache, tables, columns and params. */
  readonly id: string
  /** Only those that a param needs. */
  readonly hops: readonly Hop[]
}

/** One thing to look for in a table, as data: SQL is one rendering of it. */
export type Watch = {
  readonly kind: 'watch'
  readonly cache: string
  /** What made it: a rule of the table, the cache's query, or a rule whose path crosses the table. */
  readonly origin: 'rule' | 'query' | 'via'
  readonly action: 'invalidate' | 'refresh'
  /** Those of kind `hop` are found over `path`. */
  readonly params: readonly ParamSource[]
  readonly path?: PlanPath
  readonly operations: readonly ('insert' | 'update' | 'delete' | 'truncate')[]
  /** Columns that count as relevant in an update, those of params, path and condition included; sorted. */
  readonly columns: readonly string[] | 'all'
  readonly when: Condition | undefined
  /** Different keys or links in one statement; more make all keys of the cache wrong. */
  readonly maxKeys: number
  readonly priority: PriorityName
  readonly meanwhile: 'wait' | 'serve'
}

/** A trigger and its function; both names are stable over compilations. */
export type PlanTrigger = {
  readonly operation: 'insert' | 'update' | 'delete' | 'truncate'
  readonly trigger: string
  /** Name in schema `stalemate`. */
  readonly function: string
}

export type PlanTable = {
  readonly kind: 'table'
  readonly table: TableName
  /** Sorted so that equal rulesets give equal plans. */
  readonly watches: readonly Watch[]
  readonly triggers: readonly PlanTrigger[]
}

/** The compiled ruleset: frozen plain data, the same for the same rules. */
export type Plan = {
  readonly kind: 'plan'
  readonly version: typeof PLAN_VERSION
  readonly ruleset: string
  readonly feed: Ruleset['feed']
  readonly channel: string
  /** Event triggers watch what is done to the watched tables themselves; left out where they do not. */
  readonly ddl?: 'watch'
  readonly caches: readonly PlanCache[]
  readonly tables: readonly PlanTable[]
  readonly warming: readonly PlanWarming[]
}
