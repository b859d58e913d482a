import { parseTemplate } from '../../src/key/template.ts'
import type { ParamType } from '../../src/key/param.ts'
import type { Plan } from '../../src/plan/plan.ts'
import { buildPlan } from '../../src/plan/build-plan.ts'
import type { CacheRule, ParamSource, Ruleset, TableRule } from '../../src/rules/ruleset.ts'
import type { ConditionNode } from '../../src/sql/condition.ts'

const at = { file: 'rules.yaml', line: 1, column: 1 }

/** A cache of a ruleset made by hand: its key template and the types of its params. */
export function cacheRule(name: string, key: string, types: Readonly<Record<string, ParamType>>): CacheRule {
  const parsed = parseTemplate(key)
  if (!parsed.ok) throw new Error(`bad template ${key}`)
  const params = parsed.template.params.map((param) => ({ name: param, type: types[param] ?? 'text' }))
  return { kind: 'cache', name, template: parsed.template, params, ttl: 300_000, jitter: 0.1, max: 10_000, priority: 'normal', refresh: 'off', maxKeys: 1000, at } // prettier-ignore
}

export type RuleOptions = {
  /** `schema.name`, or a name in `public`. */
  readonly table: string
  readonly schema?: string
  readonly cache: string
  /** Column, or text after `=`, by param. */
  readonly params: Readonly<Record<string, string>>
  readonly on?: TableRule['operations']
  readonly columns?: readonly string[]
  readonly when?: string
  /** The condition's columns. */
  readonly reads?: readonly string[]
  readonly tree?: ConditionNode
}

/** A rule of a ruleset made by hand. */
export function tableRule({
  table,
  schema,
  cache,
  params,
  on,
  columns,
  when,
  reads,
  tree,
}: RuleOptions): TableRule {
  return {
    kind: 'rule',
    table: { schema: schema ?? 'public', name: table },
    cache,
    action: 'invalidate',
    path: undefined,
    maxKeys: 1000,
    priority: 'normal',
    meanwhile: 'wait',
    params: Object.entries(params).map(([param, source]): ParamSource =>
      source.startsWith('=')
        ? { kind: 'text', param, text: source.slice(1) }
        : { kind: 'column', param, column: source },
    ),
    operations: on ?? ['insert', 'update', 'delete', 'truncate'],
    columns: columns ?? 'all',
    when:
      when === undefined ? undefined : { sql: when, columns: reads ?? [], tree: tree ?? { kind: 'unknown' } },
    at,
  }
}

/** A ruleset made by hand. */
export function makeRuleset(
  caches: readonly CacheRule[],
  rules: readonly TableRule[],
  name = 'app',
): Ruleset {
  return { kind: 'ruleset', version: 1, name, feed: 'notify', maxKeys: 1000, caches, rules, warming: [] }
}

/** The plan of a ruleset made by hand; `maxKeys` as small as a test wants it. */
export function makePlan(
  caches: readonly CacheRule[],
  rules: readonly TableRule[],
  { name = 'app', maxKeys }: { readonly name?: string; readonly maxKeys?: number } = {},
): Plan {
  const plan = buildPlan(makeRuleset(caches, rules, name))
  return maxKeys === undefined ? plan : { ...plan, maxKeys }
}
