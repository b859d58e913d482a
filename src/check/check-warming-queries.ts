import { explainMissingTable } from '../catalog/explain-missing.ts'
import { LEARNED } from '../rules/defaults.ts'
import { spanInScalar } from '../rules/scalar-span.ts'
import { suggest } from '../rules/suggest.ts'
import { textOf, valueOf } from '../rules/yaml-node.ts'
import { createRelationsReader } from '../sql/select-relations.ts'
import type { Draft } from '../rules/merge-files.ts'
import type { CheckContext } from './check-context.ts'

/** Checks that what the queries of warming sets read is there: tables and views, by name. */
export async function checkWarmingQueries({ warming }: Draft, context: CheckContext): Promise<void> {
  const { catalog, report } = context
  const queries = [...warming.values()].flatMap(({ source, node }) => {
    const text = textOf(valueOf(node.value, 'params'))
    return text === undefined || text.value.trim() === LEARNED ? [] : [{ source, text }]
  })
  if (queries.length === 0) return
  const readRelations = await createRelationsReader()
  for (const { source, text } of queries) {
    for (const { schema, name, at, length } of readRelations(text.value)) {
      // A name without a schema is looked for in all that were read, since the role's search_path is not known.
      const known = catalog.relations.some(
        (relation) => relation.name === name && (schema === undefined || relation.schema === schema),
      )
      const unread = schema === undefined ? name.startsWith('pg_') : !catalog.schemas.includes(schema)
      if (known || unread) continue
      const { message, hint } = explainMissingTable(catalog, { schema: schema ?? 'public', name }, suggest)
      report.error(source, spanInScalar(source, text, at, length), 'unknown-table', message, hint)
    }
  }
}
