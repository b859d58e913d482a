import { explainMissingColumn, explainMissingTable } from '../catalog/explain-missing.ts'
import { findColumn } from '../catalog/find.ts'
import { LEARNED } from '../rules/defaults.ts'
import { spanInScalar } from '../rules/scalar-span.ts'
import { suggest } from '../rules/suggest.ts'
import { textOf, valueOf, type YamlText } from '../rules/yaml-node.ts'
import { createColumnsReader, type QueryOutput } from '../sql/select-columns.ts'
import { createRelationsReader } from '../sql/select-relations.ts'
import { explainType } from './check-params.ts'
import { isString, typeOfValue } from './value-type.ts'
import type { QueryColumn, QueryTable, QueryValue } from '../sql/query-value.ts'
import type { CatalogColumn, CatalogRelation } from '../catalog/catalog.ts'
import type { Draft } from '../rules/merge-files.ts'
import type { CacheRule } from '../rules/ruleset.ts'
import type { Source } from '../rules/source.ts'
import type { CheckContext } from './check-context.ts'

type Query = { readonly source: Source; readonly text: YamlText; readonly cache: CacheRule | undefined }

/** Checks that what the queries of warming sets read is there, tables, views and columns by name, and fits the params. */
export async function checkWarmingQueries(
  { warming }: Draft,
  caches: ReadonlyMap<string, CacheRule>,
  context: CheckContext,
): Promise<void> {
  const queries = [...warming.values()].flatMap(({ source, node }): readonly Query[] => {
    const text = textOf(valueOf(node.value, 'params'))
    const cache = caches.get(textOf(valueOf(node.value, 'cache'))?.value ?? '')
    return text === undefined || text.value.trim() === LEARNED ? [] : [{ source, text, cache }]
  })
  if (queries.length === 0) return
  const [readRelations, readColumns] = [await createRelationsReader(), await createColumnsReader()]
  for (const query of queries) {
    checkTables(query, readRelations(query.text.value), context)
    const { columns, outputs } = readColumns(query.text.value)
    for (const column of columns) checkColumn(query, column, context)
    for (const output of outputs) checkTypes(query, output, context)
  }
}

function checkTables(
  { source, text }: Query,
  relations: ReturnType<Awaited<ReturnType<typeof createRelationsReader>>>,
  { catalog, report }: CheckContext,
): void {
  for (const { schema, name, at, length } of relations) {
    // A name without a schema is looked for in all that were read, since the role's search_path is not known.
    const unread = schema === undefined ? name.startsWith('pg_') : !catalog.schemas.includes(schema)
    if (unread || candidates({ schema, name }, { catalog }).length > 0) continue
    const { message, hint } = explainMissingTable(catalog, { schema: schema ?? 'public', name }, suggest)
    report.error(source, spanInScalar(source, text, at, length), 'unknown-table', message, hint)
  }
}

function candidates(
  { schema, name }: QueryTable,
  { catalog }: Pick<CheckContext, 'catalog'>,
): readonly CatalogRelation[] {
  return catalog.relations.filter(
    (relation) => relation.name === name && (schema === undefined || relation.schema === schema),
  )
}

/** The tables of a column, if there is exactly one of each name. */
function relationsOf({ tables }: QueryColumn, context: CheckContext): readonly CatalogRelation[] | undefined {
  const found = tables.map((table) => candidates(table, context))
  return found.every(({ length }) => length === 1) ? found.flat() : undefined
}

/** What each table has besides its columns. */
const SYSTEM_COLUMNS = new Set(['ctid', 'tableoid', 'xmin', 'xmax', 'cmin', 'cmax'])

function checkColumn({ source, text }: Query, column: QueryColumn, context: CheckContext): void {
  const { name, at, length } = column
  const relations = relationsOf(column, context)
  const [first, ...others] = relations ?? []
  if (first === undefined || SYSTEM_COLUMNS.has(name)) return
  if (relations?.some((relation) => findColumn(relation, name) !== undefined)) return
  const near = [first, ...others].find((relation) =>
    suggest(
      name,
      relation.columns.map((one) => one.name),
    ),
  )
  const { message, hint } = explainMissingColumn(near ?? first, name, suggest)
  context.report.error(source, spanInScalar(source, text, at, length), 'unknown-column', message, hint)
}

/** Checks what each SELECT of a query gives for a param. */
function checkTypes(
  { source, text, cache }: Query,
  { name, values }: QueryOutput,
  context: CheckContext,
): void {
  const type = cache?.params.find((param) => param.name === name)?.type
  if (type === undefined) return
  const found = values.map((value) => ({
    value,
    given: typeOfValue(value, (column) => onlyColumn(column, context)),
  }))
  // Beside a text, another kind of text becomes one.
  const isText = found.some(({ given }) => given?.base.schema === 'pg_catalog' && given.base.name === 'text')
  for (const { value, given } of found) {
    if (given === undefined || (isText && isString(given) && given.base.name !== 'text')) continue
    const misfit = explainType(type, given, context, subjectOf(value, name))
    if (misfit === undefined) continue
    const isCast = value.kind === 'typed' && value.isCast
    const hint = isCast ? misfit.hint : `${misfit.hint.replace(/\.$/, '')}, or cast it to what the param is.`
    const span = spanInScalar(source, text, value.at, value.length)
    context.report.error(source, span, 'type-misfit', misfit.message, hint)
  }
}

/** The beginning of a sentence that ends with the type. */
function subjectOf(value: QueryValue, name: string): string | undefined {
  switch (value.kind) {
    case 'column':
      return undefined
    case 'call':
      return `${value.name}(...) gives`
    case 'typed':
      return value.isCast ? `The column ${name} is of type` : 'This value is of type'
    case 'choice':
    case 'untyped':
      return 'This value is of type'
  }
}

function onlyColumn(column: QueryColumn, context: CheckContext): CatalogColumn | undefined {
  const found = (relationsOf(column, context) ?? []).flatMap(
    (relation) => findColumn(relation, column.name) ?? [],
  )
  return found.length === 1 ? found[0] : undefined
}
