import type { KeyTemplate, Segment } from './template.ts'

/**
 * What a pattern says of a template's params: bound to a placeholder of the pattern, or to a fixed text;
 * a param that is not mentioned may be anything.
 */
export type Binding =
  { readonly kind: 'param'; readonly name: string } | { readonly kind: 'text'; readonly text: string }
export type Bindings = Readonly<Record<string, Binding>>

/**
 * Unifies a pattern with a cache's template: `undefined` when no key of the template can match it.
 * Placeholder meets placeholder, `*` meets placeholder, text meets placeholder; separators meet themselves.
 */
export function matchPattern(pattern: KeyTemplate, template: KeyTemplate): Bindings | undefined {
  const left = tokens(pattern)
  const right = tokens(template)
  if (left.length !== right.length) {
    return endsOpen(left) && left.length < right.length ? bind(left, right.slice(0, left.length)) : undefined
  }
  return bind(left, right)
}

/** Whether two templates can render the same key. */
export function templatesOverlap(a: KeyTemplate, b: KeyTemplate): boolean {
  return commonKey(a, b) !== undefined
}

/** An example of a key that both templates can render, with 1 for each value; `undefined` when there is none. */
export function commonKey(a: KeyTemplate, b: KeyTemplate): string | undefined {
  const left = tokens(a)
  const right = tokens(b)
  if (left.length !== right.length) return undefined
  let key = ''
  for (const [index, token] of left.entries()) {
    const other = right[index]
    if (other === undefined) return undefined
    if (token.kind === 'literal' && other.kind === 'literal' && token.text !== other.text) return undefined
    key += token.kind === 'literal' ? token.text : other.kind === 'literal' ? other.text : '1'
  }
  return key
}

type Token = Pick<Segment, 'kind'> & { readonly text: string }

/** A template cut at every separator, so that `a:b:{x}` and `a:{y}:c` line up piece by piece. */
function tokens(template: KeyTemplate): readonly Token[] {
  return template.segments.flatMap((segment): Token[] => {
    if (segment.kind === 'param') return [{ kind: 'param', text: segment.name }]
    if (segment.kind === 'any') return [{ kind: 'any', text: '*' }]
    return segment.text
      .split(/([^A-Za-z0-9])/)
      .flatMap((text) => (text === '' ? [] : [{ kind: 'literal' as const, text }]))
  })
}

function endsOpen(pattern: readonly Token[]): boolean {
  return pattern.at(-1)?.kind === 'any'
}

function bind(left: readonly Token[], right: readonly Token[]): Bindings | undefined {
  const bindings: Record<string, Binding> = {}
  for (const [index, token] of left.entries()) {
    const other = right[index]
    if (other === undefined) return undefined
    if (other.kind === 'literal') {
      if (token.kind === 'literal' ? token.text !== other.text : token.kind === 'param') return undefined
    } else if (token.kind === 'param') bindings[other.text] = { kind: 'param', name: token.text }
    else if (token.kind === 'literal') bindings[other.text] = { kind: 'text', text: token.text }
  }
  return bindings
}
