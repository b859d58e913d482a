import type { CacheRule, Ruleset } from '../rules/ruleset.ts'
import { OPERATIONS } from '../rules/defaults.ts'
import { deepFreeze } from '../rules/freeze.ts'
import { compareText } from './compare-text.ts'
import { hashName, shortenName } from './names.ts'
import { type Plan, PLAN_VERSION, type PlanCache, type PlanTable, type PlanTrigger } from './plan.ts'
import { planWatches, tableIdentity, type WatchedTable } from './plan-watches.ts'

/** The plan of a ruleset: frozen, sorted, the same for rules that mean the same. */
export function buildPlan(ruleset: Ruleset): Plan {
  const taken = new Set<string>()
  return deepFreeze({
    kind: 'plan',
    version: PLAN_VERSION,
    ruleset: ruleset.name,
    feed: ruleset.feed,
    channel: shortenName(`stalemate_${ruleset.name}`),
    ...(ruleset.ddl === 'watch' ? { ddl: ruleset.ddl } : {}),
    caches: ruleset.caches.map(planCache).sort((a, b) => compareText(a.name, b.name)),
    tables: planWatches(ruleset.rules).map((watched) => planTable(ruleset.name, watched, taken)),
    warming: ruleset.warming.map(({ at: _, ...set }) => set),
  })
}

function planCache(rule: CacheRule): PlanCache {
  const { name, template, ttl, jitter, max, priority, refresh, staleIfError, negativeTtl } = rule
  const { loader, maxSize, values, whenUntrusted, untrustedFor } = rule
  const params = rule.params.map(({ name, type }) => ({ name, type }))
  const extra = {
    ...(refresh === 'off' ? {} : { refresh }),
    ...(staleIfError === 0 ? {} : { staleIfError }),
    ...(negativeTtl === 0 ? {} : { negativeTtl }),
    ...(maxSize === undefined ? {} : { maxSize }),
    ...(values === 'reference' ? {} : { values }),
    ...(whenUntrusted === 'load' ? {} : { untrustedFor }),
    ...(loader === undefined ? {} : { query: loader }),
  }
  return { kind: 'cache', name, key: template.source, params, ttl, jitter, max, priority, ...extra }
}

function planTable(ruleset: string, { table, watches }: WatchedTable, taken: Set<string>): PlanTable {
  const { schema, name } = table
  const triggers = OPERATIONS.filter((operation) =>
    watches.some((watch) => watch.operations.includes(operation)),
  )
  // No ruleset's name holds two _ in a row or ends in one, so that none begins the name of another one's function.
  const prefix = `${ruleset}__${schema === 'public' ? name : `${schema}_${name}`}`
  return {
    kind: 'table',
    table: { schema, name },
    watches,
    triggers: triggers.map((operation): PlanTrigger => {
      const plain = shortenName(`${prefix}_${operation}`)
      // Two tables may spell the same name, as `sales.calls` and `sales_calls` do.
      const unique = taken.has(plain) ? hashName(plain, `${tableIdentity(table)}${operation}`) : plain
      taken.add(unique)
      return { operation, trigger: shortenName(`stalemate_${ruleset}_${operation}`), function: unique }
    }),
  }
}
