import type { CacheParam, ParamSource, TableName } from '../rules/ruleset.ts'
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
  readonly max: number
  readonly priority: 'critical' | 'high' | 'normal' | 'low'
}

/** One thing to look for in a table, as data: SQL is one rendering of it. */
export type Watch = {
  readonly kind: 'watch'
  readonly cache: string
  readonly params: readonly ParamSource[]
  readonly operations: readonly ('insert' | 'update' | 'delete' | 'truncate')[]
  /** Columns that count as relevant in an update, those of params and condition included; sorted. */
  readonly columns: readonly string[] | 'all'
  readonly when: Condition | undefined
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
  readonly feed: 'notify'
  readonly channel: string
  /** Different keys of one cache in one statement; more make the cache's whole family wrong. */
  readonly maxKeys: number
  readonly caches: readonly PlanCache[]
  readonly tables: readonly PlanTable[]
}
