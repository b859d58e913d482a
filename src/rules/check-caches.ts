import { parseTemplate, type KeyTemplate } from '../key/template.ts'
import { commonKey } from '../key/common-key.ts'
import { checkBounds, readSettings, type EntrySettings } from './check-settings.ts'
import { placeName, type Draft, type Placed } from './merge-files.ts'
import { readParamType } from './read-param-type.ts'
import { readQuery } from './read-query.ts'
import { spanInScalar } from './scalar-span.ts'
import { MAX_TEMPLATE, NAME_PATTERN } from './schema-shared.ts'
import { positionOf, type Source } from './source.ts'
import { suggest } from './suggest.ts'
import { createTemplateIndex } from './template-index.ts'
import { entriesOf, entryOf, textOf, valueOf, type YamlEntry, type YamlText } from './yaml-node.ts'
import type { ParseSelect } from '../sql/parse-select.ts'
import type { Report } from './report.ts'
import type { CacheParam, CacheRule } from './ruleset.ts'

const NAME = new RegExp(NAME_PATTERN)

/** Comparisons of keys that have no fixed beginning in common, past which caches cannot be told apart in good time. */
const MAX_COMPARISONS = 100_000

/** Checks and reads the caches. One that is not valid is left out, and a diagnostic says why. */
export function checkCaches(
  draft: Draft,
  defaults: EntrySettings | undefined,
  parseSelect: ParseSelect | undefined,
  report: Report,
): ReadonlyMap<string, CacheRule> {
  const caches = new Map<string, CacheRule>()
  for (const [name, placed] of draft.caches) {
    const { source, node } = placed
    checkReserved(placed, report)
    const settings = readSettings(source, node.value, defaults, report)
    checkBounds(source, node.value, settings, report)
    const key = textOf(valueOf(node.value, 'key'))
    const template = key === undefined ? undefined : readTemplate(source, key, report)
    if (key === undefined || template === undefined) continue
    const params = readParams(source, node, key, template, report)
    if (params === undefined) continue
    const query = readQuery(source, node, params, parseSelect, report)
    const at = positionOf(source, node.key)
    caches.set(name, { kind: 'cache', name, template, params, ...settings, query, loader: undefined, at })
  }
  checkOverlaps(draft, caches, report)
  return caches
}

/** Reads a cache's key; what is wrong with it is reported in its place. */
function readTemplate(source: Source, key: YamlText, report: Report): KeyTemplate | undefined {
  if (key.value === '' || key.value.length > MAX_TEMPLATE) return undefined
  const parsed = parseTemplate(key.value)
  if (parsed.ok) return parsed.template
  for (const { at, length, message, hint } of parsed.problems) {
    report.error(source, spanInScalar(source, key, at, length), 'bad-template', message, hint)
  }
  return undefined
}

/** The params in the order of the key; `undefined` when placeholders and `params` do not agree. */
function readParams(
  source: Source,
  node: YamlEntry,
  key: YamlText,
  template: KeyTemplate,
  report: Report,
): readonly CacheParam[] | undefined {
  const entry = entryOf(node.value, 'params')
  if (
    entry !== undefined &&
    entry.value.kind !== 'map' &&
    !(entry.value.kind === 'scalar' && entry.value.value === null)
  )
    return undefined
  const declared = new Map(entriesOf(entry?.value).map((param) => [param.key.name, param]))
  for (const param of declared.values()) checkReserved({ source, node: param }, report)
  const missing = template.segments.flatMap((segment) =>
    segment.kind === 'param' && !declared.has(segment.name) ? [segment] : [],
  )
  const unused = new Map([...declared].filter(([name]) => !template.params.includes(name)))
  for (const { name, at } of missing) {
    const span = spanInScalar(source, key, at, name.length + 2)
    if (!NAME.test(name)) {
      report.error(
        source,
        span,
        'bad-name',
        `${JSON.stringify(name)} cannot be the name of a param.`,
        'A name begins with a letter and has letters, digits and _, at most 63.',
      )
      continue
    }
    const meant =
      missing.length === 1 && unused.size === 1 ? [...unused.keys()][0] : suggest(name, unused.keys())
    if (meant !== undefined) unused.delete(meant)
    const hint = meant === undefined ? `Add it, as in params: { ${name}: uuid }.` : `Did you mean {${meant}}?`
    report.error(
      source,
      span,
      'undeclared-param',
      `The placeholder {${name}} is not declared in params.`,
      hint,
    )
  }
  for (const [name, param] of unused) {
    const hint = `Put {${name}} into the key, or remove the param.`
    report.error(source, param.key, 'unused-param', `The key has no placeholder {${name}}.`, hint)
  }
  if (missing.length > 0 || unused.size > 0) return undefined
  const params = template.params.flatMap((name) => {
    const text = textOf(declared.get(name)?.value)
    const type = text && readParamType(source, text, report)
    return type === undefined ? [] : [{ name, type }]
  })
  return params.length === template.params.length ? params : undefined
}

/** Names that every JavaScript object has of its own cannot be told from what an application declared. */
function checkReserved({ source, node }: Placed<YamlEntry>, report: Report): void {
  const { name } = node.key
  if (NAME.test(name) && name in Object.prototype) {
    report.error(
      source,
      node.key,
      'bad-name',
      `${JSON.stringify(name)} is a name that every JavaScript object has.`,
      'Choose another one.',
    )
  }
}

/** Two caches must never share a key: one would be given what the other holds. */
function checkOverlaps(draft: Draft, caches: ReadonlyMap<string, CacheRule>, report: Report): void {
  const index = createTemplateIndex<CacheRule>()
  let comparisons = 0
  for (const cache of caches.values()) {
    const placed = draft.caches.get(cache.name)
    if (placed === undefined) continue
    const span = valueOf(placed.node.value, 'key') ?? placed.node.key
    const candidates = index.candidates(cache.template)
    comparisons += candidates.length
    if (comparisons > MAX_COMPARISONS) {
      report.error(
        placed.source,
        span,
        'too-many',
        'Too many keys begin with a placeholder, or all alike.',
        'Begin the keys of each cache with a word of its own.',
      )
      return
    }
    for (const other of candidates) {
      const example = commonKey(cache.template, other.template)
      const before = draft.caches.get(other.name)
      if (example === undefined || before === undefined) continue
      report.error(
        placed.source,
        span,
        'overlapping-keys',
        `The caches ${cache.name} and ${other.name} can both have the key ${example}.`,
        `Begin one of them with a word of its own; ${other.name} is in ${placeName(before.source, before.node.key)}.`,
      )
      break
    }
    index.add(cache.template, cache)
  }
}
