/** Where `item` stands, or belongs, in a list that `compare` has put in order: the first place that is not before it. */
export function findPlace<T>(list: readonly T[], item: T, compare: (a: T, b: T) => number): number {
  let low = 0
  let high = list.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (compare(list[middle] as T, item) < 0) low = middle + 1
    else high = middle
  }
  return low
}
