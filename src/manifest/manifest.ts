import type { ParamType } from '../key/param.ts'
import type { Operation } from '../wire/change.ts'

/** The version of the manifest's format. A runtime reads its own version only. */
export const MANIFEST_VERSION = 1

export const PRIORITIES = ['critical', 'high', 'normal', 'low'] as const
export type Priority = (typeof PRIORITIES)[number]

export const FEEDS = ['notify'] as const
export type FeedName = (typeof FEEDS)[number]

export type ManifestParam = { readonly name: string; readonly type: ParamType }

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
  /** Entries held at most. */
  readonly max: number
  readonly priority: Priority
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

export type ManifestTable = {
  /** As the rules name it: without the schema when that is `public`. */
  readonly table: string
  readonly schema: string
  readonly name: string
  readonly triggers: readonly ManifestTrigger[]
}

/** The part of the plan that the runtime reads. */
export type Manifest = {
  readonly version: typeof MANIFEST_VERSION
  readonly ruleset: string
  readonly feed: FeedName
  /** The channel of `notify`. */
  readonly channel: string
  /** Lower-case hex SHA-256 over the plan: names what was compiled. */
  readonly hash: string
  readonly caches: Readonly<Record<string, ManifestCache>>
  readonly tables: readonly ManifestTable[]
}
