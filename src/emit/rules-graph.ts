import { OPERATIONS } from '../rules/defaults.ts'
import { showName } from '../rules/identifier.ts'
import type { Effect } from '../plan/effects.ts'

/** Edges past which a graph shows nothing any more, and Mermaid refuses to draw it. */
const MAX_EDGES = 300

type Edge = { readonly from: string; readonly to: string; readonly effects: Effect[] }

/**
 * A Mermaid flowchart from tables to the caches that they make wrong; dotted where only a path crosses the table.
 * `undefined` when there is nothing to draw, or more than can be drawn.
 */
export function drawGraph(effects: readonly Effect[]): string | undefined {
  const edges = new Map<string, Edge>()
  const tables = new Map<string, string>()
  const caches = new Map<string, string>()
  for (const effect of effects) {
    const from = nodeOf(tables, 't', showName(effect.table))
    const to = nodeOf(caches, 'c', effect.watch.cache)
    const edge = edges.get(`${from} ${to}`) ?? { from, to, effects: [] }
    edges.set(`${from} ${to}`, edge)
    edge.effects.push(effect)
  }
  if (edges.size === 0 || edges.size > MAX_EDGES) return undefined
  return [
    'flowchart LR',
    ...[...tables].map(([name, id]) => `  ${id}["${escape(name)}"]`),
    ...[...caches].map(([name, id]) => `  ${id}(["${escape(name)}"])`),
    ...[...edges.values()].map(drawEdge),
  ].join('\n')
}

function nodeOf(nodes: Map<string, string>, prefix: string, name: string): string {
  const id = nodes.get(name) ?? `${prefix}${nodes.size + 1}`
  nodes.set(name, id)
  return id
}

function drawEdge({ from, to, effects }: Edge): string {
  const operations = OPERATIONS.filter((name) => effects.some(({ watch }) => watch.operations.includes(name)))
  const label = operations.length === OPERATIONS.length ? 'all operations' : operations.join(', ')
  const arrow = effects.every(({ watch }) => watch.origin === 'via') ? '-.->' : '-->'
  return `  ${from} ${arrow}|"${label}"| ${to}`
}

/** Mermaid knows any character by its number. */
function escape(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9_. ]/gu, (char) => `#${char.codePointAt(0)};`)
}
