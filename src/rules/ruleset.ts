import type { KeyTemplate } from '../key/template.ts'
import type { ParamType, ParamValue } from '../key/param.ts'
import type { Condition } from '../sql/condition.ts'
import type { DDL_NAMES, FEED_NAMES, VALUE_NAMES, WHEN_UNTRUSTED_NAMES } from './defaults.ts'

/** A place in a rule file; line and column count from 1. */
export type Position = { readonly file: string; readonly line: number; readonly column: number }

/** A table as the rules name it; a name without a schema means `public`. */
export type TableName = { readonly schema: string; readonly name: string }

export type CacheParam = { readonly name: string; readonly type: ParamType }

/** A validated `query` of a cache, with what stands beside it. */
export type CacheQuery = {
  /** One SELECT; a param stands in it as `:name`. */
  readonly sql: string
  /** Whether the value is the one row that it gives, or nothing; a list of rows otherwise. */
  readonly one: boolean
  /** Whether the watches are derived from it. */
  readonly derive: boolean
  /** Tables of which each change makes all entries wrong, beside what the query itself reads. */
  readonly dependsOn: readonly TableName[]
  /** Whether it is declared that the outcome is the same for each role and all settings. */
  readonly sessionIndependent: boolean
  readonly at: Position
}

/** A column of a row that a query gives; `type` as the server formats it. */
export type RowColumn = { readonly name: string; readonly type: string; readonly nullable: boolean }

/** How a cache's values are read by its query. */
export type QueryLoader = {
  /** With `$1`, `$2`, ... for the params in the order of the key. */
  readonly text: string
  /** The same for many entries at once, where the query allows it: with arrays, and the number of the entry first. */
  readonly many: string | undefined
  readonly one: boolean
  readonly row: readonly RowColumn[]
}

export type PriorityName = 'critical' | 'high' | 'normal' | 'low'

/** A validated entry of `caches:`, with the defaults filled in. */
export type CacheRule = {
  readonly kind: 'cache'
  readonly name: string
  readonly template: KeyTemplate
  /** In the order of the template. */
  readonly params: readonly CacheParam[]
  /** Milliseconds. */
  readonly ttl: number
  /** Share of the TTL taken off at random, 0 to 1. */
  readonly jitter: number
  /** Entries. */
  readonly max: number
  readonly priority: PriorityName
  /** Share of the TTL, between 0 and 1, after which an entry that is read is reloaded ahead. */
  readonly refresh: number | 'off'
  /** Milliseconds that an expired value may stand in for a failing loader; 0 for never. */
  readonly staleIfError: number
  /** Milliseconds that it is kept that the loader found nothing; 0 for never. */
  readonly negativeTtl: number
  /** Bytes of the held values; `undefined` for no bound. */
  readonly maxSize: number | undefined
  /** How values are handed out. */
  readonly values: (typeof VALUE_NAMES)[number]
  /** What reads get while it is not proven that changes arrive. */
  readonly whenUntrusted: (typeof WHEN_UNTRUSTED_NAMES)[number]
  /** Milliseconds that values are served after the last proof has run out, where `whenUntrusted` is `serve`. */
  readonly untrustedFor: number
  /** Different keys in one statement; more make all keys of the cache wrong. What a rule says comes before it. */
  readonly maxKeys: number
  readonly query: CacheQuery | undefined
  /** What the query's loader is, once it is known what the query means. */
  readonly loader: QueryLoader | undefined
  readonly at: Position
}

/**
 * A table that lies between the changed row and a param. Where `on` has several parts, all of them must hold.
 */
export type Hop = {
  readonly table: TableName
  /** Unique within the path, and not the name of the rule's own table. */
  readonly alias: string
  readonly on: readonly {
    /** A column of this hop's table. */
    readonly column: string
    /** What it equals: a column of an earlier hop, counted from 0, or of the changed row, which is -1. */
    readonly from: { readonly hop: number; readonly column: string }
  }[]
}

/** The way from the changed row to params in other tables: a rule's `via`. */
export type Path = { readonly hops: readonly Hop[] }

/** Where a param's value is found: in the changed row, in the rule itself, or in a table of the rule's path. */
export type ParamSource =
  | { readonly kind: 'column'; readonly param: string; readonly column: string }
  | { readonly kind: 'text'; readonly param: string; readonly text: string }
  | { readonly kind: 'hop'; readonly param: string; readonly hop: number; readonly column: string }

/** A validated rule of `tables:` for one cache; a pattern that matches several caches gives several. */
export type TableRule = {
  readonly kind: 'rule'
  /** Only of a rule that follows from the cache's query: why params may be anything that the query leads nowhere. */
  readonly derived:
    { readonly widened: readonly { readonly param: string; readonly why: string }[] } | undefined
  readonly table: TableName
  readonly cache: string
  /** Whether entries that a change makes wrong are dropped, or reloaded where they are held. */
  readonly action: 'invalidate' | 'refresh'
  /** The params that the rule binds, in the order of the cache's template; a param not listed may be anything. */
  readonly params: readonly ParamSource[]
  /** Only where params are read over other tables. */
  readonly path: Path | undefined
  readonly operations: readonly ('insert' | 'update' | 'delete' | 'truncate')[]
  /** An update that changes none of these, nor a column that params or the condition read, does not matter. */
  readonly columns: readonly string[] | 'all'
  readonly when: Condition | undefined
  /** Different keys in one statement; more make all keys of the cache wrong. */
  readonly maxKeys: number
  /** Which reloads come first: the rule's, or the cache's where the rule has none. */
  readonly priority: PriorityName
  /** What reads get while a reload runs: its outcome, or the value that is known to be wrong. */
  readonly meanwhile: 'wait' | 'serve'
  readonly at: Position
}

/** A validated entry of `warming:`. */
export type WarmingSet = {
  readonly kind: 'warming'
  readonly name: string
  readonly cache: string
  /**
   * One SELECT whose columns are the cache's params, or the params themselves in the order that was written; or what runtimes
   * have learned is asked for.
   */
  readonly params:
    | { readonly kind: 'query'; readonly sql: string }
    | { readonly kind: 'list'; readonly items: readonly Readonly<Record<string, ParamValue>>[] }
    | { readonly kind: 'learned' }
  /** When it runs besides the schedule. */
  readonly on: readonly ('startup' | 'demand')[]
  /** The runtime is ready only when the run at startup is over. */
  readonly beforeReady: boolean
  /** A cron expression with five fields, or six beginning with seconds; in the process's time zone. */
  readonly schedule: string | undefined
  /** Params that are handed to the loader at once. */
  readonly batch: number
  /** Batches side by side. */
  readonly concurrency: number
  /** Entries of one run. */
  readonly limit: number
  /** Milliseconds that one run may take. */
  readonly timeout: number
  readonly priority: PriorityName
  readonly at: Position
}

/** All rule files of an application: validated, named and frozen. */
export type Ruleset = {
  readonly kind: 'ruleset'
  readonly version: 1
  readonly name: string
  readonly feed: (typeof FEED_NAMES)[number]
  readonly ddl: (typeof DDL_NAMES)[number]
  /** For caches that do not say otherwise. */
  readonly maxKeys: number
  /** Sorted by name. */
  readonly caches: readonly CacheRule[]
  /** In the order of the files. */
  readonly rules: readonly TableRule[]
  /** Sorted by name. */
  readonly warming: readonly WarmingSet[]
}
