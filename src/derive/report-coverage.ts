import { compareRules, type Finding } from './compare-rules.ts'
import type { ReadRules } from '../rules/parse-rules.ts'
import type { CacheRule, TableRule } from '../rules/ruleset.ts'
import type { Source, Span } from '../rules/source.ts'

/** A cache with a query, what follows from it, and where it is written. */
export type CoverageSubject = {
  readonly cache: CacheRule
  readonly needed: readonly TableRule[]
  readonly source: Source
  readonly span: Span
}

/**
 * Says what the rules that were written for a cache miss of what its query needs, in their places: where derived rules
 * stand beside them, nothing can be missed. And what they tell without need.
 */
export function reportCoverage(subject: CoverageSubject, { written, report }: ReadRules): void {
  const { cache, needed, source, span } = subject
  const own = written.flatMap((one) =>
    one.rules
      .filter((rule) => rule.cache === cache.name)
      .map((rule) => ({ source: one.source, node: one.node, rule })),
  )
  const rules = own.map(({ rule }) => rule)
  const findings = compareRules(needed, rules).filter(({ kind }) => kind === 'wider' || cache.query?.derive === false) // prettier-ignore
  for (const finding of findings) {
    if (finding.kind === 'unwatched') {
      const { name } = finding.table
      report.error(source, span, 'rule-misses', `No rule of ${cache.name} watches ${name}, of which its query reads ${finding.text}.`, `Write a rule under tables: ${name}:, or leave out \`derive: false\`.`) // prettier-ignore
      continue
    }
    const place = own.find(({ rule }) => rule === finding.rule)
    if (place !== undefined) say(finding, place.source, place.node)
  }

  function say(finding: Exclude<Finding, { kind: 'unwatched' }>, at: Source, where: Span): void {
    const message = `For ${cache.name}, this rule ${finding.text}.`
    if (finding.kind === 'misses') report.error(at, where, 'rule-misses', message, finding.hint)
    else report.note(at, where, 'rule-wider', message, finding.hint)
  }
}
