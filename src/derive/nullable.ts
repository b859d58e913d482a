import { toNames, toNode, toNodes, type SqlNode } from '../sql/tree.ts'
import type { Block, Occurrence, Place, SelectBlock } from './block.ts'
import type { RowColumn } from '../rules/ruleset.ts'
import type { LockedQuery } from './lock.ts'
import { lookUp, paramName } from './resolve.ts'
import type { Context } from './walk.ts'

/** The columns of a query's outcome, and which of them may be NULL. */
export function describeRow(
  block: Block,
  { outputs }: LockedQuery,
  contexts: ReadonlyMap<Occurrence, Context>,
): readonly RowColumn[] {
  const isCertain = (owner: Occurrence): boolean => contexts.get(owner)?.nullable === false
  return outputs.map(({ name, type }, index) => ({
    name,
    type,
    nullable: !isFilled(block, index, isCertain),
  }))
}

type IsCertain = (owner: Occurrence) => boolean

function isFilled(block: Block, index: number, isCertain: IsCertain): boolean {
  if (block.kind === 'set') {
    const left = isFilled(block.left, index, isCertain)
    return block.operation === 'except' ? left : left && isFilled(block.right, index, isCertain)
  }
  return !block.sets && isFilledNode(block.targets[index]?.value, block, isCertain)
}

function isFilledNode(node: SqlNode | undefined, block: SelectBlock, isCertain: IsCertain): boolean {
  switch (node?.type) {
    case 'A_Const':
      return node.fields['isnull'] !== true
    case 'NullTest':
    case 'BooleanTest':
      return true
    case 'SubLink':
      return node.fields['subLinkType'] === 'EXISTS_SUBLINK' || node.fields['subLinkType'] === 'ARRAY_SUBLINK'
    case 'TypeCast':
      return isFilledNode(toNode(node.fields['arg']), block, isCertain)
    case 'CoalesceExpr':
      return toNodes(node.fields['args']).some((arg) => isFilledNode(arg, block, isCertain))
    case 'FuncCall': {
      if (paramName(node) !== undefined) return true
      const names = toNames(node.fields['funcname'])
      return names.length === 1 && (names[0] === 'count' || (names[0] === 'row_number' && node.fields['over'] !== undefined)) // prettier-ignore
    }
    case 'ColumnRef': {
      const meaning = lookUp(node, block.scope)
      return meaning.kind === 'place' && isFilledPlace(meaning.place, isCertain)
    }
    case undefined:
    default:
      return false
  }
}

function isFilledPlace({ source, column }: Place, isCertain: IsCertain): boolean {
  if (source.kind !== 'table') return false
  const described = source.relation.columns.find(({ name }) => name === source.names.get(column))
  return described?.nullable === false && isCertain(source)
}
