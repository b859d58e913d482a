import { tableLabel } from '../plan/table-label.ts'
import type { Ruleset } from '../rules/ruleset.ts'
import type { WrongKeys } from './wrong-keys.ts'

/** Where the rules stand that look for a change: `rules/shop.yaml:11`. A rule also looks at the tables that it leads over. */
export function findRules({ rules }: Ruleset, { table, operation, cache }: WrongKeys): readonly string[] {
  const places = rules
    .filter((rule) => rule.cache === cache)
    .filter((rule) =>
      tableLabel(rule.table) === table
        ? rule.operations.includes(operation)
        : (rule.path?.hops ?? []).some((hop) => tableLabel(hop.table) === table),
    )
    .map(({ at }) => `${at.file}:${at.line}`)
  return [...new Set(places)]
}
