import { DEFAULTS, OPERATIONS } from './defaults.ts'
import { parseColumnName } from './identifier.ts'
import { resolveTarget, toSources, type Targets } from './resolve-target.ts'
import { spanInScalar } from './scalar-span.ts'
import { positionOf, type Source } from './source.ts'
import { suggestHint } from './suggest.ts'
import { entriesOf, entryOf, itemsOf, textOf, valueOf, type YamlNode, type YamlText } from './yaml-node.ts'
import type { Condition } from '../sql/condition.ts'
import type { ConditionProblem, ParseCondition } from '../sql/parse-condition.ts'
import type { DiagnosticCode } from './diagnostic.ts'
import type { Report } from './report.ts'
import type { TableName, TableRule } from './ruleset.ts'

export type RuleContext = {
  readonly targets: Targets
  readonly report: Report
  /** `undefined` when no rule has a condition. */
  readonly parseCondition: ParseCondition | undefined
}

const CODES: Readonly<Record<ConditionProblem['kind'], DiagnosticCode>> = {
  syntax: 'condition-syntax',
  'not-one': 'condition-not-one',
  'not-allowed': 'condition-not-allowed',
  'not-boolean': 'condition-not-boolean',
  qualifier: 'condition-other-table',
  quotes: 'condition-quotes',
}

/** Checks one rule and gives a rule for each cache that it means; none when it is not valid. */
export function checkRule(
  source: Source,
  node: YamlNode,
  table: TableName | undefined,
  context: RuleContext,
): readonly TableRule[] {
  const { report, targets } = context
  const invalidate = textOf(valueOf(node, 'invalidate'))
  const resolved = invalidate && resolveTarget(source, invalidate, targets, report)
  const renamed = readWith(source, valueOf(node, 'with'), resolved?.names, report)
  const written = itemsOf(valueOf(node, 'on')).flatMap((item) => textOf(item)?.value ?? [])
  const operations = OPERATIONS.filter((name) => written.length === 0 || written.includes(name))
  const columns = entryOf(node, 'columns')
  if (
    columns !== undefined &&
    written.length > 0 &&
    operations.length > 0 &&
    !operations.includes('update')
  ) {
    report.warn(
      source,
      columns.key,
      'useless-columns',
      '"columns" narrows updates, and this rule watches none.',
      'Add update to "on", or remove "columns".',
    )
  }
  const names = itemsOf(columns?.value).flatMap((item) => readColumn(source, textOf(item), report) ?? [])
  const when = textOf(valueOf(node, 'when'))
  const condition = when && table && readCondition(source, when, table, context)
  if (table === undefined || resolved === undefined) return []
  return resolved.targets.map((target) => ({
    kind: 'rule',
    table,
    cache: target.cache.name,
    action: 'invalidate',
    params: toSources(target, renamed),
    path: undefined,
    operations,
    columns: columns === undefined ? 'all' : [...new Set(names)],
    when: condition,
    maxKeys: DEFAULTS.maxKeys,
    priority: target.cache.priority,
    meanwhile: 'wait',
    at: positionOf(source, node),
  }))
}

/** Columns by the param, or placeholder, that is read from them. */
function readWith(
  source: Source,
  node: YamlNode | undefined,
  names: readonly string[] | undefined,
  report: Report,
): ReadonlyMap<string, string> {
  const columns = new Map<string, string>()
  for (const { key, value } of entriesOf(node)) {
    if (names !== undefined && !names.includes(key.name)) {
      const hint = suggestHint(key.name, names, 'The params are') ?? 'There is none: remove "with".'
      report.error(
        source,
        key,
        'unknown-param',
        `What this rule invalidates has no param ${JSON.stringify(key.name)}.`,
        hint,
      )
    }
    const column = readColumn(source, textOf(value), report)
    if (column !== undefined) columns.set(key.name, column)
  }
  return columns
}

function readColumn(source: Source, text: YamlText | undefined, report: Report): string | undefined {
  if (text === undefined || text.value === '') return undefined
  const parsed = parseColumnName(text.value)
  if (parsed.ok) return parsed.name
  const { at, length, message, hint } = parsed.problem
  report.error(source, spanInScalar(source, text, at, length), 'bad-identifier', message, hint)
  return undefined
}

function readCondition(
  source: Source,
  text: YamlText,
  table: TableName,
  { parseCondition, report }: RuleContext,
): Condition | undefined {
  if (parseCondition === undefined || text.value === '') return undefined
  const { condition, problems } = parseCondition(text.value, table)
  for (const { kind, severity, at, length, message, hint } of problems) {
    const say = severity === 'error' ? report.error : report.warn
    say(source, spanInScalar(source, text, at, length), CODES[kind], message, hint)
  }
  return condition
}
