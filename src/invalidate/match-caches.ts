import { StalemateError } from '../errors.ts'
import { commonKey } from '../key/common-key.ts'
import { decodeParam } from '../key/param.ts'
import { decodeValue } from '../key/render.ts'
import { type KeyTemplate, parseKeyPattern, parseTemplate } from '../key/template.ts'
import { matchPattern } from '../key/unify.ts'
import type { Manifest, ManifestCache } from '../manifest/manifest.ts'
import type { NamedTarget } from '../wire/change.ts'
import { bindTarget } from './bind-target.ts'

/**
 * The caches of which a key or pattern may name entries, each with the params that it binds. Where it does not say which
 * part is which param, the whole cache: never less than what was meant.
 *
 * @throws StalemateError `pattern-invalid`: it is malformed, or no key of any cache matches it
 */
export function matchCaches(manifest: Manifest, text: string): readonly NamedTarget[] {
  const pattern = readPattern(text)
  const targets = Object.entries(manifest.caches).flatMap(([name, cache]): readonly NamedTarget[] => {
    const target = matchCache(pattern, name, cache)
    return target === undefined ? [] : [target]
  })
  if (targets.length > 0) return targets
  throw new StalemateError('pattern-invalid', `No key of any cache matches ${JSON.stringify(text)}.`, {
    hint: `The keys are: ${Object.values(manifest.caches)
      .map(({ key }) => key)
      .join(', ')}.`,
  })
}

function readPattern(text: string): KeyTemplate {
  const parsed = typeof text === 'string' ? parseKeyPattern(text) : undefined
  if (parsed?.ok === true && parsed.template.params.length === 0) return parsed.template
  const problem =
    parsed?.ok === false ? parsed.problems[0]?.message : 'Expected a key, or a pattern with * for any value.'
  throw new StalemateError(
    'pattern-invalid',
    `${JSON.stringify(text)} is no pattern. ${problem ?? ''}`.trim(),
  )
}

function matchCache(pattern: KeyTemplate, name: string, cache: ManifestCache): NamedTarget | undefined {
  const parsed = parseTemplate(cache.key)
  if (!parsed.ok) return { kind: 'all', cache: name, reason: 'requested' }
  const { template } = parsed
  const bindings = matchPattern(pattern, template)
  if (bindings === undefined) {
    const mayMatch = commonKey(plain(pattern), template) !== undefined
    return mayMatch ? { kind: 'all', cache: name, reason: 'requested' } : undefined
  }
  const texts = new Map<string, string>()
  for (const { name: param, type } of cache.params) {
    const binding = bindings[param]
    if (binding?.kind !== 'text') continue
    const decoded = decodeValue(binding.text)
    const value = decoded === undefined ? undefined : decodeParam(type, decoded)
    // No entry has such a param.
    if (value === undefined) return undefined
    texts.set(param, String(value))
  }
  return bindTarget(name, cache, texts)
}

/** The pattern with a letter for each encoded character, which any value may contain. */
function plain({ segments, ...rest }: KeyTemplate): KeyTemplate {
  return {
    ...rest,
    segments: segments.map((segment) =>
      segment.kind === 'literal'
        ? { ...segment, text: segment.text.replaceAll(/%[0-9A-F]{2}/g, 'x') }
        : segment,
    ),
  }
}
