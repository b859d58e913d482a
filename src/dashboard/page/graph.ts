import { svg } from './dom.ts'
import { short } from './format.ts'
import { layOut } from './layout.ts'

type Edge = readonly [string, string]
type Traffic = readonly (readonly [string, string, number])[]
type Kind = 'table' | 'cache'

export type GraphInput = {
  readonly tables: readonly string[]
  /** With what stands below their names. */
  readonly caches: readonly { readonly name: string; readonly key: string }[]
  readonly edges: readonly Edge[]
  /** Pixels that there are. */
  readonly width: number
  readonly chosen: (kind: Kind, name: string) => void
}

export type Graph = {
  readonly element: SVGElement
  /** Draws edges as thick as their traffic. */
  readonly weigh: (traffic: Traffic) => void
}

/** Pixels below which there is no room for a second line. */
const NARROW = 640
const THICKEST = 9

function cut(text: string, width: number): string {
  const most = Math.floor((width - 20) / 7)
  return text.length > most ? `${text.slice(0, most - 1)}…` : text
}

/** Tables to the left, the caches that they make wrong to the right, over the whole width. */
export function drawGraph({ tables, caches, edges, width, chosen }: GraphInput): Graph {
  const isNarrow = width < NARROW
  const box = isNarrow ? { height: 40, gap: 12 } : { height: 50, gap: 14 }
  const boxWidth = isNarrow ? Math.max(110, width * 0.4) : Math.min(320, width * 0.3)
  const full = Math.max(width, 2 * boxWidth + 40)
  const layout = layOut(
    tables,
    caches.map(({ name }) => name),
    edges,
    box,
  )
  const middle = full / 2
  const lines = new Map(
    layout.lines.map(({ from, to, y1, y2 }) => {
      const label = svg('title', {}, `${from} → ${to}`)
      const d = `M${boxWidth} ${y1} C${middle} ${y1} ${middle} ${y2} ${full - boxWidth} ${y2}`
      const line = svg('path', { class: 'edge', d, fill: 'none', 'stroke-width': 1 }, label)
      return [`${from}\0${to}`, { line, label, times: 0 }]
    }),
  )
  const notes = new Map<string, SVGElement>()
  const node = (kind: Kind, name: string, below: string, y: number): SVGElement => {
    const choose = (): void => chosen(kind, name)
    const note = svg('text', { x: boxWidth / 2, y: box.height / 2 + 15, class: 'note' }, cut(below, boxWidth))
    if (kind === 'table') notes.set(name, note)
    return svg(
      'g',
      {
        class: `node ${kind}`,
        tabindex: 0,
        role: 'button',
        'aria-label': `${kind} ${name}: show its rules`,
        transform: `translate(${kind === 'table' ? 1 : full - boxWidth - 1} ${y})`,
        onclick: choose,
        onkeydown: (event) => {
          const { key } = event as KeyboardEvent
          if (key !== 'Enter' && key !== ' ') return
          event.preventDefault()
          choose()
        },
      },
      svg('rect', { width: boxWidth, height: box.height, rx: kind === 'table' ? 4 : box.height / 2 }),
      svg('text', { x: boxWidth / 2, y: box.height / 2 + (isNarrow ? 5 : -2) }, cut(name, boxWidth)),
      !isNarrow && note,
    )
  }
  const element = svg(
    'svg',
    {
      class: 'graph',
      viewBox: `0 0 ${full} ${layout.height}`,
      width: full,
      height: layout.height,
      role: 'group',
      'aria-label': 'Tables and caches',
    },
    ...[...lines.values()].map(({ line }) => line),
    ...[...layout.left].map(([name, { y }]) => node('table', name, 'no change yet', y)),
    ...[...layout.right].map(([name, { y }]) =>
      node('cache', name, caches.find((cache) => cache.name === name)?.key ?? '', y),
    ),
  )
  const weigh = (traffic: Traffic): void => {
    const most = traffic.reduce((max, [, , times]) => Math.max(max, times), 1)
    const sums = new Map<string, number>()
    for (const [table, cache, times] of traffic) {
      sums.set(table, Math.max(sums.get(table) ?? 0, times))
      const edge = lines.get(`${table}\0${cache}`)
      if (edge === undefined) continue
      const thickness = String(Math.round(10 * (1 + (THICKEST - 1) * Math.sqrt(times / most))) / 10)
      if (edge.line.getAttribute('stroke-width') !== thickness)
        edge.line.setAttribute('stroke-width', thickness)
      if (edge.times === times) continue
      edge.times = times
      edge.line.classList.add('busy')
      edge.label.textContent = `${table} → ${cache}: ${times} changes`
    }
    for (const [table, times] of sums) {
      const note = notes.get(table)
      const text = `${short(times)} ${times === 1 ? 'change' : 'changes'}`
      if (note !== undefined && note.textContent !== text) note.textContent = text
    }
  }
  return { element, weigh }
}
