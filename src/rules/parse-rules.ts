import { createConditionParser } from '../sql/parse-condition.ts'
import { createJoinParser } from '../sql/parse-join.ts'
import { createSelectParser } from '../sql/parse-select.ts'
import { checkCaches } from './check-caches.ts'
import { checkNeeded, readSettings } from './check-settings.ts'
import { checkShape } from './check-shape.ts'
import { checkTables, type WrittenRule } from './check-tables.ts'
import { checkWarming, type WarmingContext } from './check-warming.ts'
import { DDL_NAMES, DEFAULTS, FEED_NAMES } from './defaults.ts'
import { deepFreeze } from './freeze.ts'
import { lintRules } from './lint/lint-rules.ts'
import { mergeFiles, type Draft } from './merge-files.ts'
import { readYaml } from './read-yaml.ts'
import { createReport, type Report } from './report.ts'
import { createScheduleParser } from './schedule.ts'
import { createSource } from './source.ts'
import { createTemplateIndex } from './template-index.ts'
import { textOf, valueOf, type YamlNode } from './yaml-node.ts'
import type { RuleContext } from './check-rule.ts'
import type { Diagnostic } from './diagnostic.ts'
import type { Targets } from './resolve-target.ts'
import type { CacheRule, QueryLoader, Ruleset, TableRule } from './ruleset.ts'

/** Pairs of pattern and cache that one ruleset may mean, so that a short text cannot ask for endless work. */
const MAX_PAIRS = 200_000

/** Texts of rule files by path; the paths are those that diagnostics name. */
export type RuleFiles = Readonly<Record<string, string>> | ReadonlyMap<string, string>

export type ParsedRules = {
  /** Frozen; `undefined` when a diagnostic is an error. */
  readonly ruleset: Ruleset | undefined
  /** Everything that was found, sorted by file and position. */
  readonly diagnostics: readonly Diagnostic[]
}

/** What was read of the rule files: valid caches and rules, beside the places where they are written. */
export type ReadRules = {
  readonly draft: Draft
  /** Valid ones by name. */
  readonly caches: ReadonlyMap<string, CacheRule>
  readonly written: readonly WrittenRule[]
  readonly report: Report
}

export type ParseOptions = {
  /** Compares the rules with something else, such as a database, and says what it finds. */
  readonly check?: ((rules: ReadRules) => Promise<DerivedRules | undefined>) | undefined
}

/** What follows from the queries of caches. */
export type DerivedRules = {
  readonly rules: readonly TableRule[]
  /** By the names of the caches. */
  readonly loaders: ReadonlyMap<string, QueryLoader>
}

/** Reads rule files as one ruleset. Never throws because of what they contain. */
export async function parseRules(files: RuleFiles, { check }: ParseOptions = {}): Promise<ParsedRules> {
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
  const shared = draft.settings.get('defaults')
  const defaults = shared && readSettings(shared.source, shared.node.value, undefined, report)
  const { parseSelect, parseSchedule, ...parsers } = await loadParsers(draft)
  const caches = checkCaches(draft, defaults, parseSelect, report)
  const index = createTemplateIndex<CacheRule>()
  for (const cache of caches.values()) index.add(cache.template, cache)
  const declared = new Set(draft.caches.keys())
  const targets: Targets = { caches, index, declared, complete, budget: { pairs: MAX_PAIRS } }
  const written = checkTables(draft, { targets, report, ...parsers })
  const warming = checkWarming(draft, { targets, report, parseSelect, parseSchedule })

  const derived = await check?.({ draft, caches, written, report })

  const name = textOf(draft.settings.get('name')?.node.value)?.value
  const feed = textOf(draft.settings.get('feed')?.node.value)?.value
  const ddl = textOf(draft.settings.get('ddl')?.node.value)?.value
  if (report.hasErrors() || name === undefined)
    return { ruleset: undefined, diagnostics: deepFreeze(report.diagnostics()) }
  const ruleset: Ruleset = {
    kind: 'ruleset',
    version: 1,
    name,
    feed: FEED_NAMES.find((known) => known === feed) ?? DEFAULTS.feed,
    ddl: DDL_NAMES.find((known) => known === ddl) ?? DEFAULTS.ddl,
    maxKeys: defaults?.maxKeys ?? DEFAULTS.maxKeys,
    caches: [...caches.values()]
      .map((cache) => withLoader(cache, derived?.loaders.get(cache.name)))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
    rules: [...written.flatMap(({ rules }) => rules), ...(derived?.rules ?? [])],
    warming,
  }
  await lintRules(ruleset, written, draft, report)
  return { ruleset: deepFreeze(ruleset), diagnostics: deepFreeze(report.diagnostics()) }
}

function withLoader(cache: CacheRule, loader: QueryLoader | undefined): CacheRule {
  return { ...cache, loader }
}

type Parsers = Pick<RuleContext, 'parsers'> & Pick<WarmingContext, 'parseSelect' | 'parseSchedule'>

/** Loads what reads the SQL and the schedules of the rules, where there are any. */
async function loadParsers({ caches, tables, warming }: Draft): Promise<Parsers> {
  const rules = tables.flatMap((table) => table.rules)
  const sets = [...warming.values()].map(({ node }) => node.value)
  const stores = [...caches.values()].map(({ node }) => node.value)
  const has = (nodes: readonly YamlNode[], key: string): boolean =>
    nodes.some((node) => valueOf(node, key) !== undefined)
  const sql = has(rules, 'when') || has(rules, 'via')
  const parsers = sql && { condition: await createConditionParser(), join: await createJoinParser() }
  return {
    parsers: parsers || undefined,
    parseSelect: has(sets, 'params') || has(stores, 'query') ? await createSelectParser() : undefined,
    parseSchedule: has(sets, 'schedule') ? await createScheduleParser() : undefined,
  }
}
