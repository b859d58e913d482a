import type { KeyTemplate } from './template.ts'
import type { ParamValue } from './param.ts'

/** Characters of a value that stand in a key as they are; all others are percent-encoded as UTF-8. */
const PLAIN = /^[A-Za-z0-9]*$/
const ENCODED = /%([0-9A-F]{2})/g
const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true })

/**
 * The key of an entry: the template with each value in its place. Values are encoded so that no value can
 * contain one of the template's separators: different params always give different keys.
 *
 * @param values canonical params by name, as `canonicalParam` returns them
 */
export function renderKey(template: KeyTemplate, values: Readonly<Record<string, ParamValue>>): string {
  let key = ''
  for (const segment of template.segments) {
    if (segment.kind === 'literal') key += segment.text
    else if (segment.kind === 'any') key += '*'
    else {
      const value = values[segment.name]
      key += value === undefined ? '*' : encodeValue(String(value), separators(template))
    }
  }
  return key
}

/** Params, as encoded in a key that `renderKey` made of this template; `undefined` when it is not one. */
export function parseKey(template: KeyTemplate, key: string): Readonly<Record<string, string>> | undefined {
  const values: Record<string, string> = {}
  let position = 0
  for (const [index, segment] of template.segments.entries()) {
    if (segment.kind === 'literal') {
      if (!key.startsWith(segment.text, position)) return undefined
      position += segment.text.length
      continue
    }
    const next = template.segments[index + 1]
    const end = next?.kind === 'literal' ? key.indexOf(next.text, position) : key.length
    if (end < 0) return undefined
    const value = decodeValue(key.slice(position, end))
    if (value === undefined) return undefined
    if (segment.kind === 'param') values[segment.name] = value
    position = end
  }
  return position === key.length ? values : undefined
}

function separators(template: KeyTemplate): string {
  let text = ':*%{}'
  for (const segment of template.segments) if (segment.kind === 'literal') text += segment.text
  return text
}

function encodeValue(value: string, separators: string): string {
  if (PLAIN.test(value)) return value
  let encoded = ''
  for (const char of value) {
    const plain = PLAIN.test(char) || (char > ' ' && char < '\x7F' && !separators.includes(char))
    encoded += plain ? char : percentEncode(char)
  }
  return encoded
}

function percentEncode(char: string): string {
  let encoded = ''
  for (const byte of encoder.encode(char)) encoded += `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
  return encoded
}

/** A value from its text in a key; `undefined` when it is not encoded as `renderKey` does. */
export function decodeValue(encoded: string): string | undefined {
  if (!encoded.includes('%')) return encoded
  const bytes: number[] = []
  let last = 0
  for (const match of encoded.matchAll(ENCODED)) {
    bytes.push(...encoder.encode(encoded.slice(last, match.index)), Number.parseInt(match[1] ?? '', 16))
    last = match.index + match[0].length
  }
  bytes.push(...encoder.encode(encoded.slice(last)))
  try {
    return decoder.decode(new Uint8Array(bytes))
  } catch {
    return undefined
  }
}
