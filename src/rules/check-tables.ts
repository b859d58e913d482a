import { checkRule, type RuleContext } from './check-rule.ts'
import { parseTableName } from './identifier.ts'
import { spanInScalar } from './scalar-span.ts'
import type { Draft, Placed } from './merge-files.ts'
import type { TableRule } from './ruleset.ts'
import type { YamlNode } from './yaml-node.ts'

/** A rule as it is written, and what it means: a rule for each cache. */
export type WrittenRule = Placed<YamlNode> & { readonly rules: readonly TableRule[] }

/** Checks and reads the rules of all tables, in the order of the files. What is not valid means nothing. */
export function checkTables(draft: Draft, context: RuleContext): readonly WrittenRule[] {
  return draft.tables.flatMap(({ entry: { source, node }, rules }) => {
    const parsed = parseTableName(node.key.name)
    if (!parsed.ok) {
      const { at, length, message, hint } = parsed.problem
      const span = spanInScalar(source, node.key, at, length)
      context.report.error(source, span, 'bad-identifier', message, hint)
    }
    const table = parsed.ok ? parsed.name : undefined
    return rules.map((rule) => ({ source, node: rule, rules: checkRule(source, rule, table, context) }))
  })
}
