import type { KeyTemplate } from '../key/template.ts'
import { showName } from '../rules/identifier.ts'
import type { Hop, ParamSource, TableName } from '../rules/ruleset.ts'
import type { Watch } from './plan.ts'

/** The keys that a watch makes wrong, with the column that each param is read from: `dashboard:{calls.user_id}`. */
export function showKeys({ segments }: KeyTemplate, table: TableName, watch: Watch): string {
  return segments
    .map((segment) => {
      if (segment.kind === 'literal') return segment.text
      const source =
        segment.kind === 'param' ? watch.params.find(({ param }) => param === segment.name) : undefined
      if (source === undefined) return '*'
      return source.kind === 'text' ? source.text : `{${showSource(source, table, watch)}}`
    })
    .join('')
}

/** The column that a param is read from, with its table. */
export function showSource(
  source: Exclude<ParamSource, { kind: 'text' }>,
  table: TableName,
  { path }: Watch,
): string {
  return `${source.kind === 'hop' ? (path?.hops[source.hop]?.alias ?? '') : showName(table)}.${source.column}`
}

/** The path of a watch as a rule writes it: a text for each table that is crossed. */
export function showPath(table: TableName, { path }: Watch): readonly string[] {
  const hops = path?.hops ?? []
  return hops.map((hop) => showHop(hop, table, hops))
}

function showHop({ table: joined, alias, on }: Hop, table: TableName, hops: readonly Hop[]): string {
  const pairs = on.map(({ column, from }) => {
    const other = from.hop < 0 ? showName(table) : (hops[from.hop]?.alias ?? '')
    return `${alias}.${column} = ${other}.${from.column}`
  })
  return `${showName(joined)}${alias === joined.name ? '' : ` AS ${alias}`} ON ${pairs.join(' AND ')}`
}
