import { findTable } from '../catalog/find.ts'
import { isIndexed } from '../catalog/is-indexed.ts'
import { showColumns, showName, showType } from '../catalog/show.ts'
import { spanInScalar } from '../rules/scalar-span.ts'
import { itemsOf, textOf, valueOf, type YamlText } from '../rules/yaml-node.ts'
import { checkColumn } from './check-column.ts'
import { checkTable } from './check-table-names.ts'
import type { CatalogColumn, CatalogRelation } from '../catalog/catalog.ts'
import type { WrittenRule } from '../rules/check-tables.ts'
import type { Hop } from '../rules/ruleset.ts'
import type { Span } from '../rules/source.ts'
import type { CheckContext } from './check-context.ts'

const NAME = /(?:"(?:[^"]|"")*"|[^\s."]+)(?:\s*\.\s*(?:"(?:[^"]|"")*"|[^\s."]+))*/y

/** Types of PostgreSQL's own that can equal others, in groups. */
const COMPARABLE = [
  ['int2', 'int4', 'int8', 'numeric', 'float4', 'float8', 'oid'],
  ['text', 'varchar', 'bpchar', 'name'],
  ['date', 'timestamp', 'timestamptz'],
]

/** Checks the tables that a rule's path crosses, and the columns that they are joined by. */
export function checkPath(
  { source, node, rules }: WrittenRule,
  relation: CatalogRelation | undefined,
  context: CheckContext,
): void {
  const via = valueOf(node, 'via')
  const places = (via?.kind === 'list' ? itemsOf(via) : [via]).flatMap((item) => textOf(item) ?? [])
  // Each cache has the part of the path that leads to its params: the longest is all of it.
  const hops = rules.map(({ path }) => path?.hops ?? []).reduce((a, b) => (b.length > a.length ? b : a), [])
  const tables = hops.map(({ table }) => findTable(context.catalog, table))
  for (const [index, hop] of hops.entries()) {
    const place = places[index]
    if (place === undefined) continue
    const spans = locate(place, context)
    const spanAt = ({ at, length }: Located): Span => spanInScalar(source, place, at, length)
    checkTable(source, spanAt(spans.table), hop.table, context)
    const table = tables[index]
    let fits = table?.kind === 'table' || table?.kind === 'partitioned'
    for (const [number, { column, from }] of hop.on.entries()) {
      const other = from.hop < 0 ? relation : tables[from.hop]
      const [mine, theirs] = [spans.column(number, column, 0), spans.column(number, from.column, 1)].map(
        spanAt,
      )
      const span = mine ?? place
      const left = table && checkColumn(table, column, { source, span, use: 'watch' }, context)
      const right =
        other && checkColumn(other, from.column, { source, span: theirs ?? place, use: 'watch' }, context)
      if (left === undefined) fits = false
      if (left === undefined || right === undefined || areComparable(left, right)) continue
      fits = false
      context.report.error(
        source,
        span,
        'path-types',
        `${column} is of type ${showType(left)} and ${from.column} of type ${showType(right)}: they are never equal.`,
        'Join columns of the same type, as a foreign key does.',
      )
    }
    if (table !== undefined && fits) warnWithoutIndex(hop, table, spanAt(spans.table))
  }

  function warnWithoutIndex({ on }: Hop, table: CatalogRelation, span: Span): void {
    const columns = [...new Set(on.map(({ column }) => column))]
    if (isIndexed(table, columns)) return
    const name = showName(table)
    context.report.warn(
      source,
      span,
      'path-without-index',
      `Rows of ${name} are looked up by ${showColumns(columns)} at each change, without an index that begins with ${columns.length > 1 ? 'one of them' : 'it'}.`,
      `Create one: CREATE INDEX ON ${name} (${showColumns(columns)}).`,
    )
  }
}

type Located = { readonly at: number; readonly length: number }

/** Where the table and the columns of a join are written; the whole text where that is not to be told. */
function locate(
  { value }: YamlText,
  { parseJoin }: CheckContext,
): {
  readonly table: Located
  readonly column: (pair: number, name: string, side: 0 | 1) => Located
} {
  const join = parseJoin?.(value).join
  const table = join?.at ?? 0
  return {
    table: { at: table, length: nameLength(value, table) },
    column: (number, name, side) => {
      const pair = join?.on[number] ?? []
      // Either side may be written first. Where both have the same name, the joined table's is meant first.
      const named = pair.filter((column) => column.name === name)
      const found = named.find(({ qualifier }) => isOwn(qualifier) === (side === 0)) ?? named[0]
      return found === undefined
        ? { at: 0, length: value.length }
        : { at: found.at, length: nameLength(value, found.at) }
    },
  }

  function isOwn(qualifier: readonly string[]): boolean {
    return qualifier.at(-1) === (join?.alias ?? join?.table)
  }
}

function nameLength(text: string, at: number): number {
  NAME.lastIndex = at
  return NAME.exec(text)?.[0].length ?? text.length - at
}

function areComparable(a: CatalogColumn, b: CatalogColumn): boolean {
  if (a.base.schema === b.base.schema && a.base.name === b.base.name) return true
  const own = a.base.schema === 'pg_catalog' && b.base.schema === 'pg_catalog'
  const group = COMPARABLE.find((names) => names.includes(a.base.name))
  // What an extension's type compares with, only the extension knows.
  return own ? group?.includes(b.base.name) === true : a.category !== 'E' && b.category !== 'E'
}
