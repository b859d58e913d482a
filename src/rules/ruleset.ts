import type { KeyTemplate } from '../key/template.ts'
import type { ParamType } from '../key/param.ts'
import type { Condition } from '../sql/condition.ts'

/** A place in a rule file; line and column count from 1. */
export type Position = { readonly file: string; readonly line: number; readonly column: number }

/** A table as the rules name it; a name without a schema means `public`. */
export type TableName = { readonly schema: string; readonly name: string }

export type CacheParam = { readonly name: string; readonly type: ParamType }

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
  readonly priority: 'critical' | 'high' | 'normal' | 'low'
  readonly at: Position
}

/** Where a param's value is found in the changed row. */
export type ParamSource =
  | { readonly kind: 'column'; readonly param: string; readonly column: string }
  | { readonly kind: 'text'; readonly param: string; readonly text: string }

/** A validated rule of `tables:` for one cache; a pattern that matches several caches gives several. */
export type TableRule = {
  readonly kind: 'rule'
  readonly table: TableName
  readonly cache: string
  /** The params that the rule binds, in the order of the cache's template; a param not listed may be anything. */
  readonly params: readonly ParamSource[]
  readonly operations: readonly ('insert' | 'update' | 'delete' | 'truncate')[]
  /** An update that changes none of these, nor a column that params or the condition read, does not matter. */
  readonly columns: readonly string[] | 'all'
  readonly when: Condition | undefined
  readonly at: Position
}

/** All rule files of an application: validated, named and frozen. */
export type Ruleset = {
  readonly kind: 'ruleset'
  readonly version: 1
  readonly name: string
  readonly feed: 'notify'
  /** Sorted by name. */
  readonly caches: readonly CacheRule[]
  /** In the order of the files. */
  readonly rules: readonly TableRule[]
}
