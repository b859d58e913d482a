import type { Watch } from '../../plan/plan.ts'

/** Columns that count as relevant to a watch. */
export type ColumnList = Watch['columns']

/** Whether all columns of a list are in the other, so that a difference in the one is a difference in the other. */
export function isWithin(list: ColumnList, other: ColumnList): boolean {
  return other === 'all' || (list !== 'all' && list.every((column) => other.includes(column)))
}

/** The lists without those that others make together: whether their columns differ is known by them. */
export function baseLists(lists: readonly ColumnList[]): readonly ColumnList[] {
  const different = [...new Map(lists.map((list) => [JSON.stringify(list), list])).values()]
  return different.filter((list) => {
    if (list === 'all' || list.length === 0) return true
    const parts = different.filter((other) => other !== list && isWithin(other, list))
    return !list.every((column) => parts.some((part) => part.includes(column)))
  })
}

/** The bases that make a list together, by their index. */
export function partsOf(list: ColumnList, bases: readonly ColumnList[]): readonly number[] {
  const within = [...bases.entries()].filter(([, base]) => isWithin(base, list))
  const largest = within.filter(
    ([at, base]) => !within.some(([index, other]) => index !== at && isWithin(base, other)),
  )
  return largest.map(([at]) => at)
}
