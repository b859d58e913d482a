import type { CacheRule, Ruleset, TableRule } from '../rules/ruleset.ts'
import { OPERATIONS } from '../rules/defaults.ts'
import { deepFreeze } from '../rules/freeze.ts'
import { hashName, shortenName } from './names.ts'
import {
  type Plan,
  PLAN_VERSION,
  type PlanCache,
  type PlanTable,
  type PlanTrigger,
  type Watch,
} from './plan.ts'

/** The plan of a ruleset: frozen, sorted, the same for rules that mean the same. */
export function buildPlan(ruleset: Ruleset): Plan {
  return deepFreeze({
    kind: 'plan',
    version: PLAN_VERSION,
    ruleset: ruleset.name,
    feed: ruleset.feed,
    channel: shortenName(`stalemate_${ruleset.name}`),
    maxKeys: ruleset.maxKeys,
    caches: ruleset.caches.map(planCache).sort((a, b) => compareText(a.name, b.name)),
    tables: planTables(ruleset),
  })
}

function planCache({ name, template, params, ttl, jitter, max, priority }: CacheRule): PlanCache {
  return { kind: 'cache', name, key: template.source, params: params.map(({ name, type }) => ({ name, type })), ttl, jitter, max, priority } // prettier-ignore
}

function planTables(ruleset: Ruleset): readonly PlanTable[] {
  const rules = new Map<string, TableRule[]>()
  for (const rule of ruleset.rules) {
    const identity = JSON.stringify([rule.table.schema, rule.table.name])
    rules.set(identity, [...(rules.get(identity) ?? []), rule])
  }
  const taken = new Set<string>()
  return [...rules.entries()]
    .sort(([a], [b]) => compareText(a, b))
    .flatMap(([identity, [first, ...rest]]) =>
      first === undefined ? [] : [planTable(ruleset.name, identity, [first, ...rest], taken)],
    )
}

function planTable(
  ruleset: string,
  identity: string,
  rules: readonly [TableRule, ...TableRule[]],
  taken: Set<string>,
): PlanTable {
  const { schema, name } = rules[0].table
  const watches = planWatches(rules)
  const triggers = OPERATIONS.filter((operation) =>
    watches.some((watch) => watch.operations.includes(operation)),
  )
  const prefix = schema === 'public' ? `${ruleset}_${name}` : `${ruleset}_${schema}_${name}`
  return {
    kind: 'table',
    table: { schema, name },
    watches,
    triggers: triggers.map((operation): PlanTrigger => {
      const plain = shortenName(`${prefix}_${operation}`)
      // Two tables may spell the same name, as `sales.calls` and `sales_calls` do.
      const unique = taken.has(plain) ? hashName(plain, `${identity}${operation}`) : plain
      taken.add(unique)
      return { operation, trigger: shortenName(`stalemate_${ruleset}_${operation}`), function: unique }
    }),
  }
}

function planWatches(rules: readonly TableRule[]): readonly Watch[] {
  const byText = new Map(rules.map(planWatch).map((watch) => [JSON.stringify(watch), watch]))
  return [...byText.entries()].sort(([a], [b]) => compareText(a, b)).map(([, watch]) => watch)
}

function planWatch(rule: TableRule): Watch {
  return {
    kind: 'watch',
    cache: rule.cache,
    // A param of another table is left open, which makes more keys wrong and none less.
    params: structuredClone(rule.params.filter(({ kind }) => kind !== 'hop')),
    operations: OPERATIONS.filter((operation) => rule.operations.includes(operation)),
    columns: relevantColumns(rule),
    when: rule.when === undefined ? undefined : structuredClone(rule.when),
  }
}

/** What params and condition read always matters, whatever `columns` says. */
function relevantColumns({ columns, params, when }: TableRule): readonly string[] | 'all' {
  if (columns === 'all') return 'all'
  const read = params.flatMap((source) => (source.kind === 'column' ? [source.column] : []))
  return [...new Set([...columns, ...read, ...(when?.columns ?? [])])].sort(compareText)
}

/** By code unit: the same on every machine, whatever its locale. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
