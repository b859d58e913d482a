import { MEANWHILE_NAMES, OPERATIONS, DEFAULTS, PRIORITY_NAMES } from './defaults.ts'
import { readChoice, readNumber } from './check-settings.ts'
import { readColumn, readCondition } from './read-row.ts'
import { readPath, type Scope } from './read-path.ts'
import { readWith, toSources } from './read-with.ts'
import { resolveTarget, type Resolved, type Target, type Targets } from './resolve-target.ts'
import { positionOf, type Source } from './source.ts'
import { entriesOf, entryOf, itemsOf, textOf, valueOf, type YamlEntry, type YamlNode } from './yaml-node.ts'
import type { ParseCondition } from '../sql/parse-condition.ts'
import type { ParseJoin } from '../sql/parse-join.ts'
import type { Report } from './report.ts'
import type { ParamSource, Path, TableName, TableRule } from './ruleset.ts'

export type RuleContext = {
  readonly targets: Targets
  readonly report: Report
  /** `undefined` when no rule has a condition or a join. */
  readonly parsers: { readonly condition: ParseCondition; readonly join: ParseJoin } | undefined
}

/** Checks one rule and gives a rule for each cache that it means; none when it is not valid. */
export function checkRule(
  source: Source,
  node: YamlNode,
  table: TableName | undefined,
  context: RuleContext,
): readonly TableRule[] {
  const { report, parsers } = context
  const action = readAction(source, node, report)
  const target = action && textOf(action.value)
  const resolved = target && resolveTarget(source, target, context.targets, report)
  const via = entryOf(node, 'via')
  const scope = table && readPath(source, via?.value, table, parsers?.join, report)
  const places = readWith(source, valueOf(node, 'with'), resolved?.names, scope, report)
  const operations = readOperations(source, node, report)
  const columns = entryOf(node, 'columns')
  const names = itemsOf(columns?.value).flatMap((item) => readColumn(source, textOf(item), report) ?? [])
  const when = textOf(valueOf(node, 'when'))
  const condition = when && table && readCondition(source, when, table, parsers?.condition, report)
  if (action?.key.name === 'invalidate') refuseReloading(source, node, report)
  if (table === undefined || resolved === undefined || action === undefined || scope === undefined) return []
  if (places.size === entriesOf(valueOf(node, 'with')).length)
    checkUse(source, resolved, scope, (target) => toSources(target, places), report)
  return resolved.targets.map(({ cache, bindings }): TableRule => {
    const params = toSources({ cache, bindings }, places)
    return {
      kind: 'rule',
      derived: undefined,
      table,
      cache: cache.name,
      action: action.key.name === 'refresh' ? 'refresh' : 'invalidate',
      params,
      path: pathOf(params, scope),
      operations,
      columns: columns === undefined ? 'all' : [...new Set(names)],
      when: condition,
      maxKeys: readNumber(valueOf(node, 'max-keys')) ?? cache.maxKeys,
      priority: readChoice(valueOf(node, 'priority'), PRIORITY_NAMES) ?? cache.priority,
      meanwhile: readChoice(valueOf(node, 'meanwhile'), MEANWHILE_NAMES) ?? DEFAULTS.meanwhile,
      at: positionOf(source, node),
    }
  })
}

/** `invalidate` or `refresh`, of which a rule has one. */
function readAction(source: Source, node: YamlNode, report: Report): YamlEntry | undefined {
  const invalidate = entryOf(node, 'invalidate')
  const refresh = entryOf(node, 'refresh')
  if (node.kind !== 'map') return undefined
  if (invalidate !== undefined && refresh !== undefined) {
    report.error(
      source,
      refresh.key,
      'two-actions',
      'A rule has "invalidate" or "refresh", not both.',
      'Keep refresh: what cannot be reloaded is dropped.',
    )
    return undefined
  }
  const action = invalidate ?? refresh
  if (action === undefined) {
    const hint = 'Write invalidate: and the name of a cache, or a pattern such as report:{user_id}:*.'
    const span = node.entries.values().next().value?.key ?? node
    report.error(source, span, 'missing-key', 'A rule needs "invalidate" or "refresh".', hint)
  }
  return action
}

function refuseReloading(source: Source, node: YamlNode, report: Report): void {
  for (const name of ['priority', 'meanwhile']) {
    const entry = entryOf(node, name)
    if (entry === undefined) continue
    report.error(
      source,
      entry.key,
      'useless-key',
      `"${name}" is about reloading, and this rule drops entries.`,
      'Write refresh: in place of invalidate:, or remove it.',
    )
  }
}

function readOperations(source: Source, node: YamlNode, report: Report): TableRule['operations'] {
  const written = itemsOf(valueOf(node, 'on')).flatMap((item) => textOf(item)?.value ?? [])
  const operations = OPERATIONS.filter((name) => written.length === 0 || written.includes(name))
  const columns = entryOf(node, 'columns')
  const narrowed = written.length > 0 && operations.length > 0 && !operations.includes('update')
  if (columns !== undefined && narrowed) {
    report.warn(
      source,
      columns.key,
      'useless-columns',
      '"columns" narrows updates, and this rule watches none.',
      'Add update to "on", or remove "columns".',
    )
  }
  return operations
}

/** The hops that lead to one of the params; those behind the last one that does have no use for this cache. */
function pathOf(params: readonly ParamSource[], { hops }: Scope): Path | undefined {
  const last = Math.max(-1, ...params.map((source) => (source.kind === 'hop' ? source.hop : -1)))
  return last < 0 ? undefined : { hops: hops.slice(0, last + 1) }
}

/** Each joined table must lead to a param, over others or by itself. */
function checkUse(
  source: Source,
  { targets, names }: Resolved,
  { hops, places }: Scope,
  sourcesOf: (target: Target) => readonly ParamSource[],
  report: Report,
): void {
  const used = new Set(targets.flatMap(sourcesOf).flatMap((one) => (one.kind === 'hop' ? [one.hop] : [])))
  for (const [index, hop] of [...hops.entries()].reverse()) {
    const place = places[index]
    if (used.has(index)) for (const { from } of hop.on) used.add(from.hop)
    else if (place !== undefined) {
      const example = `with: { ${names[0] ?? 'user_id'}: ${hop.alias}.${names[0] ?? 'user_id'} }`
      report.error(
        source,
        place,
        'via-unused',
        `No param is read from ${hop.alias}, nor over it.`,
        names.length === 0
          ? 'Remove it: what is made wrong has no params.'
          : `Say which is, as in ${example}.`,
      )
    }
  }
}
