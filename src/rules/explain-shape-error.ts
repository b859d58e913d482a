import type { ErrorObject } from 'ajv/dist/2020.js'
import { WARMING_PATTERN } from './schema-shared.ts'
import { suggest, suggestHint } from './suggest.ts'
import { entryOf, itemsOf, spanOfValue, type YamlNode } from './yaml-node.ts'
import type { Report } from './report.ts'
import type { Source, Span } from './source.ts'

type Schema = {
  readonly title?: string
  readonly properties?: Readonly<Record<string, unknown>>
  readonly required?: readonly string[]
  readonly anyOf?: readonly Schema[]
  readonly pattern?: string
}

/** Turns an error of the validator into a sentence about what stands in the file, at its place. */
export function explainShapeError(source: Source, root: YamlNode, error: ErrorObject, report: Report): void {
  const place = locate(root, error.instancePath)
  const schema = error.parentSchema as Schema
  const expected = schema.title ?? 'something else'
  const whole = expected.replace(/^a /, 'A ')
  switch (error.keyword) {
    case 'additionalProperties': {
      const name = String(error.params['additionalProperty'])
      const span = entryOf(place.node, name)?.key ?? place.span
      const hint =
        name === '<<' ? NO_MERGE : suggestHint(name, Object.keys(schema.properties ?? {}), 'It has')
      return report.error(source, span, 'unknown-key', `${whole} has no key ${JSON.stringify(name)}.`, hint)
    }
    case 'required': {
      const name = String(error.params['missingProperty'])
      const span = place.name ?? firstKey(place.node) ?? place.span
      const hint = exampleHint(schema, name)
      return report.error(source, span, 'missing-key', `${whole} needs ${JSON.stringify(name)}.`, hint)
    }
    case 'pattern': {
      const { propertyName } = error
      if (propertyName === undefined) break
      const span = entryOf(place.node, propertyName)?.key ?? place.span
      const letters = schema.pattern === WARMING_PATTERN ? 'digits, _ and -' : 'digits and _'
      const hint = `A name begins with a letter and has letters, ${letters}, at most 63.`
      return report.error(source, span, 'bad-name', `${JSON.stringify(propertyName)} cannot be a name.`, hint)
    }
    case 'uniqueItems': {
      const items = itemsOf(place.node)
      const item = items[Math.max(Number(error.params['i']), Number(error.params['j']))]
      const message = `${describe(item)} stands twice in the list.`
      return report.error(source, item ?? place.span, 'repeated-item', message, 'Remove one of them.')
    }
    case 'maxItems': {
      const message = `Expected at most ${String(error.params['limit'])} items.`
      return report.error(source, place.span, 'wrong-value', message)
    }
    case 'minItems':
    case 'minProperties': {
      const got = error.keyword === 'minItems' ? 'list' : 'map'
      const hint = 'Leave the key out, or write something into it.'
      return report.error(
        source,
        place.span,
        'wrong-value',
        `Expected ${expected}, got an empty ${got}.`,
        hint,
      )
    }
    default:
  }
  const code = error.keyword === 'type' ? 'wrong-type' : 'wrong-value'
  const message = `Expected ${expected}, got ${describe(place.node)}.`
  report.error(source, place.span, code, message, hintFor(error, place.node))
}

const NO_MERGE = 'There are no merge keys: write it out, or put what all caches share under defaults:.'
/** Blanks that look like one, and are none to YAML. */
const ODD_BLANK = /[\u00A0\u2000-\u200B\u202F\u3000\uFEFF]/

function hintFor(error: ErrorObject, node: YamlNode | undefined): string | undefined {
  const value = node?.kind === 'scalar' ? node.value : undefined
  const schema = error.parentSchema as Schema
  if (error.keyword === 'enum' && typeof value === 'string') {
    const best = suggest(value, (error.params['allowedValues'] as readonly unknown[]).map(String))
    const [only, more] = error.params['allowedValues'] as readonly unknown[]
    if (best === undefined && more === undefined) return `In this version it is ${String(only)}.`
    return best === undefined ? undefined : `Did you mean ${best}?`
  }
  if (error.keyword !== 'type') return undefined
  const expected: unknown = error.params['type']
  const odd = typeof value === 'string' ? ODD_BLANK.exec(value)?.[0].charCodeAt(0) : undefined
  if (odd !== undefined)
    return `It has the character U+${odd.toString(16).toUpperCase().padStart(4, '0')}: type a blank in its place.`
  if (expected === 'object' && typeof value === 'string' && /^[a-z-]+:\S/.test(value))
    return 'Put a blank after the colon.'
  if (error.instancePath === '') return 'It has the keys version, name, caches and tables.'
  const [needed] = schema.required ?? schema.anyOf?.[0]?.required ?? []
  if (expected === 'object' && needed !== undefined) return exampleHint(schema, needed)
  if (expected === 'array' && node?.kind === 'map') return 'Begin each item of a list with "- ".'
  if (expected === 'array' && schema.title?.startsWith('a list of rules') === true)
    return 'Write a rule below it, as in - invalidate: dashboard.'
  if (expected === 'array' && value !== undefined && value !== null)
    return `A list of one is written [${String(value)}].`
  if (String(expected).startsWith('object') && node?.kind === 'list')
    return 'Remove the "- " before its keys.'
  if (expected !== 'string') return undefined
  if (node?.kind === 'map') return 'A text with { or a colon and a blank in it must be quoted.'
  if (node?.kind === 'list')
    return /\/(?:invalidate|refresh)$/.test(error.instancePath) ? 'Write a rule for each of them.' : undefined
  return typeof value === 'number' ? numberHint(value, schema) : undefined
}

function numberHint(value: number, { title = '', pattern }: Schema): string | undefined {
  if (title.startsWith('a duration')) return `Write ${value}s for seconds, or ${value}ms.`
  if (title.startsWith('a percentage') && value > 0 && value < 1) return `Write ${Math.round(value * 100)}%.`
  return pattern === undefined ? `If it is meant as a text, write "${value}".` : undefined
}

type Place = { readonly node: YamlNode | undefined; readonly span: Span; readonly name: Span | undefined }

/** The node at a JSON pointer; `name` is the key that it stands under. */
function locate(root: YamlNode, pointer: string): Place {
  let node: YamlNode | undefined = root
  let span: Span = root
  let name: Span | undefined
  for (const part of pointer.split('/').slice(1)) {
    const step = part.replaceAll('~1', '/').replaceAll('~0', '~')
    if (node?.kind === 'list') {
      node = node.items[Number(step)]
      span = node ?? span
      name = undefined
      continue
    }
    const entry = entryOf(node, step)
    if (entry === undefined) break
    node = entry.value
    span = spanOfValue(entry)
    name = entry.key
  }
  return { node, span, name }
}

function firstKey(node: YamlNode | undefined): Span | undefined {
  return node?.kind === 'map' ? node.entries.values().next().value?.key : undefined
}

function exampleHint(schema: Schema, name: string): string | undefined {
  const property = schema.properties?.[name]
  const title =
    typeof property === 'object' && property !== null && 'title' in property ? property.title : undefined
  return typeof title === 'string' ? `Write ${name}: and ${title}.` : undefined
}

function describe(node: YamlNode | undefined): string {
  if (node === undefined || (node.kind === 'scalar' && node.value === null)) return 'nothing'
  if (node.kind === 'map') return 'a map'
  if (node.kind === 'list') return 'a list'
  if (typeof node.value !== 'string') return `the ${typeof node.value} ${String(node.value)}`
  return JSON.stringify(node.value.length > 60 ? `${node.value.slice(0, 60)}…` : node.value)
}
