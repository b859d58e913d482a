import type { TableName } from './ruleset.ts'

/** PostgreSQL cuts longer names silently. */
const MAX_BYTES = 63

export type IdentifierProblem = {
  readonly at: number
  readonly length: number
  readonly message: string
  readonly hint: string
}

export type ParsedName<T> =
  { readonly ok: true; readonly name: T } | { readonly ok: false; readonly problem: IdentifierProblem }

const PART = /"((?:[^"]|"")*)"|([^".]+)/y
const PLAIN = /^[\p{L}_][\p{L}\p{N}_$]*$/u

/** Reads `calls`, `sales.calls` or `"My Schema"."My Table"`; a name without a schema is in `public`. */
export function parseTableName(text: string): ParsedName<TableName> {
  const parts = parseParts(text)
  if (!parts.ok) return parts
  const [first = '', second, third] = parts.name
  if (third !== undefined) {
    return problem(
      0,
      text.length,
      'A table is named by schema and table, nothing more.',
      'Write schema.table; a dot inside a name needs quotes.',
    )
  }
  return {
    ok: true,
    name: second === undefined ? { schema: 'public', name: first } : { schema: first, name: second },
  }
}

/** Reads the name of a column, as SQL would. */
export function parseColumnName(text: string): ParsedName<string> {
  const parts = parseParts(text)
  if (!parts.ok) return parts
  const [first = '', second] = parts.name
  if (second === undefined) return { ok: true, name: first }
  return problem(
    0,
    text.length,
    'Expected the name of a column, got a name with a dot.',
    'Only columns of the changed row can be named here.',
  )
}

/** Reads the name of a column with what may stand before it: a table or alias, and its schema. */
export function parseQualifiedColumn(
  text: string,
): ParsedName<{ readonly qualifier: readonly string[]; readonly column: string }> {
  const parts = parseParts(text)
  if (!parts.ok) return parts
  const column = parts.name.at(-1) ?? ''
  if (parts.name.length <= 3) return { ok: true, name: { qualifier: parts.name.slice(0, -1), column } }
  return problem(
    0,
    text.length,
    'A column is named by schema, table and column, nothing more.',
    'Write table.column; a dot inside a name needs quotes.',
  )
}

/** A name as the rules write it: without the schema when that is `public`, quoted where it must be. */
export function showName({ schema, name }: TableName): string {
  const quote = (part: string): string =>
    PLAIN.test(part) && !/\p{Lu}/u.test(part) ? part : `"${part.replaceAll('"', '""')}"`
  return schema === 'public' ? quote(name) : `${quote(schema)}.${quote(name)}`
}

function parseParts(text: string): ParsedName<readonly string[]> {
  const parts: string[] = []
  let at = 0
  for (;;) {
    PART.lastIndex = at
    const match = PART.exec(text)
    if (match === null) {
      return problem(
        at,
        Math.max(1, text.length - at),
        text.startsWith('"', at) ? 'A quote is opened and not closed.' : 'A name is missing here.',
        NAME_HINT,
      )
    }
    const [whole, quoted, plain] = match
    const wrong = plain === undefined ? checkQuoted(quoted ?? '') : checkPlain(plain)
    if (wrong !== undefined) return problem(at, whole.length, ...wrong)
    const name = plain ?? (quoted ?? '').replaceAll('""', '"')
    const bytes = Buffer.byteLength(name)
    if (bytes > MAX_BYTES) {
      return problem(
        at,
        whole.length,
        `The name has ${bytes} bytes; PostgreSQL keeps ${MAX_BYTES}.`,
        'Write it as the database has it, cut to 63 bytes.',
      )
    }
    parts.push(name)
    at += whole.length
    if (at === text.length) return { ok: true, name: parts }
    if (text.charAt(at) !== '.')
      return problem(at, text.length - at, 'Expected a dot or the end of the name.', NAME_HINT)
    at += 1
  }
}

const NAME_HINT = 'Names are written as in SQL: calls, sales.calls, "My Table".'

function checkQuoted(name: string): readonly [string, string] | undefined {
  return name === '' ? ['A name cannot be empty.', NAME_HINT] : undefined
}

function checkPlain(name: string): readonly [string, string] | undefined {
  if (!PLAIN.test(name)) {
    return [`${JSON.stringify(name)} is not a name in SQL.`, `In quotes it is one: '"${name}"'.`]
  }
  if (!/[A-Z]/.test(name)) return undefined
  return [
    `Without quotes, PostgreSQL reads ${name} as ${name.toLowerCase()}.`,
    `Write ${name.toLowerCase()}, or '"${name}"' if it is spelled so.`,
  ]
}

function problem(
  at: number,
  length: number,
  message: string,
  hint: string,
): { readonly ok: false; readonly problem: IdentifierProblem } {
  return { ok: false, problem: { at, length, message, hint } }
}
