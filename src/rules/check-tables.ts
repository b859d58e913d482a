import { checkRule, type RuleContext } from './check-rule.ts'
import { parseTableName } from './identifier.ts'
import { spanInScalar } from './scalar-span.ts'
import type { Draft } from './merge-files.ts'
import type { TableRule } from './ruleset.ts'

/** Checks and reads the rules of all tables, in the order of the files. */
export function checkTables(draft: Draft, context: RuleContext): readonly TableRule[] {
  const { report } = context
  const rules: TableRule[] = []
  const repeated: (() => void)[] = []
  const seen = new Set<string>()
  for (const { entry, rules: nodes } of draft.tables) {
    const { source, node } = entry
    const parsed = parseTableName(node.key.name)
    if (!parsed.ok) {
      const { at, length, message, hint } = parsed.problem
      report.error(source, spanInScalar(source, node.key, at, length), 'bad-identifier', message, hint)
    }
    const table = parsed.ok ? parsed.name : undefined
    for (const rule of nodes) {
      const read = checkRule(source, rule, table, context)
      const identity = JSON.stringify(read.map((one) => ({ ...one, at: undefined })))
      if (read.length > 0 && seen.has(identity)) {
        repeated.push(() =>
          report.warn(source, rule, 'duplicate-rule', 'This rule stands twice.', 'Remove one of them.'),
        )
      }
      seen.add(identity)
      rules.push(...read)
    }
  }
  // Where something is wrong, rules may look the same only because a part of them could not be read.
  if (!report.hasErrors()) for (const say of repeated) say()
  return rules
}
