import type { Ruleset, TableName, TableRule } from '../rules/ruleset.ts'
import type { Watch } from './plan.ts'
import { watchesOf } from './plan-watches.ts'

/** What one rule looks for in one table: its own, or one that its path crosses. */
export type Effect = {
  readonly rule: TableRule
  /** Which of the rules that its file has for its table, counted from 1. */
  readonly number: number
  readonly table: TableName
  readonly watch: Watch
}

/** All that rules look for, in the order of the rules; nothing is merged, so that each is still its rule's. */
export function listEffects({ rules }: Ruleset): readonly Effect[] {
  const numbers = new Map<string, { number: number; line: number; column: number }>()
  return rules.flatMap((rule) => {
    const { file, line, column } = rule.at
    const identity = JSON.stringify([file, rule.table.schema, rule.table.name])
    const last = numbers.get(identity)
    // A pattern that means several caches is one rule, and several in a ruleset.
    const isSame = last !== undefined && last.line === line && last.column === column
    const number = (last?.number ?? 0) + (isSame ? 0 : 1)
    numbers.set(identity, { number, line, column })
    return watchesOf(rule).map(({ table, watch }) => ({ rule, number, table, watch }))
  })
}
