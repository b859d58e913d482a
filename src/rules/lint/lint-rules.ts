import { lintCaches } from './lint-caches.ts'
import { findContained, findMergeable, findRepeated } from './compare-rules.ts'
import { lintWarming } from './lint-warming.ts'
import { placeName, type Draft } from '../merge-files.ts'
import type { WrittenRule } from '../check-tables.ts'
import type { DiagnosticCode } from '../diagnostic.ts'
import type { Report } from '../report.ts'
import type { Ruleset } from '../ruleset.ts'

/** Warns of what is valid and most likely not meant. Only for rules without errors: a part of a rule misleads. */
export async function lintRules(
  ruleset: Ruleset,
  written: readonly WrittenRule[],
  draft: Draft,
  report: Report,
): Promise<void> {
  lintCaches(ruleset, draft, report)
  await lintWarming(ruleset, draft, report)
  const warn = (
    code: DiagnosticCode,
    pairs: ReadonlyMap<WrittenRule, WrittenRule>,
    say: (other: string) => readonly [message: string, hint: string],
  ): void => {
    for (const [{ source, node }, other] of pairs)
      report.warn(source, node, code, ...say(placeName(other.source, other.node)))
  }
  const repeated = findRepeated(written)
  const once = written.filter((rule) => !repeated.has(rule))
  const contained = findContained(once)
  warn('duplicate-rule', repeated, () => ['This rule stands twice.', 'Remove one of them.'])
  warn('overlapping-rules', contained, (other) => [
    `All that this rule does is done by the one in ${other}.`,
    'Remove one of them, or say in which one differs: by columns, when or on.',
  ])
  warn('mergeable-rules', findMergeable(once.filter((rule) => !contained.has(rule))), (other) => [
    `This rule and the one in ${other} differ in one list only.`,
    'Put both lists into one rule.',
  ])
}
