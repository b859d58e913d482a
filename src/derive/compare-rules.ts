import type { ParamSource, Path, TableName, TableRule } from '../rules/ruleset.ts'
import type { Condition } from '../sql/condition.ts'
import { conditionParts } from './condition-parts.ts'

/** What hand-written rules leave to be said, or say without need. Its text begins after the name of the table. */
export type Finding =
  /** No rule of the cache watches the table. */
  | { readonly kind: 'unwatched'; readonly table: TableName; readonly text: string }
  | { readonly kind: 'misses' | 'wider'; readonly rule: TableRule; readonly text: string; readonly hint: string } // prettier-ignore

type Operation = TableRule['operations'][number]

/**
 * Compares the rules that were written for a cache with those that follow from its query. A binding or condition is taken
 * for the same only where it is written so: what is said to be missed may be told of all the same, over another column.
 */
export function compareRules(
  needed: readonly TableRule[],
  written: readonly TableRule[],
): readonly Finding[] {
  const misses = needed.flatMap((need) => findMissed(need, written))
  const wider = written.flatMap((rule) => findWider(rule, needed))
  const found = new Map([...misses, ...wider].map((one) => [findingKey(one), one]))
  return [...found.values()]
}

function findingKey(finding: Finding): string {
  const place = finding.kind === 'unwatched' ? finding.table : finding.rule.at
  return JSON.stringify([finding.kind, place, finding.text])
}

function findMissed(need: TableRule, written: readonly TableRule[]): readonly Finding[] {
  const rules = written.filter(({ table }) => isSame(table, need.table))
  const [first] = rules
  if (first === undefined) return [{ kind: 'unwatched', table: need.table, text: describeNeed(need) }]
  const bound = rules.filter((rule) => unboundParam(rule, need) === undefined)
  const [near] = bound
  if (near === undefined) {
    const param = unboundParam(first, need) ?? ''
    const other = need.params.find((source) => source.param === param)
    return [{ kind: 'misses', rule: first, text: `finds ${param} where the query does not`, hint: other === undefined ? `The query leads from a row to no ${param}: leave it open, by a pattern such as CACHE:*.` : `The query finds it in ${describeSource(need, other)}.` }] // prettier-ignore
  }
  const fitting = bound.filter(({ when }) => impliedBy(when, need.when))
  const [fit] = fitting
  if (fit === undefined)
    return [{ kind: 'misses', rule: near, text: 'leaves out rows by its condition that the query reads', hint: need.when === undefined ? 'Leave `when` out.' : `The query reads rows where ${need.when.sql}.` }] // prettier-ignore
  return [...missedOperations(need, fitting, fit), ...missedColumns(need, fitting, fit)]
}

function missedOperations(need: TableRule, fitting: readonly TableRule[], at: TableRule): readonly Finding[] {
  const missing = need.operations.filter(
    (name) => !fitting.some(({ operations }) => operations.includes(name)),
  )
  if (missing.length === 0) return []
  return [{ kind: 'misses', rule: at, text: `misses ${missing.join(', ')}`, hint: `Its query depends on ${need.operations.join(', ')}.` }] // prettier-ignore
}

function missedColumns(need: TableRule, fitting: readonly TableRule[], at: TableRule): readonly Finding[] {
  const updates = fitting.filter(({ operations }) => operations.includes('update'))
  if (!need.operations.includes('update') || updates.some(({ columns }) => columns === 'all')) return []
  const told = new Set(updates.flatMap(relevantColumns))
  if (updates.length === 0) return []
  if (need.columns === 'all')
    return [{ kind: 'misses', rule: at, text: 'misses columns: the query reads whole rows', hint: 'Leave `columns` out.' }] // prettier-ignore
  const missing = need.columns.filter((column) => !told.has(column))
  if (missing.length === 0) return []
  return [{ kind: 'misses', rule: at, text: `misses changes of ${missing.join(', ')}`, hint: `Add to its columns: ${missing.join(', ')}.` }] // prettier-ignore
}

/** Says of one rule in what it is wider than all that the query needs of its table. */
function findWider(rule: TableRule, needed: readonly TableRule[]): readonly Finding[] {
  const wider = (text: string, hint: string): Finding => ({ kind: 'wider', rule, text, hint })
  const needs = needed.filter(({ table }) => isSame(table, rule.table))
  if (needs.length === 0)
    return [wider('watches a table that the query does not read', 'Leave the rule out.')]
  const operations = rule.operations.filter((name) => !needs.some((need) => need.operations.includes(name)))
  const columns = needs.flatMap(({ columns: own }) => own)
  const known = columns.includes('all')
  const extra = rule.columns === 'all' ? [] : rule.columns.filter((name) => !known && !columns.includes(name))
  const all = rule.columns === 'all' && !known && rule.operations.includes('update')
  const open = needs[0]?.params.filter(({ param }) => needs.every((need) => need.params.some((own) => own.param === param)) && !rule.params.some((own) => own.param === param)) ?? [] // prettier-ignore
  const conditions = needs.flatMap(({ when }) => when ?? [])
  return [
    ...(operations.length > 0 ? [wider(`tells of ${operations.join(', ')}, on which the query does not depend`, `Say on: [${rule.operations.filter((name) => !operations.includes(name)).join(', ')}].`)] : []), // prettier-ignore
    ...(all && !operations.includes('update') ? [wider('tells of changes of any column', `The query reads: ${[...new Set(columns)].sort().join(', ')}.`)] : []), // prettier-ignore
    ...(extra.length > 0 ? [wider(`tells of changes of ${extra.join(', ')}, which the query does not read`, 'Leave them out of its columns.')] : []), // prettier-ignore
    ...open.map(({ param }) =>
      wider(`leaves ${param} open`, `The query finds it in ${describeOf(needs, param)}.`),
    ),
    ...(rule.when === undefined && conditions.length === needs.length ? [wider('tells of rows that the query leaves out', `The query reads rows where ${[...new Set(conditions.map(({ sql }) => sql))].join(' or ')}.`)] : []), // prettier-ignore
  ]
}

function describeOf(needs: readonly TableRule[], param: string): string {
  const [need] = needs
  const source = need?.params.find((own) => own.param === param)
  return need === undefined || source === undefined ? '' : describeSource(need, source)
}

/** A param that the rule binds and the need does not, or elsewhere. */
function unboundParam(rule: TableRule, need: TableRule): string | undefined {
  const found = rule.params.find((source) => {
    const own = need.params.find(({ param }) => param === source.param)
    return own === undefined || placeOf(source, rule.path) !== placeOf(own, need.path)
  })
  return found?.param
}

/** Where a param is found, the same text for the same place whatever the aliases. */
function placeOf(source: ParamSource, path: Path | undefined): string {
  if (source.kind === 'text') return JSON.stringify(source.text)
  return source.kind === 'column' ? source.column : `${hopOf(source.hop, path)}.${source.column}`
}

function hopOf(index: number, path: Path | undefined): string {
  const hop = path?.hops[index]
  if (hop === undefined) return ''
  const on = hop.on.map(({ column, from }) => `${column}=${hopOf(from.hop, path)}.${from.column}`)
  return `${JSON.stringify([hop.table.schema, hop.table.name])}(${on.sort().join('&')})`
}

/** Whether the rows that a need is about all meet a rule's condition. */
function impliedBy(when: Condition | undefined, need: Condition | undefined): boolean {
  if (when === undefined) return true
  const given = new Set(conditionParts(need))
  return conditionParts(when).every((part) => given.has(part))
}

function relevantColumns({ params, path, columns, when }: TableRule): readonly string[] {
  const joins = (path?.hops ?? []).flatMap(({ on }) => on.flatMap(({ from }) => (from.hop < 0 ? [from.column] : []))) // prettier-ignore
  const own = params.flatMap((source) => (source.kind === 'column' ? [source.column] : []))
  return [...(columns === 'all' ? [] : columns), ...joins, ...own, ...(when?.columns ?? [])]
}

function describeSource(need: TableRule, source: ParamSource): string {
  if (source.kind === 'text') return JSON.stringify(source.text)
  if (source.kind === 'column') return `${need.table.name}.${source.column}`
  const hops = need.path?.hops.slice(0, source.hop + 1) ?? []
  return `${hops.at(-1)?.alias ?? ''}.${source.column}, via ${hops.map(({ alias }) => alias).join(', ')}`
}

function describeNeed({ columns, operations }: TableRule): string {
  const names: readonly Operation[] = operations
  return columns === 'all' ? 'all columns' : names.includes('update') ? columns.join(', ') : 'how many rows there are' // prettier-ignore
}

function isSame(a: TableName, b: TableName): boolean {
  return a.schema === b.schema && a.name === b.name
}
