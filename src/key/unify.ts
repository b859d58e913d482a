import type { KeyTemplate, Segment } from './template.ts'

/**
 * What a pattern says of a template's params: bound to a placeholder of the pattern, or to a fixed text;
 * a param that is not mentioned may be anything.
 */
export type Binding =
  { readonly kind: 'param'; readonly name: string } | { readonly kind: 'text'; readonly text: string }
export type Bindings = Readonly<Record<string, Binding>>

/**
 * Unifies a pattern with a cache's template: `undefined` when the template's params cannot be told from it.
 * Placeholder meets placeholder, `*` meets placeholder, text meets placeholder; separators meet themselves. What
 * separates is what the template uses as such, so that in `report:{user_id}:2026-03` the date is one value.
 * A `*` at the end stands for all that follows.
 */
export function matchPattern(pattern: KeyTemplate, template: KeyTemplate): Bindings | undefined {
  const cut = separatorPattern(template)
  const left = tokens(pattern, cut)
  const right = tokens(template, cut)
  if (left.length !== right.length) {
    return endsOpen(left) && left.length < right.length ? bind(left, right.slice(0, left.length)) : undefined
  }
  return bind(left, right)
}

type Token = Pick<Segment, 'kind'> & { readonly text: string }

/** A template cut at every separator, so that `a:b:{x}` and `a:{y}:c` line up piece by piece. */
function tokens(template: KeyTemplate, cut: RegExp): readonly Token[] {
  return template.segments.flatMap((segment): Token[] => {
    if (segment.kind === 'param') return [{ kind: 'param', text: segment.name }]
    if (segment.kind === 'any') return [{ kind: 'any', text: '*' }]
    return segment.text
      .split(cut)
      .flatMap((text) => (text === '' ? [] : [{ kind: 'literal' as const, text }]))
  })
}

/** What is encoded in values wherever they stand in a key of the template, but for the sign of encoding: see `renderKey`. */
function separatorPattern({ segments }: KeyTemplate): RegExp {
  let found = ':*{}'
  for (const segment of segments) {
    if (segment.kind === 'literal') found += segment.text.replaceAll(/[A-Za-z0-9]/g, '')
  }
  return new RegExp(`([${found.replaceAll(/[\\\]^-]/g, '\\$&')}])`)
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
