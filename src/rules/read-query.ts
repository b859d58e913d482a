import { parseTableName } from './identifier.ts'
import { spanInScalar } from './scalar-span.ts'
import { positionOf, type Source } from './source.ts'
import { suggest } from './suggest.ts'
import {
  entryOf,
  itemsOf,
  textOf,
  valueOf,
  type YamlEntry,
  type YamlNode,
  type YamlText,
} from './yaml-node.ts'
import type { ParsedSelect, ParseSelect } from '../sql/parse-select.ts'
import type { DiagnosticCode } from './diagnostic.ts'
import type { Report } from './report.ts'
import type { CacheParam, CacheQuery, TableName } from './ruleset.ts'

const CODES: Readonly<Record<ParsedSelect['problems'][number]['kind'], DiagnosticCode>> = {
  syntax: 'query-syntax',
  'not-one': 'query-not-allowed',
  'not-allowed': 'query-not-allowed',
  'no-name': 'query-columns',
}
/** Keys that say something of a query. */
const BESIDE = ['one', 'derive', 'depends-on', 'session-independent'] as const

/** Reads a cache's query; `undefined` where it has none, or one that is not valid. */
export function readQuery(
  source: Source,
  { value }: YamlEntry,
  params: readonly CacheParam[],
  parseSelect: ParseSelect | undefined,
  report: Report,
): CacheQuery | undefined {
  const entry = entryOf(value, 'query')
  const text = textOf(entry?.value)
  if (entry === undefined) refuseBeside(source, value, report)
  if (text === undefined || text.value === '' || parseSelect === undefined) return undefined
  const names = params.map(({ name }) => name)
  const { select, problems } = parseSelect(text.value, { params: new Set(names), named: false })
  for (const { kind, at, length, message, hint } of problems) {
    const unknown = kind === 'syntax' ? /^:(\w+)/.exec(text.value.slice(at))?.[1] : undefined
    if (unknown === undefined)
      report.error(source, spanInScalar(source, text, at, length), CODES[kind], message, hint)
    else refuseParam(source, text, at, unknown, names, report)
  }
  if (select === undefined) return undefined
  for (const name of names) {
    if (select.params.has(name)) continue
    const span = spanInScalar(source, text, text.value.search(/\S/), 6)
    report.error(source, span, 'query-params', `The query does not ask for :${name}, so that entries differ by nothing.`, `Compare a column with it, as in WHERE ${name} = :${name}.`) // prettier-ignore
  }
  return {
    sql: select.sql,
    one: isTrue(valueOf(value, 'one')) ?? false,
    derive: isTrue(valueOf(value, 'derive')) ?? true,
    dependsOn: readTables(source, valueOf(value, 'depends-on'), report),
    sessionIndependent: isTrue(valueOf(value, 'session-independent')) ?? false,
    at: positionOf(source, entry?.key ?? text),
  }
}

function refuseParam(
  source: Source,
  text: YamlText,
  at: number,
  name: string,
  names: readonly string[],
  report: Report,
): void {
  const near = suggest(name, names)
  const hint =
    near === undefined
      ? names.length === 0
        ? 'The cache has no params: its key has no placeholder.'
        : `The params are ${names.join(', ')}.`
      : `Did you mean :${near}?`
  const span = spanInScalar(source, text, at, name.length + 1)
  report.error(source, span, 'query-params', `The cache has no param ${name}.`, hint)
}

function refuseBeside(source: Source, value: YamlNode, report: Report): void {
  for (const key of BESIDE) {
    const entry = entryOf(value, key)
    if (entry !== undefined)
      report.error(source, entry.key, 'useless-key', `"${key}" says something of a query, and there is none.`, 'Write a query, or remove it.') // prettier-ignore
  }
}

function readTables(source: Source, node: YamlNode | undefined, report: Report): readonly TableName[] {
  return itemsOf(node).flatMap((item) => {
    const text = textOf(item)
    if (text === undefined || text.value === '') return []
    const parsed = parseTableName(text.value)
    if (parsed.ok) return [parsed.name]
    const { at, length, message, hint } = parsed.problem
    report.error(source, spanInScalar(source, text, at, length), 'bad-identifier', message, hint)
    return []
  })
}

function isTrue(node: YamlNode | undefined): boolean | undefined {
  return node?.kind === 'scalar' && typeof node.value === 'boolean' ? node.value : undefined
}
