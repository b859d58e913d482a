import { parseColumnName } from '../rules/identifier.ts'
import { entryOf, itemsOf, textOf } from '../rules/yaml-node.ts'
import { checkColumn } from './check-column.ts'
import type { CatalogRelation } from '../catalog/catalog.ts'
import type { WrittenRule } from '../rules/check-tables.ts'
import type { CheckContext } from './check-context.ts'

/** Checks the columns whose changes a rule looks for. */
export function checkColumns(
  { source, node, rules }: WrittenRule,
  relation: CatalogRelation,
  context: CheckContext,
): void {
  const columns = entryOf(node, 'columns')
  for (const item of itemsOf(columns?.value)) {
    const text = textOf(item)
    const parsed = text && parseColumnName(text.value)
    if (parsed?.ok === true) checkColumn(relation, parsed.name, { source, span: item, use: 'watch' }, context)
  }
  const updates = rules.some(({ operations }) => operations.includes('update'))
  const virtual = relation.columns.find(({ generated }) => generated === 'virtual')
  if (columns !== undefined || virtual === undefined || !updates) return
  const others = relation.columns.filter(({ generated }) => generated !== 'virtual').map(({ name }) => name)
  context.report.error(
    source,
    (entryOf(node, 'invalidate') ?? entryOf(node, 'refresh'))?.key ?? node,
    'unfit-column',
    `${relation.name} has the virtual generated column ${virtual.name}, so that no trigger can compare whole rows.`,
    `Name the columns that matter, as in columns: [${others.slice(0, 3).join(', ')}].`,
  )
}
