import type { Manifest, ManifestRefresh } from '../manifest/manifest.ts'
import type { Change, Target } from '../wire/change.ts'

/** Whether, and how, what a target names is reloaded in place of dropped. Links are told by their path. */
export type ReloadRules = (change: Change, target: Target) => ManifestRefresh | undefined

/** The rules of a manifest, by what a message says. A message that it does not know drops. */
export function createReloadRules({ tables }: Manifest): ReloadRules {
  const rules = new Map<string, ManifestRefresh>()
  for (const { table, reloads = [] } of tables) {
    for (const { operations, cache, params, priority, meanwhile } of reloads) {
      for (const operation of operations)
        rules.set(ruleId(table, operation, cache, params), { priority, meanwhile })
    }
  }
  if (rules.size === 0) return () => undefined
  return ({ table, operation }, target) => {
    if (target.kind === 'links') return undefined
    const params = target.kind === 'all' ? [] : [...target.params].sort()
    return rules.get(ruleId(table, operation, target.cache, params))
  }
}

function ruleId(table: string, operation: string, cache: string, params: readonly string[]): string {
  return [table, operation, cache, ...params].join('\0')
}
