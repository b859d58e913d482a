import { decodeParam } from '../key/param.ts'
import { parsePattern } from '../key/template.ts'
import { matchPattern, type Bindings } from '../key/unify.ts'
import { spanInScalar } from './scalar-span.ts'
import { MAX_TEMPLATE } from './schema.ts'
import { suggestHint } from './suggest.ts'
import type { TemplateIndex } from './template-index.ts'
import type { Report } from './report.ts'
import type { CacheRule, ParamSource } from './ruleset.ts'
import type { Source } from './source.ts'
import type { YamlText } from './yaml-node.ts'

/** What rules can refer to. */
export type Targets = {
  /** Valid caches by name. */
  readonly caches: ReadonlyMap<string, CacheRule>
  readonly index: TemplateIndex<CacheRule>
  /** Names of all caches that were written down, also of those that are not valid. */
  readonly declared: ReadonlySet<string>
  /** False when a file could not be read, so that a missing cache may be in it. */
  readonly complete: boolean
}

/** A cache that a rule makes wrong. `names` are what `with` may map: params, or a pattern's placeholders. */
export type Target = { readonly cache: CacheRule; readonly bindings: Bindings }
export type Resolved = { readonly targets: readonly Target[]; readonly names: readonly string[] }

/** Finds the caches that `invalidate` means; `undefined`, and a diagnostic, when there is none. */
export function resolveTarget(
  source: Source,
  text: YamlText,
  known: Targets,
  report: Report,
): Resolved | undefined {
  if (text.value === '' || text.value.length > MAX_TEMPLATE) return undefined
  return /[:{*]/.test(text.value)
    ? resolvePattern(source, text, known, report)
    : resolveName(source, text, known, report)
}

function resolveName(source: Source, text: YamlText, known: Targets, report: Report): Resolved | undefined {
  const cache = known.caches.get(text.value)
  if (cache === undefined) {
    if (known.complete && !known.declared.has(text.value)) {
      const hint = suggestHint(text.value, [...known.declared], 'The caches are')
      report.error(
        source,
        text,
        'unknown-cache',
        `No cache is named ${JSON.stringify(text.value)}.`,
        hint ?? 'Declare it under caches:.',
      )
    }
    return undefined
  }
  const names = cache.params.map(({ name }) => name)
  const bindings = Object.fromEntries(names.map((name) => [name, { kind: 'param' as const, name }]))
  return { targets: [{ cache, bindings }], names }
}

function resolvePattern(
  source: Source,
  text: YamlText,
  known: Targets,
  report: Report,
): Resolved | undefined {
  const parsed = parsePattern(text.value)
  if (!parsed.ok) {
    for (const { at, length, message, hint } of parsed.problems) {
      report.error(source, spanInScalar(source, text, at, length), 'bad-template', message, hint)
    }
    return undefined
  }
  const pattern = parsed.template
  const matching = known.index.candidates(pattern).flatMap((cache): Target[] => {
    const bindings = matchPattern(pattern, cache.template)
    return bindings === undefined ? [] : [{ cache, bindings }]
  })
  const targets = matching.filter(({ cache, bindings }) => wrongText(cache, bindings) === undefined)
  if (targets.length > 0) return { targets, names: pattern.params }
  const [near] = matching
  const wrong = near && wrongText(near.cache, near.bindings)
  if (near !== undefined && wrong !== undefined) {
    report.error(
      source,
      text,
      'wrong-value',
      `${JSON.stringify(wrong.text)} is no ${wrong.type}, which ${wrong.param} of ${near.cache.name} is.`,
      `For the value of a column, write {${wrong.param}}; for any value, *.`,
    )
  } else if (known.complete && known.declared.size === known.caches.size) {
    const keys = [...known.caches.values()].map(({ template }) => template.source)
    const hint = suggestHint(text.value, keys, 'The keys are')
    report.error(
      source,
      text,
      'no-match',
      `No key of any cache matches ${text.value}.`,
      hint ?? 'Declare a cache under caches:.',
    )
  }
  return undefined
}

/** A fixed text of the pattern that the param it meets can never have. */
function wrongText(
  cache: CacheRule,
  bindings: Bindings,
): { param: string; type: string; text: string } | undefined {
  for (const { name, type } of cache.params) {
    const binding = bindings[name]
    if (binding?.kind === 'text' && decodeParam(type, binding.text) === undefined)
      return { param: name, type, text: binding.text }
  }
  return undefined
}

/** Where each param that is bound is found in the row, in the order of the cache's template. */
export function toSources(
  { cache, bindings }: Target,
  columns: ReadonlyMap<string, string>,
): readonly ParamSource[] {
  return cache.params.flatMap(({ name, type }): ParamSource[] => {
    const binding = bindings[name]
    if (binding === undefined) return []
    if (binding.kind === 'param') {
      return [{ kind: 'column', param: name, column: columns.get(binding.name) ?? binding.name }]
    }
    return [{ kind: 'text', param: name, text: String(decodeParam(type, binding.text)) }]
  })
}
