import { findColumn } from '../catalog/find.ts'
import { showType } from '../catalog/show.ts'
import { spanInScalar } from '../rules/scalar-span.ts'
import { textOf, valueOf, type YamlText } from '../rules/yaml-node.ts'
import { checkColumn } from './check-column.ts'
import type { CatalogColumn, CatalogRelation, QualifiedName } from '../catalog/catalog.ts'
import type { WrittenRule } from '../rules/check-tables.ts'
import type { Condition, ConditionNode } from '../sql/condition.ts'
import type { NameUse } from '../sql/condition-uses.ts'
import type { CheckContext } from './check-context.ts'

const SYSTEM = 'pg_catalog'
/** Categories of types that PostgreSQL's own operators know, whoever made the type: arrays, enums, ranges, rows. */
const OWN_OPERATORS = new Set(['A', 'C', 'E', 'R'])

/** Checks what a rule's `when` refers to: columns, and what operators and types mean inside of a trigger. */
export function checkCondition(
  { source, node, rules }: WrittenRule,
  relation: CatalogRelation,
  context: CheckContext,
): void {
  const text = textOf(valueOf(node, 'when'))
  const condition = rules[0]?.when
  if (text === undefined || condition === undefined) return
  const truths = new Set(truthsOf(condition.tree))
  if (truths.size === 0 && isPlain(condition, relation)) return
  const uses = context.readUses?.(text.value)
  if (uses === undefined) return
  const span = (use: NameUse) => spanInScalar(source, text, use.at, use.length)
  for (const use of uses.columns) {
    const column = truths.delete(use.name) ? findColumn(relation, use.name) : undefined
    if (column === undefined || column.category === 'B') continue
    context.report.error(
      source,
      span(use),
      'condition-not-boolean',
      `The column ${use.name} is of type ${showType(column)}, which is not true or false.`,
      `Compare it with something, as in ${use.name} IS NOT NULL.`,
    )
  }
  for (const use of uses.columns)
    checkColumn(relation, use.name, { source, span: span(use), use: 'watch' }, context)
  for (const use of uses.operands) {
    const column = findColumn(relation, use.name)
    if (column === undefined || !hasForeignOperators(column)) continue
    const { schema } = column.base
    context.report.error(
      source,
      span(use),
      'condition-operator',
      `${use.name} is of type ${showType(column)}, whose ${use.operator} is in the schema ${schema}; in a trigger, ${use.operator} is PostgreSQL's own, which compares otherwise or not at all.`,
      operatorHint(use, schema, text),
    )
  }
  for (const use of uses.types) {
    const type = findType(use.name, relation, context)
    if (type === undefined) continue
    context.report.error(
      source,
      span(use),
      'condition-type',
      `The type ${use.name} is in the schema ${type.schema}, where no trigger looks for it.`,
      `Write ${type.schema}.${use.name}.`,
    )
  }
  for (const use of uses.functions) {
    const found = context.catalog.functions?.find(({ name }) => name === use.name)
    if (found === undefined) continue
    context.report.error(
      source,
      span(use),
      'condition-function',
      `The function ${use.name} is in the schema ${found.schema}, where no trigger looks for it.`,
      `Write ${found.schema}.${use.name}(...).`,
    )
  }
}

/** Columns that have to be true or false by themselves. */
function truthsOf(tree: ConditionNode): readonly string[] {
  switch (tree.kind) {
    case 'and':
    case 'or':
      return tree.parts.flatMap(truthsOf)
    case 'not':
      return truthsOf(tree.part)
    case 'truth':
      return tree.term.kind === 'column' ? [tree.term.name] : []
    case 'compare':
    case 'in':
    case 'null':
    case 'unknown':
      return []
  }
}

/** Whether nothing can be wrong: all that the condition does is compare known columns of PostgreSQL's own types. */
function isPlain({ tree, columns }: Condition, relation: CatalogRelation): boolean {
  return (
    isKnown(tree) &&
    columns.every((name) => {
      const column = findColumn(relation, name)
      return column !== undefined && column.base.schema === SYSTEM && column.generated !== 'virtual'
    })
  )
}

function isKnown(node: ConditionNode): boolean {
  switch (node.kind) {
    case 'and':
    case 'or':
      return node.parts.every(isKnown)
    case 'not':
      return isKnown(node.part)
    case 'unknown':
      return false
    case 'compare':
    case 'in':
    case 'null':
    case 'truth':
      return true
  }
}

/** A type of an extension, or of the user's own, that brings its own operators. */
function hasForeignOperators({ base, category }: CatalogColumn): boolean {
  return base.schema !== SYSTEM && !OWN_OPERATORS.has(category)
}

function operatorHint(
  { operator, name }: NameUse & { operator: string },
  schema: string,
  text: YamlText,
): string {
  const plain =
    /^[=<>!~+*/-]+$/.test(operator) && !/\b(?:in|between|case|any|all|nullif|distinct)\b/i.test(text.value)
  return plain
    ? `Write ${name} OPERATOR(${schema}.${operator}) ..., or cast the column to a type of PostgreSQL's own.`
    : `Cast the column to a type of PostgreSQL's own, as in lower(${name}::text).`
}

/** A type by that name that is known and not PostgreSQL's own. */
function findType(
  name: string,
  relation: CatalogRelation,
  { catalog }: CheckContext,
): QualifiedName | undefined {
  const types = [
    ...relation.columns.flatMap(({ base, domain }) => (domain === undefined ? [base] : [base, domain])),
    ...catalog.enums,
  ]
  return types.find((type) => type.name === name && type.schema !== SYSTEM)
}
