import { findTable } from '../catalog/find.ts'
import { createUsesReader } from '../sql/condition-uses.ts'
import { createJoinParser } from '../sql/parse-join.ts'
import { valueOf } from '../rules/yaml-node.ts'
import { checkColumns } from './check-columns.ts'
import { checkCondition } from './check-condition.ts'
import { checkParams } from './check-params.ts'
import { checkParamTypes } from './check-param-types.ts'
import { checkPath } from './check-path.ts'
import { checkTableNames } from './check-table-names.ts'
import { checkWarmingQueries } from './check-warming-queries.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { ReadRules } from '../rules/parse-rules.ts'
import type { CheckContext } from './check-context.ts'

/** Compares valid rules with what a database has; what does not fit is reported where it is written. */
export async function checkCatalog(catalog: Catalog, rules: ReadRules): Promise<void> {
  const { draft, caches, written, report } = rules
  const has = (key: string): boolean => written.some(({ node }) => valueOf(node, key) !== undefined)
  const context: CheckContext = {
    catalog,
    report,
    refusals: new Map(),
    readUses: has('when') ? await createUsesReader() : undefined,
    parseJoin: has('via') ? await createJoinParser() : undefined,
  }
  checkParamTypes(draft, caches, context)
  checkTableNames(draft, context)
  await checkWarmingQueries(draft, caches, context)
  for (const rule of written) {
    const [first] = rule.rules
    const relation = first && findTable(catalog, first.table)
    checkPath(rule, relation, context)
    checkParams(rule, relation, caches, context)
    if (relation === undefined) continue
    checkColumns(rule, relation, context)
    checkCondition(rule, relation, context)
  }
}
