import { svg } from './dom.ts'

type Edge = readonly [string, string]
type Spot = { readonly x: number; readonly y: number; readonly width: number; readonly height: number }

/** The part of dagre that is used; its script is loaded before. */
type Layout = {
  readonly setGraph: (options: object) => void
  readonly setDefaultEdgeLabel: (label: () => object) => void
  readonly setNode: (id: string, size: { width: number; height: number }) => void
  readonly setEdge: (from: string, to: string) => void
  readonly node: (id: string) => Spot
  readonly edge: (
    from: string,
    to: string,
  ) => { readonly points: readonly { readonly x: number; readonly y: number }[] }
  readonly graph: () => { readonly width: number; readonly height: number }
}
declare const dagre: {
  readonly graphlib: { readonly Graph: new () => Layout }
  readonly layout: (graph: Layout) => void
}

export type Graph = {
  readonly element: SVGElement
  /** Draws edges as thick as their traffic. */
  readonly weigh: (traffic: readonly (readonly [string, string, number])[]) => void
}

const HEIGHT = 34
const widthOf = (text: string): number => Math.max(90, text.length * 8 + 24)

/** Tables to the left, the caches that they make wrong to the right. */
export function drawGraph(
  tables: readonly string[],
  caches: readonly string[],
  edges: readonly Edge[],
  chosen: (kind: 'table' | 'cache', name: string) => void,
): Graph {
  const graph = new dagre.graphlib.Graph()
  graph.setGraph({ rankdir: 'LR', nodesep: 14, ranksep: 140, marginx: 12, marginy: 12 })
  graph.setDefaultEdgeLabel(() => ({}))
  for (const name of tables) graph.setNode(`t ${name}`, { width: widthOf(name), height: HEIGHT })
  for (const name of caches) graph.setNode(`c ${name}`, { width: widthOf(name), height: HEIGHT })
  for (const [table, cache] of edges) graph.setEdge(`t ${table}`, `c ${cache}`)
  dagre.layout(graph)
  const { width, height } = graph.graph()
  const lines = new Map<string, { readonly line: SVGElement; readonly label: SVGElement }>()
  for (const [table, cache] of edges) {
    const { points } = graph.edge(`t ${table}`, `c ${cache}`)
    const line = svg('path', { class: 'edge', d: curve(points), fill: 'none', 'stroke-width': 1 })
    const label = svg('title', {}, `${table} → ${cache}`)
    line.append(label)
    lines.set(`${table}\0${cache}`, { line, label })
  }
  const node = (kind: 'table' | 'cache', name: string): SVGElement => {
    const spot = graph.node(`${kind === 'table' ? 't' : 'c'} ${name}`)
    const choose = (): void => chosen(kind, name)
    const element = svg(
      'g',
      {
        class: `node ${kind}`,
        tabindex: 0,
        role: 'button',
        'aria-label': `${kind} ${name}: show its rules`,
        transform: `translate(${spot.x - spot.width / 2} ${spot.y - spot.height / 2})`,
        onclick: choose,
        onkeydown: (event) => {
          const { key } = event as KeyboardEvent
          if (key !== 'Enter' && key !== ' ') return
          event.preventDefault()
          choose()
        },
      },
      svg('rect', { width: spot.width, height: spot.height, rx: kind === 'table' ? 3 : 17 }),
      svg('text', { x: spot.width / 2, y: spot.height / 2 + 5, 'text-anchor': 'middle' }, name),
    )
    return element
  }
  const element = svg(
    'svg',
    {
      class: 'graph',
      viewBox: `0 0 ${width} ${height}`,
      width,
      height,
      role: 'group',
      'aria-label': 'Tables and caches',
    },
    ...[...lines.values()].map(({ line }) => line),
    ...tables.map((name) => node('table', name)),
    ...caches.map((name) => node('cache', name)),
  )
  return {
    element,
    weigh: (traffic) => {
      const most = Math.max(1, ...traffic.map(([, , times]) => times))
      for (const [table, cache, times] of traffic) {
        const edge = lines.get(`${table}\0${cache}`)
        if (edge === undefined) continue
        edge.line.setAttribute('stroke-width', String(1 + 7 * Math.sqrt(times / most)))
        edge.line.classList.add('busy')
        edge.label.textContent = `${table} → ${cache}: ${times} changes`
      }
    },
  }
}

function curve(points: readonly { readonly x: number; readonly y: number }[]): string {
  const [first, ...rest] = points
  const last = rest.at(-1)
  if (first === undefined || last === undefined) return ''
  const middle = (first.x + last.x) / 2
  return `M${first.x} ${first.y} C${middle} ${first.y} ${middle} ${last.y} ${last.x} ${last.y}`
}
