/** Where a graph of two columns puts its boxes and lines. */
export type Place = { readonly y: number }
export type Line = { readonly from: string; readonly to: string; readonly y1: number; readonly y2: number }
export type Layout = {
  readonly left: ReadonlyMap<string, Place>
  readonly right: ReadonlyMap<string, Place>
  readonly lines: readonly Line[]
  readonly height: number
}

type Edge = readonly [string, string]

/** Rounds in which each column is ordered by the other: more change nothing that can be seen. */
const ROUNDS = 8

/**
 * Orders two columns so that few lines cross: each box stands where the boxes that it is joined to stand on average.
 * Source: Sugiyama, Tagawa, Toda (1981), "Methods for visual understanding of hierarchical system structures".
 */
export function layOut(
  left: readonly string[],
  right: readonly string[],
  edges: readonly Edge[],
  box: { readonly height: number; readonly gap: number },
): Layout {
  const toRight = neighbours(edges)
  const toLeft = neighbours(edges.map(([from, to]) => [to, from] as const))
  let first: readonly string[] = left
  let second: readonly string[] = right
  for (let round = 0; round < ROUNDS; round += 1) {
    second = order(second, toLeft, first)
    first = order(first, toRight, second)
  }
  const step = box.height + box.gap
  const height = Math.max(first.length, second.length) * step
  const spots = (names: readonly string[]): ReadonlyMap<string, Place> =>
    new Map(
      names.map((name, index) => [
        name,
        { y: (height - names.length * step) / 2 + index * step + box.gap / 2 },
      ]),
    )
  const places = { left: spots(first), right: spots(second) }
  const starts = ports(places.left, places.right, toRight, box.height)
  const ends = ports(places.right, places.left, toLeft, box.height)
  const lines = edges.map(([from, to]) => ({
    from,
    to,
    y1: starts.get(`${from}\0${to}`) ?? 0,
    y2: ends.get(`${to}\0${from}`) ?? 0,
  }))
  return { ...places, lines, height }
}

type Neighbours = ReadonlyMap<string, readonly string[]>

function neighbours(edges: readonly Edge[]): Neighbours {
  const found = new Map<string, string[]>()
  for (const [from, to] of edges) {
    const known = found.get(from)
    if (known === undefined) found.set(from, [to])
    else known.push(to)
  }
  return found
}

function order(names: readonly string[], joined: Neighbours, others: readonly string[]): readonly string[] {
  const places = new Map(others.map((name, place) => [name, place]))
  const mean = (name: string): number => {
    const ends = joined.get(name) ?? []
    return ends.reduce((sum, end) => sum + (places.get(end) ?? 0), 0) / Math.max(1, ends.length)
  }
  const means = new Map(names.map((name) => [name, mean(name)]))
  return names.toSorted((a, b) => (means.get(a) ?? 0) - (means.get(b) ?? 0))
}

/** Where lines leave their boxes: spread over the side, in the order of their other ends. */
function ports(
  own: ReadonlyMap<string, Place>,
  others: ReadonlyMap<string, Place>,
  joined: Neighbours,
  height: number,
): ReadonlyMap<string, number> {
  const found = new Map<string, number>()
  for (const [name, { y }] of own) {
    const ends = (joined.get(name) ?? []).toSorted(
      (a, b) => (others.get(a)?.y ?? 0) - (others.get(b)?.y ?? 0),
    )
    ends.forEach((end, place) => found.set(`${name}\0${end}`, y + ((place + 1) * height) / (ends.length + 1)))
  }
  return found
}
