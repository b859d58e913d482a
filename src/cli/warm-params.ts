import { StalemateError } from '../errors.ts'
import { canonicalParam, decodeParam, type ParamType, type ParamValue } from '../key/param.ts'
import type { Manifest } from '../manifest/manifest.ts'
import { suggestHint } from '../rules/suggest.ts'
import type { WarmRequest } from '../warm/ask-instances.ts'

/**
 * Checks what is to be warmed against the manifest, so that a slip of the pen is told before anybody is asked.
 *
 * @param given `name=value`, each
 * @throws StalemateError `usage`
 */
export function readWarmRequest(
  { caches, warming = {}, ruleset }: Manifest,
  set: string | undefined,
  given: readonly string[],
): WarmRequest {
  const sets = Object.keys(warming)
  if (sets.length === 0) {
    throw new StalemateError('usage', `The rules of ${ruleset} have no warming sets.`, {
      hint: 'Add one under `warming:`, compile, and deploy.',
    })
  }
  if (set !== undefined && !sets.includes(set)) {
    const hint = suggestHint(set, sets, 'The sets are') ?? ''
    throw new StalemateError('usage', `There is no warming set ${JSON.stringify(set)}.`, { hint })
  }
  const chosen = Object.entries(warming).filter(([name]) => set === undefined || name === set)
  const params: Record<string, ParamValue> = {}
  for (const text of given) {
    const [name, value] = readPair(text)
    const types = chosen.flatMap(([, { cache }]) =>
      (caches[cache]?.params ?? []).filter((param) => param.name === name).map(({ type }) => type),
    )
    params[name] = readValue(name, value, types)
  }
  const names = Object.keys(params)
  const takes = ([, { cache }]: (typeof chosen)[number]): boolean =>
    names.every((name) => caches[cache]?.params.some((param) => param.name === name) === true)
  if (!chosen.some(takes)) {
    const known = [
      ...new Set(chosen.flatMap(([, { cache }]) => (caches[cache]?.params ?? []).map(({ name }) => name))),
    ]
    const hint = suggestHint(names[0] ?? '', known, 'The params are') ?? 'Leave --params out.'
    throw new StalemateError('usage', `No warming set has the params ${names.join(', ')}.`, { hint })
  }
  return { ...(set === undefined ? {} : { set }), ...(names.length === 0 ? {} : { params }) }
}

function readPair(text: string): readonly [string, string] {
  const at = text.indexOf('=')
  if (at < 1) {
    throw new StalemateError('usage', `Expected --params name=value, got ${JSON.stringify(text)}.`, {
      hint: 'As in --params user_id=7; once for each param.',
    })
  }
  return [text.slice(0, at), text.slice(at + 1)]
}

/** Where sets disagree about the type of a param, the first that the text is of. */
function readValue(name: string, text: string, types: readonly ParamType[]): ParamValue {
  for (const type of types) {
    const value = decodeParam(type, text)
    if (value !== undefined) return value
  }
  const [type] = types
  if (type === undefined) return text
  try {
    return canonicalParam(type, text, name)
  } catch (error) {
    throw new StalemateError('usage', (error as Error).message, { cause: error })
  }
}
