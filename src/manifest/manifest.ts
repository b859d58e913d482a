import type { ParamType, ParamValue } from '../key/param.ts'
import type { Operation } from '../wire/change.ts'

/** The version of the manifest's format. A runtime reads its own version only. */
export const MANIFEST_VERSION = 1

export const PRIORITIES = ['critical', 'high', 'normal', 'low'] as const
export type Priority = (typeof PRIORITIES)[number]

export const FEEDS = ['notify', 'outbox', 'wal'] as const
export type FeedName = (typeof FEEDS)[number]

export type ManifestParam = { readonly name: string; readonly type: ParamType }

/** How a cache's values are read by its query. */
export type ManifestQuery = {
  /** With `$1`, `$2`, ... for the params in the order of the cache. */
  readonly text: string
  /** For many entries at once, with arrays; the first column is the place in them, from 1. */
  readonly many?: string
  /** Whether a value is one row, or null; a list of rows otherwise. */
  readonly one: boolean
}

/** What the runtime must know of a cache. */
export type ManifestCache = {
  /** The key template, e.g. `dashboard:{user_id}`. */
  readonly key: string
  /** In the order of the template. */
  readonly params: readonly ManifestParam[]
  /** Milliseconds an entry lives at most. */
  readonly ttl: number
  /** Share of the TTL by which it is shortened at random, 0 to 1. */
  readonly jitter: number
  /** Milliseconds that an expired value may stand in for a failing loader; never unless given. */
  readonly staleIfError?: number
  /** Milliseconds that it is kept that the loader found nothing; never unless given. */
  readonly negativeTtl?: number
  /** Entries held at most. */
  readonly max: number
  /** Bytes that the held values take at most; without a bound unless given. */
  readonly maxSize?: number
  /** How values are handed out: by reference unless given. */
  readonly values?: 'frozen' | 'cloned'
  /** Milliseconds that held values are served after the last proof of life has run out; not at all unless given. */
  readonly untrustedFor?: number
  readonly priority: Priority
  /** Only of a cache with a query, for which no loader is needed. */
  readonly query?: ManifestQuery
  /** Share of its life, 0 to 1, after which an entry is loaded ahead; never unless given. */
  readonly refresh?: number
  /** Sets of params (sorted as in `params`) that a change may bind without binding all. */
  readonly partial: readonly (readonly string[])[]
  /** Names of the tables whose changes make entries wrong, as in {@link ManifestTable}. */
  readonly tables: readonly string[]
}

/** A trigger that must be installed for the caches of its table to be trusted. */
export type ManifestTrigger = {
  readonly name: string
  readonly operation: Operation
  /** Name of the function in schema `stalemate`. */
  readonly function: string
  /** Lower-case hex MD5 of the function's body (`pg_proc.prosrc`) as UTF-8. */
  readonly body: string
}

/** How entries are reloaded that a change makes wrong. */
export type ManifestRefresh = {
  readonly priority: Priority
  /** What a read gets until an entry is reloaded: what is loaded then, or what is known to be wrong. */
  readonly meanwhile: 'wait' | 'serve'
}

/** Messages of a table that reload what is held in place of dropping it: no other rule makes them, or parts of them. */
export type ManifestReload = ManifestRefresh & {
  readonly operations: readonly Operation[]
  readonly cache: string
  /** Names of the params that the message binds, sorted; none where it names the whole cache. */
  readonly params: readonly string[]
}

export type ManifestTable = {
  /** As the rules name it: without the schema when that is `public`. */
  readonly table: string
  readonly schema: string
  readonly name: string
  readonly triggers: readonly ManifestTrigger[]
  /** Only where there are any. */
  readonly reloads?: readonly ManifestReload[]
}

/** Where the value of a param of a path is found. */
export type ManifestPathParam =
  /** In the link itself, as number `index` of its values: the changed row's own column. */
  | { readonly kind: 'sent'; readonly name: string; readonly index: number }
  /** In a row that the path's SQL finds, as number `index` of its columns. */
  | { readonly kind: 'found'; readonly name: string; readonly index: number }
  /** In the rules. */
  | { readonly kind: 'text'; readonly name: string; readonly text: string }

/** How a reader finds the params of a change that a trigger can only send links for. */
export type ManifestPath = {
  readonly cache: string
  /** Values of one link on the wire. */
  readonly columns: number
  /** How many of them, from the first on, the SQL looks for; the others are the changed row's own params. */
  readonly joins: number
  /** The params that are bound, in the order of the cache's template; the others may be anything. */
  readonly params: readonly ManifestPathParam[]
  /** What is found is reloaded in place of dropped: all rules with this path say so. */
  readonly refresh?: ManifestRefresh
  /**
   * A query with one parameter for each of the first `joins` values: an array of their texts, whose type PostgreSQL
   * infers. The arrays are of one length: elements of the same place are of one link. Each row has the texts of
   * the params it finds, none of them NULL; where `columns` is greater than `joins`, its first column, number 0, is an int:
   * the place of the link in the arrays, counted from 1. A text that is not of its column's type raises an error.
   */
  readonly sql: string
}

/** Entries that are loaded before anyone asks. Durations are milliseconds. */
export type ManifestWarming = {
  readonly cache: string
  readonly params:
    /** One SELECT whose columns have the names of the cache's params. */
    | { readonly kind: 'query'; readonly sql: string }
    | { readonly kind: 'list'; readonly items: readonly Readonly<Record<string, ParamValue>>[] }
    /** What is most likely to be asked for, as the runtimes have learned. */
    | { readonly kind: 'learned' }
  readonly on: readonly ('startup' | 'demand')[]
  /** The runtime is ready only when the run at startup is over. */
  readonly beforeReady: boolean
  /** A cron expression; in the process's time zone. */
  readonly schedule?: string
  /** Params that are handed to the loader at once. */
  readonly batch: number
  /** Batches side by side. */
  readonly concurrency: number
  /** Entries of one run. */
  readonly limit: number
  /** Of one run. */
  readonly timeout: number
  readonly priority: Priority
}

/** The part of the plan that the runtime reads. */
export type Manifest = {
  readonly version: typeof MANIFEST_VERSION
  readonly ruleset: string
  readonly feed: FeedName
  /**
   * Feeds that the ruleset had before `feed:` was changed: transactions that have fired its earlier triggers speak over them.
   * Only where there are any.
   */
  readonly formerFeeds?: readonly FeedName[]
  /**
   * Names the ruleset's messages: the channel of `notify`; in the rows, and of the doorbell, of `outbox`; the prefix of
   * the messages, and the publication, of `wal`.
   */
  readonly channel: string
  /** Names of the event triggers that watch what is done to the tables themselves; left out where none do. */
  readonly ddl?: readonly string[]
  /** Lower-case hex SHA-256 over the plan: names what was compiled. */
  readonly hash: string
  readonly caches: Readonly<Record<string, ManifestCache>>
  readonly tables: readonly ManifestTable[]
  /** By the id that links on the wire carry. */
  readonly paths: Readonly<Record<string, ManifestPath>>
  /** Warming sets by name; only where there are any. */
  readonly warming?: Readonly<Record<string, ManifestWarming>>
}
