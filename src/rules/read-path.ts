import { showName } from './identifier.ts'
import { spanInScalar } from './scalar-span.ts'
import { suggestHint } from './suggest.ts'
import { itemsOf, textOf, type YamlNode, type YamlText } from './yaml-node.ts'
import type { JoinColumn, ParsedJoin, ParseJoin } from '../sql/parse-join.ts'
import type { DiagnosticCode } from './diagnostic.ts'
import type { Report } from './report.ts'
import type { Hop, TableName } from './ruleset.ts'
import type { Source } from './source.ts'

/** The tables that a rule's columns may be of: the changed row's own, and those of its `via`. */
export type Scope = {
  readonly table: TableName
  readonly hops: readonly Hop[]
  /** Where each hop is written. */
  readonly places: readonly YamlText[]
}

const CODES: Readonly<Record<ParsedJoin['problems'][number]['kind'], DiagnosticCode>> = {
  syntax: 'via-syntax',
  'not-one': 'via-not-allowed',
  'not-allowed': 'via-not-allowed',
}

/** Reads a rule's `via`; `undefined`, and a diagnostic, when it leads nowhere. Without one there are no hops. */
export function readPath(
  source: Source,
  node: YamlNode | undefined,
  table: TableName,
  parseJoin: ParseJoin | undefined,
  report: Report,
): Scope | undefined {
  const places = (node?.kind === 'list' ? itemsOf(node) : [node]).flatMap((item) => textOf(item) ?? [])
  const hops: Hop[] = []
  for (const place of places) {
    if (place.value === '') return undefined
    const { join, problems } = parseJoin?.(place.value) ?? { join: undefined, problems: [] }
    for (const { kind, at, length, message, hint } of problems)
      report.error(source, spanInScalar(source, place, at, length), CODES[kind], message, hint)
    if (join === undefined) return undefined
    const hop = {
      name: { schema: join.schema ?? 'public', name: join.table },
      alias: join.alias ?? join.table,
    }
    if (hop.alias === table.name || hops.some(({ alias }) => alias === hop.alias)) {
      const span = spanInScalar(source, place, join.at, join.table.length)
      const hint = `Give this one another, as in ${showName(hop.name)} AS other ON other.id = ...`
      report.error(source, span, 'duplicate-alias', `Two tables of this rule are named ${hop.alias}.`, hint)
      return undefined
    }
    // The table itself can be named in its own ON, so it is in scope before its comparisons are read.
    const scope: Scope = { table, hops: [...hops, { table: hop.name, alias: hop.alias, on: [] }], places }
    const on = join.on.flatMap((pair) => readPair(source, place, pair, scope, report) ?? [])
    if (on.length < join.on.length) return undefined
    hops.push({ table: hop.name, alias: hop.alias, on })
  }
  return { table, hops, places }
}

/** Which table of the scope a qualifier names: -1 for the changed row, else the number of a hop. */
export function findTable(qualifier: readonly string[], { table, hops }: Scope): number | undefined {
  const [first, second] = qualifier
  if (first === undefined) return -1
  const names = [table, ...hops.map((hop) => (hop.alias === hop.table.name ? hop.table : undefined))]
  const found =
    second === undefined
      ? [table.name, ...hops.map(({ alias }) => alias)].indexOf(first)
      : names.findIndex((name) => name?.schema === first && name.name === second)
  return found < 0 || qualifier.length > 2 ? undefined : found - 1
}

/** Says that a column's table is none of the rule's. */
export function reportOtherTable(
  source: Source,
  place: YamlText,
  [at, length]: readonly [number, number],
  qualifier: readonly string[],
  scope: Scope,
  report: Report,
): void {
  const names = [scope.table.name, ...scope.hops.map(({ alias }) => alias)]
  const name = qualifier.join('.')
  const hint =
    scope.hops.length === 0
      ? `via: says how to come there, as in via: ${name} ON ${name}.id = ${scope.table.name}.id`
      : (suggestHint(name, names, 'Its tables are') ?? 'Join it under via: first.')
  const span = spanInScalar(source, place, at, length)
  report.error(source, span, 'via-other-table', `The rule does not come to a table ${name}.`, hint)
}

function readPair(
  source: Source,
  place: YamlText,
  pair: readonly [JoinColumn, JoinColumn],
  scope: Scope,
  report: Report,
): Hop['on'][number] | undefined {
  const own = scope.hops.length - 1
  const [left, right] = pair.map(({ name, qualifier, at }) => {
    const length = [...qualifier, name].join('.').length
    if (qualifier.length === 0) {
      const hint = `Write ${scope.hops[own]?.alias ?? ''}.${name} or ${scope.table.name}.${name}.`
      const span = spanInScalar(source, place, at, length)
      report.error(source, span, 'via-unqualified', `Which table’s column is ${name}?`, hint)
      return undefined
    }
    const table = findTable(qualifier, scope)
    if (table === undefined) reportOtherTable(source, place, [at, length], qualifier, scope, report)
    return table === undefined ? undefined : { table, name }
  })
  if (left === undefined || right === undefined) return undefined
  const [mine, other] = left.table === own ? [left, right] : [right, left]
  if (mine.table === own && other.table !== own)
    return { column: mine.name, from: { hop: other.table, column: other.name } }
  const alias = scope.hops[own]?.alias ?? ''
  report.error(
    source,
    spanInScalar(source, place, pair[0].at, 1),
    'via-not-allowed',
    `This does not compare a column of ${alias} with one of a table before it.`,
    `One side is a column of ${alias}, the other one of ${scope.table.name} or of a table joined before.`,
  )
  return undefined
}
