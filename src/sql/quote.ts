import format from 'pg-format'
import { StalemateError } from '../errors.ts'

/**
 * Words that pg-format leaves bare but that mean something else when bare: reserved words of newer
 * PostgreSQL versions, and PL/pgSQL's own (docs, "PL/pgSQL Under the Hood"; `pl_reserved_kwlist.h`).
 */
const QUOTED_TOO = new Set(
  (
    'asymmetric collation concurrently current_catalog current_role current_schema fetch lateral returning ' +
    'symmetric system_user tablesample variadic window ' +
    'all begin by case declare else end execute for foreach from if in into loop not null or strict then to ' +
    'using when while values'
  ).split(' '),
)

/** Refuses text that SQL cannot carry: NUL ends it early, a lone surrogate would silently become another character. */
export function checkText(text: string): string {
  if (!text.includes('\0') && text.isWellFormed()) return text
  throw new StalemateError(
    'sql-invalid',
    'Expected SQL text without NUL and lone surrogates, got one that has.',
    {
      hint: 'Remove the invisible character.',
    },
  )
}

/** Names that were quoted: the same few stand in all the SQL of a table. */
const quotedNames = new Map<string, string>()
const MAX_NAMES = 10_000

/** A name as an identifier, in double quotes where it needs them. */
export function quoteIdentifier(name: string): string {
  const known = quotedNames.get(name)
  if (known !== undefined) return known
  const quoted = quoteName(name)
  if (quotedNames.size >= MAX_NAMES) quotedNames.clear()
  quotedNames.set(name, quoted)
  return quoted
}

function quoteName(name: string): string {
  if (name === '') throw new StalemateError('sql-invalid', 'Expected an identifier, got an empty string.')
  const quoted = format.ident(checkText(name))
  return QUOTED_TOO.has(quoted) ? `"${quoted}"` : quoted
}

/** Text as a string literal that means the same whatever `standard_conforming_strings` says. */
export function quoteLiteral(text: string): string {
  checkText(text)
  if (!/['\\\n]/.test(text)) return `'${text}'`
  const quoted = format.literal(text)
  if (!quoted.includes('\n')) return quoted
  // On one line, so that no indentation can ever change it.
  return `${quoted.startsWith('E') ? '' : 'E'}${quoted.replaceAll('\n', String.raw`\n`)}`
}
