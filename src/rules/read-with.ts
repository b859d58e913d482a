import { parseQualifiedColumn } from './identifier.ts'
import { findTable, reportOtherTable, type Scope } from './read-path.ts'
import { spanInScalar } from './scalar-span.ts'
import { suggestHint } from './suggest.ts'
import { decodeParam } from '../key/param.ts'
import { entriesOf, textOf, type YamlNode } from './yaml-node.ts'
import type { Report } from './report.ts'
import type { Target } from './resolve-target.ts'
import type { ParamSource } from './ruleset.ts'
import type { Source } from './source.ts'

/** A column of the changed row (-1) or of a hop. */
export type ColumnPlace = { readonly hop: number; readonly column: string }

/**
 * Reads a rule's `with`: columns by the param, or placeholder, that is read from them.
 * @param names what may be mapped; `undefined` when it is not known what the rule means
 * @param scope `undefined` when the rule's tables are not known
 */
export function readWith(
  source: Source,
  node: YamlNode | undefined,
  names: readonly string[] | undefined,
  scope: Scope | undefined,
  report: Report,
): ReadonlyMap<string, ColumnPlace> {
  const columns = new Map<string, ColumnPlace>()
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
    const text = textOf(value)
    if (text === undefined || text.value === '') continue
    const parsed = parseQualifiedColumn(text.value)
    if (!parsed.ok) {
      const { at, length, message, hint } = parsed.problem
      report.error(source, spanInScalar(source, text, at, length), 'bad-identifier', message, hint)
      continue
    }
    const { qualifier, column } = parsed.name
    const hop = scope === undefined ? undefined : findTable(qualifier, scope)
    if (hop !== undefined) columns.set(key.name, { hop, column })
    else if (scope !== undefined)
      reportOtherTable(source, text, [0, text.value.length], qualifier, scope, report)
  }
  return columns
}

/** Where each param that is bound is found, in the order of the cache's template. */
export function toSources(
  { cache, bindings }: Target,
  columns: ReadonlyMap<string, ColumnPlace>,
): readonly ParamSource[] {
  return cache.params.flatMap(({ name, type }): ParamSource[] => {
    const binding = bindings[name]
    if (binding === undefined) return []
    if (binding.kind === 'text')
      return [{ kind: 'text', param: name, text: String(decodeParam(type, binding.text)) }]
    const { hop, column } = columns.get(binding.name) ?? { hop: -1, column: binding.name }
    return hop < 0 ? [{ kind: 'column', param: name, column }] : [{ kind: 'hop', param: name, hop, column }]
  })
}
