import { spanInScalar } from './scalar-span.ts'
import { suggest } from './suggest.ts'
import type { ParsedSelect, ParseSelect } from '../sql/parse-select.ts'
import type { DiagnosticCode } from './diagnostic.ts'
import type { Report } from './report.ts'
import type { WarmingSet } from './ruleset.ts'
import type { Source } from './source.ts'
import type { YamlText } from './yaml-node.ts'

const CODES: Readonly<Record<ParsedSelect['problems'][number]['kind'], DiagnosticCode>> = {
  syntax: 'query-syntax',
  'not-one': 'query-not-allowed',
  'not-allowed': 'query-not-allowed',
  'no-name': 'warming-params',
}

/** Reads the query of a warming set, whose columns must be the params of its cache by their names. */
export function readWarmingQuery(
  source: Source,
  text: YamlText,
  names: readonly string[],
  parseSelect: ParseSelect | undefined,
  report: Report,
): WarmingSet['params'] | undefined {
  if (parseSelect === undefined || text.value === '') return undefined
  const { select, problems } = parseSelect(text.value)
  for (const { kind, at, length, message, hint } of problems)
    report.error(source, spanInScalar(source, text, at, length), CODES[kind], message, hint)
  if (select === undefined) return undefined
  const seen = new Set<string>()
  const missing = new Set(names.filter((name) => !select.columns.some((column) => column.name === name)))
  let valid = true
  for (const { name, at } of select.columns) {
    const known = names.includes(name)
    if (known && !seen.has(name)) {
      seen.add(name)
      continue
    }
    const meant = missing.size === 1 ? [...missing][0] : suggest(name, missing)
    if (!known && meant !== undefined) missing.delete(meant)
    const message = known
      ? `The query gives ${name} twice.`
      : `The query gives ${JSON.stringify(name)}, which is no param of the cache.`
    const hint =
      known || meant === undefined ? 'Leave the column out.' : `If it is ${meant}, write AS ${meant}.`
    const word = /^[\p{L}\p{N}_$."]+/u.exec(text.value.slice(at))?.[0].length ?? 1
    report.error(source, spanInScalar(source, text, at, word), 'warming-params', message, hint)
    valid = false
  }
  for (const name of missing) {
    const start = text.value.search(/\S/)
    const span = spanInScalar(source, text, start, 6)
    const hint = `Select it by that name, as in SELECT id AS ${name}.`
    report.error(source, span, 'warming-params', `The query does not give the param ${name}.`, hint)
    valid = false
  }
  return valid ? { kind: 'query', sql: select.sql } : undefined
}
