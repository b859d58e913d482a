/** A piece of a template; `at` is its offset in the source text. */
export type Segment =
  | { readonly kind: 'literal'; readonly text: string; readonly at: number }
  | { readonly kind: 'param'; readonly name: string; readonly at: number }
  | { readonly kind: 'any'; readonly at: number }

/** A parsed key template such as `dashboard:{user_id}`, or a pattern, which may contain `*`. */
export type KeyTemplate = {
  readonly source: string
  readonly segments: readonly Segment[]
  /** Names of the placeholders in the order of the template. */
  readonly params: readonly string[]
}

export type TemplateProblem = {
  readonly message: string
  readonly hint?: string
  /** Offset and length in the template's source text. */
  readonly at: number
  readonly length: number
}

export type ParsedTemplate =
  | { readonly ok: true; readonly template: KeyTemplate }
  | { readonly ok: false; readonly problems: readonly TemplateProblem[] }

const NAME = /^[a-z_][a-z0-9_]*$/i
/** What a literal may consist of: visible ASCII without the characters that have a meaning of their own. */
const LITERAL = /^[!-~]+$/

/** Parses a cache's key template; `*` is refused, since a key names one entry. */
export function parseTemplate(source: string): ParsedTemplate {
  return parse(source, false)
}

/** Parses a pattern of a rule: a template in which `*` stands for any value. */
export function parsePattern(source: string): ParsedTemplate {
  return parse(source, true)
}

/** Parses a key, or a pattern of keys as they are rendered: values in it are percent-encoded. */
export function parseKeyPattern(source: string): ParsedTemplate {
  return parse(source, true, true)
}

function parse(source: string, allowAny: boolean, allowEncoded = false): ParsedTemplate {
  const problems: TemplateProblem[] = []
  const segments: Segment[] = []
  const report = (at: number, length: number, message: string, hint?: string): void => {
    problems.push({ at, length, message, ...(hint === undefined ? {} : { hint }) })
  }
  if (source === '')
    report(0, 0, 'The template is empty.', 'Write a name and placeholders, as in dashboard:{user_id}.')
  let position = 0
  while (position < source.length) {
    const char = source.charAt(position)
    if (char === '{') {
      const close = source.indexOf('}', position)
      const end = close < 0 ? source.length : close + 1
      const name = source.slice(position + 1, close < 0 ? end : close)
      if (close < 0)
        report(position, end - position, 'A placeholder is opened and not closed.', 'Add the missing }.')
      else if (!NAME.test(name)) {
        report(
          position,
          end - position,
          `${JSON.stringify(name)} is not the name of a param.`,
          'Names are letters, digits and _.',
        )
      } else if (segments.some((segment) => segment.kind === 'param' && segment.name === name)) {
        report(
          position,
          end - position,
          `The placeholder {${name}} stands twice.`,
          'A param stands in a template once.',
        )
      }
      segments.push({ kind: 'param', name, at: position })
      position = end
    } else if (char === '*') {
      if (!allowAny)
        report(position, 1, 'A key template cannot contain *.', 'Use a placeholder such as {name}.')
      segments.push({ kind: 'any', at: position })
      position += 1
    } else {
      const rest = source.slice(position)
      const end = position + (/[{*]/.exec(rest)?.index ?? rest.length)
      const text = source.slice(position, end)
      if (text.includes('}')) report(position + text.indexOf('}'), 1, 'A } without a { before it.')
      else if (text.includes('%') && !allowEncoded)
        report(
          position + text.indexOf('%'),
          1,
          'A % is kept for encoding values and cannot stand in a template.',
        )
      else if (!LITERAL.test(text))
        report(position, text.length, 'A template consists of visible ASCII characters, without spaces.')
      segments.push({ kind: 'literal', text, at: position })
      position = end
    }
  }
  for (const [index, segment] of segments.entries()) {
    const before = segments[index - 1]
    if (segment.kind === 'literal' || before === undefined) continue
    if (before.kind !== 'literal') {
      report(
        segment.at,
        1,
        'Two placeholders stand side by side, so that their values could not be told apart.',
        'Put a separator such as : between them.',
      )
    } else if (index >= 2 && !/[^a-z0-9]/i.test(before.text)) {
      report(
        before.at,
        before.text.length,
        `${JSON.stringify(before.text)} does not separate two placeholders, since a value may contain it.`,
        'Use a separator such as : between them.',
      )
    }
  }
  if (problems.length > 0) return { ok: false, problems }
  const params = segments.flatMap((segment) => (segment.kind === 'param' ? [segment.name] : []))
  return { ok: true, template: { source, segments, params } }
}
