import { createConditionParser } from '../sql/parse-condition.ts'
import { checkCaches } from './check-caches.ts'
import { checkNeeded } from './check-settings.ts'
import { checkShape } from './check-shape.ts'
import { checkTables } from './check-tables.ts'
import { DEFAULTS } from './defaults.ts'
import { deepFreeze } from './freeze.ts'
import { mergeFiles, type Draft } from './merge-files.ts'
import { readYaml } from './read-yaml.ts'
import { createReport } from './report.ts'
import { createSource } from './source.ts'
import { createTemplateIndex } from './template-index.ts'
import { textOf, valueOf } from './yaml-node.ts'
import type { Diagnostic } from './diagnostic.ts'
import type { CacheRule, Ruleset } from './ruleset.ts'

/** Texts of rule files by path; the paths are those that diagnostics name. */
export type RuleFiles = Readonly<Record<string, string>> | ReadonlyMap<string, string>

export type ParsedRules = {
  /** Frozen; `undefined` when a diagnostic is an error. */
  readonly ruleset: Ruleset | undefined
  /** Everything that was found, sorted by file and position. */
  readonly diagnostics: readonly Diagnostic[]
}

/** Reads rule files as one ruleset. Never throws because of what they contain. */
export async function parseRules(files: RuleFiles): Promise<ParsedRules> {
  const report = createReport()
  const texts = files instanceof Map ? [...files] : Object.entries(files as Record<string, string>)
  const sources = texts.sort(([a], [b]) => (a < b ? -1 : 1)).map(([file, text]) => createSource(file, text))
  if (sources.length === 0) {
    const span = { start: 0, end: 0 }
    report.error(
      createSource('', ''),
      span,
      'no-rules',
      'There is no rule file.',
      'Write one, as in rules/callcentre.yaml.',
    )
  }
  const read = sources.flatMap((source) => {
    const root = readYaml(source, report)
    return root === undefined ? [] : [{ source, root }]
  })
  const complete = read.length === sources.length
  for (const { source, root } of read) checkShape(source, root, report)

  const draft = mergeFiles(read, report)
  if (complete) checkNeeded(draft, read, report)
  const caches = checkCaches(draft, report)
  const index = createTemplateIndex<CacheRule>()
  for (const cache of caches.values()) index.add(cache.template, cache)
  const declared = new Set(draft.caches.keys())
  const parseCondition = hasConditions(draft) ? await createConditionParser() : undefined
  const rules = checkTables(draft, { targets: { caches, index, declared, complete }, report, parseCondition })

  const diagnostics = deepFreeze(report.diagnostics())
  const name = textOf(draft.settings.get('name')?.node.value)?.value
  if (report.hasErrors() || name === undefined) return { ruleset: undefined, diagnostics }
  const ruleset: Ruleset = {
    kind: 'ruleset',
    version: 1,
    name,
    feed: DEFAULTS.feed,
    caches: [...caches.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
    rules,
  }
  return { ruleset: deepFreeze(ruleset), diagnostics }
}

function hasConditions(draft: Draft): boolean {
  return draft.tables.some(({ rules }) => rules.some((rule) => valueOf(rule, 'when') !== undefined))
}
