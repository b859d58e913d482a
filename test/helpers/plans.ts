import { parseTemplate } from '../../src/key/template.ts'
import type { ParamType } from '../../src/key/param.ts'
import type { Plan } from '../../src/plan/plan.ts'
import { buildPlan } from '../../src/plan/build-plan.ts'
import type { CacheRule, Hop, ParamSource, Path, Ruleset, TableRule } from '../../src/rules/ruleset.ts'
import type { ConditionNode } from '../../src/sql/condition.ts'

const at = { file: 'rules.yaml', line: 1, column: 1 }

/** A cache of a ruleset made by hand: its key template and the types of its params. */
export function cacheRule(name: string, key: string, types: Readonly<Record<string, ParamType>>): CacheRule {
  const parsed = parseTemplate(key)
  if (!parsed.ok) throw new Error(`bad template ${key}`)
  const params = parsed.template.params.map((param) => ({ name: param, type: types[param] ?? 'text' }))
  return { kind: 'cache', name, template: parsed.template, params, ttl: 300_000, jitter: 0.1, max: 10_000, priority: 'normal', refresh: 'off', maxKeys: 1000, staleIfError: 0, negativeTtl: 0, maxSize: undefined, values: 'reference', whenUntrusted: 'load', untrustedFor: 60_000, query: undefined, loader: undefined, at } // prettier-ignore
}

export type RuleOptions = {
  /** `schema.name`, or a name in `public`. */
  readonly table: string
  readonly schema?: string
  readonly cache: string
  /** Column, text after `=`, or `alias.column` of a table in `via`, by param. */
  readonly params: Readonly<Record<string, string>>
  readonly on?: TableRule['operations']
  readonly columns?: readonly string[]
  readonly when?: string
  /** The condition's columns. */
  readonly reads?: readonly string[]
  readonly tree?: ConditionNode
  /** `TABLE [AS alias] ON a.x = b.y [AND ...]`: names in double quotes where they need it, `schema.table` allowed. */
  readonly via?: readonly string[]
  readonly maxKeys?: number
  readonly action?: TableRule['action']
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
  via,
  maxKeys,
  action,
}: RuleOptions): TableRule {
  const path = via && readPath(via)
  return {
    kind: 'rule',
    derived: undefined,
    table: { schema: schema ?? 'public', name: table },
    cache,
    action: action ?? 'invalidate',
    params: Object.entries(params).map(([param, source]) => readSource(param, source, path?.hops ?? [])),
    path,
    operations: on ?? ['insert', 'update', 'delete', 'truncate'],
    columns: columns ?? 'all',
    when:
      when === undefined ? undefined : { sql: when, columns: reads ?? [], tree: tree ?? { kind: 'unknown' } },
    maxKeys: maxKeys ?? 1000,
    priority: 'normal',
    meanwhile: 'wait',
    at,
  }
}

function readSource(param: string, source: string, hops: readonly Hop[]): ParamSource {
  if (source.startsWith('=')) return { kind: 'text', param, text: source.slice(1) }
  const [first = '', column] = namesIn(source)
  if (column === undefined) return { kind: 'column', param, column: first }
  const hop = hops.findIndex(({ alias }) => alias === first)
  return { kind: 'hop', param, hop, column }
}

function readPath(via: readonly string[]): Path {
  const hops: Hop[] = []
  for (const text of via) {
    const [, named = '', conditions = ''] = /^(.*?) ON (.*)$/.exec(text) ?? []
    const [tableText = '', aliasText] = named.split(' AS ')
    const table = namesIn(tableText)
    const name = table.at(-1) ?? ''
    const alias = aliasText === undefined ? name : (namesIn(aliasText)[0] ?? '')
    const on = conditions.split(' AND ').map((condition) => {
      const [a, b] = condition.split(' = ').map(namesIn)
      const [own, other] = a?.[0] === alias ? [a, b] : [b, a]
      const hop = hops.findIndex((earlier) => earlier.alias === other?.[0])
      return { column: own?.[1] ?? '', from: { hop, column: other?.[1] ?? '' } }
    })
    hops.push({ table: { schema: table.length === 2 ? (table[0] ?? '') : 'public', name }, alias, on })
  }
  return { hops }
}

function namesIn(text: string): readonly string[] {
  return [...text.matchAll(/"((?:[^"]|"")+)"|(\w+)/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '',
  )
}

/** A ruleset made by hand. */
export function makeRuleset(
  caches: readonly CacheRule[],
  rules: readonly TableRule[],
  name = 'app',
): Ruleset {
  return {
    kind: 'ruleset',
    version: 1,
    name,
    feed: 'notify',
    ddl: 'ignore',
    maxKeys: 1000,
    caches,
    rules,
    warming: [],
  }
}

type PlanOptions = { readonly name?: string; readonly maxKeys?: number; readonly feed?: Ruleset['feed'] }

/** The plan of a ruleset made by hand; `maxKeys` as small as a test wants it. */
export function makePlan(
  caches: readonly CacheRule[],
  rules: readonly TableRule[],
  { name = 'app', maxKeys, feed = 'notify' }: PlanOptions = {},
): Plan {
  const capped = maxKeys === undefined ? rules : rules.map((rule) => ({ ...rule, maxKeys }))
  return buildPlan({ ...makeRuleset(caches, capped, name), feed })
}
