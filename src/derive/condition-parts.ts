import type { Condition, ConditionNode } from '../sql/condition.ts'

/** What a condition asks for besides, each part as a text that is the same for the same meaning. */
export function conditionParts(condition: Condition | undefined): readonly string[] {
  if (condition === undefined) return []
  const parts = partsOf(condition.tree)
  // What is not understood is the same only where it is written the same.
  return parts.some(hasUnknown) ? [condition.sql.trim()] : parts.map((part) => JSON.stringify(part))
}

function partsOf(node: ConditionNode): readonly ConditionNode[] {
  return node.kind === 'and' ? node.parts.flatMap(partsOf) : [node]
}

function hasUnknown(node: ConditionNode): boolean {
  switch (node.kind) {
    case 'unknown':
      return true
    case 'and':
    case 'or':
      return node.parts.some(hasUnknown)
    case 'not':
      return hasUnknown(node.part)
    case 'null':
    case 'compare':
    case 'in':
    case 'truth':
      return false
  }
}
