import { decodeParam, isEnumType, type ParamType } from '../key/param.ts'
import { commonKey } from '../key/common-key.ts'
import { parsePattern, type KeyTemplate } from '../key/template.ts'
import { matchPattern, type Bindings } from '../key/unify.ts'
import { spanInScalar } from './scalar-span.ts'
import { MAX_TEMPLATE } from './schema-shared.ts'
import { suggestHint } from './suggest.ts'
import type { TemplateIndex } from './template-index.ts'
import type { Report } from './report.ts'
import type { CacheRule } from './ruleset.ts'
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
  /** How many more pairs of pattern and cache may be compared; below 0 once that has been reported. */
  readonly budget: { pairs: number }
}

/** A cache that a rule makes wrong. `names` are what `with` may map: params, or a pattern's placeholders. */
export type Target = { readonly cache: CacheRule; readonly bindings: Bindings }
export type Resolved = { readonly targets: readonly Target[]; readonly names: readonly string[] }

/** Finds the caches that `invalidate` or `refresh` means; `undefined`, and a diagnostic, when there is none. */
export function resolveTarget(
  source: Source,
  text: YamlText,
  known: Targets,
  report: Report,
): Resolved | undefined {
  if (text.value === '' || text.value.length > MAX_TEMPLATE) return undefined
  if (/[:{*]/.test(text.value)) return resolvePattern(source, text, known, report)
  const cache = resolveName(source, text, known, report)
  if (cache === undefined) return undefined
  const names = cache.params.map(({ name }) => name)
  const bindings = Object.fromEntries(names.map((name) => [name, { kind: 'param' as const, name }]))
  return { targets: [{ cache, bindings }], names }
}

/** Finds a cache by its name; `undefined`, and a diagnostic, when there is none. */
export function resolveName(
  source: Source,
  text: YamlText,
  { caches, declared, complete }: Omit<Targets, 'index' | 'budget'>,
  report: Report,
): CacheRule | undefined {
  const cache = caches.get(text.value)
  if (cache === undefined && complete && !declared.has(text.value)) {
    const hint = suggestHint(text.value, [...declared], 'The caches are')
    report.error(
      source,
      text,
      'unknown-cache',
      `No cache is named ${JSON.stringify(text.value)}.`,
      hint ?? 'Declare it under caches:.',
    )
  }
  return cache
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
  if (known.budget.pairs < 0) return undefined
  const pattern = parsed.template
  const candidates = known.index.candidates(pattern)
  if ((known.budget.pairs -= candidates.length) < 0) {
    report.error(
      source,
      text,
      'too-many',
      'The patterns of this ruleset mean too many caches.',
      'Name the caches, or begin patterns with the word that only their keys begin with.',
    )
    return undefined
  }
  const matching = candidates.flatMap((cache): Target[] => {
    const bindings = matchPattern(pattern, cache.template)
    return bindings === undefined ? [] : [{ cache, bindings }]
  })
  const missed = candidates.filter((cache) => !matching.some((target) => target.cache === cache))
  const targets = matching.filter(({ cache, bindings }) => wrongText(cache, bindings) === undefined)
  const unclear = explainMissed(pattern, missed) ?? explainTypes(targets, pattern)
  if (unclear !== undefined) {
    report.error(source, text, 'ambiguous-pattern', ...unclear)
    return undefined
  }
  if (targets.length > 0) {
    warnOfNames(source, text, targets, pattern, report)
    return { targets, names: pattern.params }
  }
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
    const [key, other] = keys.filter((one) => headOf(one) === headOf(text.value))
    const hint =
      key !== undefined && other === undefined
        ? `Write it piece by piece as the key is written, ${key}, with * for any value.`
        : suggestHint(text.value, keys, 'The keys are')
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

/** What stands before the first piece that may differ. */
function headOf(pattern: string): string {
  return pattern.replace(/[{*].*/s, '')
}

/** A cache that has keys of the pattern, but cut otherwise than the pattern cuts them. */
function explainMissed(
  pattern: KeyTemplate,
  missed: readonly CacheRule[],
): readonly [message: string, hint: string] | undefined {
  for (const { name, template } of missed) {
    const example = commonKey(pattern, template)
    if (example === undefined) continue
    return [
      `${name} may have the key ${example}, of which this pattern does not say which part is which param.`,
      `Write it piece by piece as the key is written, ${template.source}, with * for any value.`,
    ]
  }
  return undefined
}

type Use = {
  readonly placeholder: string
  readonly param: string
  readonly type: ParamType
  readonly cache: string
}

function usesOf(targets: readonly Target[], { params }: KeyTemplate): readonly (readonly Use[])[] {
  return params.map((placeholder) =>
    targets.flatMap(({ cache, bindings }) =>
      cache.params.flatMap(({ name, type }): Use[] => {
        const binding = bindings[name]
        const uses = binding?.kind === 'param' && binding.name === placeholder
        return uses ? [{ placeholder, param: name, type, cache: cache.name }] : []
      }),
    ),
  )
}

/** One column cannot hold the values of params of several types. */
function explainTypes(
  targets: readonly Target[],
  pattern: KeyTemplate,
): readonly [message: string, hint: string] | undefined {
  for (const [first, ...others] of usesOf(targets, pattern)) {
    const other = others.find(({ type }) => first !== undefined && !areAlike(type, first.type))
    if (first === undefined || other === undefined) continue
    return [
      `{${first.placeholder}} would be ${show(first)} and ${show(other)}, which no column can be.`,
      'Write a rule for each cache, by its name.',
    ]
  }
  return undefined
}

function warnOfNames(
  source: Source,
  text: YamlText,
  targets: readonly Target[],
  pattern: KeyTemplate,
  report: Report,
): void {
  for (const [first, ...others] of usesOf(targets, pattern)) {
    const other = others.find(({ param }) => param !== first?.param)
    if (first === undefined || other === undefined) continue
    const segment = pattern.segments.find(({ kind, at }) => kind === 'param' && pattern.source.startsWith(`{${first.placeholder}}`, at)) // prettier-ignore
    report.warn(
      source,
      spanInScalar(source, text, segment?.at ?? 0, first.placeholder.length + 2),
      'ambiguous-pattern',
      `{${first.placeholder}} is ${show(first)} and ${show(other)}.`,
      'If that is not meant, write a rule for each cache, by its name.',
    )
    return
  }
}

function show({ param, cache, type }: Use): string {
  return `${param} (${isEnumType(type) ? type.slice(5) : type}) of ${cache}`
}

function areAlike(one: ParamType, other: ParamType): boolean {
  const whole = (type: ParamType): boolean => type === 'int' || type === 'bigint'
  return one === other || (whole(one) && whole(other))
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
