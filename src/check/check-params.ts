import { findTable, isSame } from '../catalog/find.ts'
import { showName } from '../catalog/show.ts'
import { explainMisfit } from '../catalog/type-fits.ts'
import { isEnumType, PARAM_TYPES } from '../key/param.ts'
import { spanInScalar } from '../rules/scalar-span.ts'
import { entryOf, textOf, valueOf } from '../rules/yaml-node.ts'
import { checkColumn } from './check-column.ts'
import { readEnum } from './check-param-types.ts'
import type { CatalogColumn, CatalogRelation } from '../catalog/catalog.ts'
import type { ParamType } from '../key/param.ts'
import type { WrittenRule } from '../rules/check-tables.ts'
import type { CacheRule, ParamSource, TableRule } from '../rules/ruleset.ts'
import type { Span } from '../rules/source.ts'
import type { CheckContext } from './check-context.ts'

/** Checks the columns that params are read from: that they are there, and hold what the params can have. */
export function checkParams(
  written: WrittenRule,
  relation: CatalogRelation | undefined,
  caches: ReadonlyMap<string, CacheRule>,
  context: CheckContext,
): void {
  for (const rule of written.rules) {
    const cache = caches.get(rule.cache)
    for (const source of rule.params) {
      const type = cache?.params.find(({ name }) => name === source.param)?.type
      if (type !== undefined) checkParam(written, rule, relation, source, type, context)
    }
  }
}

function checkParam(
  written: WrittenRule,
  rule: TableRule,
  relation: CatalogRelation | undefined,
  source: ParamSource,
  type: ParamType,
  context: CheckContext,
): void {
  const { report, catalog } = context
  if (source.kind === 'text') {
    const labels = readEnum(type, context)?.labels
    if (labels === undefined || labels.includes(source.text)) return
    report.error(
      written.source,
      actionSpan(written),
      'wrong-value',
      `${JSON.stringify(source.text)} is no label of the enum ${type.slice('enum:'.length)}.`,
      `The labels are ${labels.slice(0, 12).join(', ')}${labels.length > 12 ? ', …' : ''}.`,
    )
    return
  }
  const hop = source.kind === 'hop' ? rule.path?.hops[source.hop] : undefined
  const table = source.kind === 'hop' ? hop && findTable(catalog, hop.table) : relation
  if (table === undefined || isMisnamed(written, rule, source)) return
  const { span, isWritten } = findPlace(written, source)
  const column = checkColumn(
    table,
    source.column,
    {
      source: written.source,
      span,
      use: 'param',
      ...(!isWritten && {
        hint: (near: string | undefined) =>
          `Say which column it is read from, as in with: { ${source.param}: ${near ?? 'id'} }.`,
      }),
    },
    context,
  )
  const misfit = column && explainType(type, column, context)
  if (misfit !== undefined) report.error(written.source, span, 'type-misfit', misfit.message, misfit.hint)
}

/** Whether a rule reads a param from a table that it does not come to, which is said where `with` is read. */
function isMisnamed(
  { node }: WrittenRule,
  { table }: TableRule,
  { kind, param, column }: Extract<ParamSource, { column: string }>,
): boolean {
  const text = textOf(valueOf(valueOf(node, 'with'), param))?.value.replaceAll('"', '')
  if (kind === 'hop' || text === undefined || !text.endsWith(`.${column}`)) return false
  const qualifier = text.slice(0, -column.length - 1)
  return qualifier !== table.name && !qualifier.endsWith(`.${table.name}`)
}

/** Tells whether a param of the type can have what a column, or another `subject`, holds; if not, why not. */
export function explainType(
  type: ParamType,
  column: CatalogColumn,
  context: CheckContext,
  subject?: string,
): ReturnType<typeof explainMisfit> {
  if (!isEnumType(type)) return explainMisfit(context.catalog, type, column, subject)
  const wanted = readEnum(type, context)
  if (wanted === undefined || isSame(wanted, column.base)) return undefined
  const named = PARAM_TYPES.some((basic) => basic === wanted.name)
  const name = named ? `${wanted.schema}.${wanted.name}` : showName(wanted)
  return explainMisfit(context.catalog, name, column, subject)
}

/** Where a rule says which column a param is read from: in `with`, or in the name or pattern of what it makes wrong. */
function findPlace(
  written: WrittenRule,
  { column }: Extract<ParamSource, { column: string }>,
): { readonly span: Span; readonly isWritten: boolean } {
  const { source, node } = written
  const target = actionText(written)
  const pattern = target !== undefined && /[:{*]/.test(target.value)
  const renamed = valueOf(node, 'with')
  if (renamed?.kind === 'map') {
    for (const { value } of renamed.entries.values()) {
      const text = textOf(value)
      if (text !== undefined && isColumn(text.value, column)) return { span: text, isWritten: true }
    }
  }
  const at = pattern ? target.value.indexOf(`{${column}}`) : -1
  if (target === undefined || at < 0) return { span: actionSpan(written), isWritten: false }
  return { span: spanInScalar(source, target, at, column.length + 2), isWritten: true }
}

/** Whether a text such as `agents.user_id` or `"User Id"` names the column. */
function isColumn(text: string, column: string): boolean {
  return [column, `"${column.replaceAll('"', '""')}"`].some(
    (name) => text === name || text.endsWith(`.${name}`),
  )
}

function actionText({ node }: WrittenRule) {
  return textOf(valueOf(node, 'invalidate') ?? valueOf(node, 'refresh'))
}

function actionSpan(written: WrittenRule): Span {
  return actionText(written) ?? entryOf(written.node, 'invalidate')?.key ?? written.node
}
