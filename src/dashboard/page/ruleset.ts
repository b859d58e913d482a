import type { Answer, Explanation } from '../../explain/explanation.ts'
import { empty, h } from './dom.ts'
import { drawGraph, type Graph } from './graph.ts'
import { ask } from './store.ts'
import { table } from './table.ts'
import type { View } from './view.ts'

/** insert, update, delete, truncate */
const ALL = 4
const HEADS = ['Makes wrong', 'On', 'Columns', 'When', 'Via', 'Rule']

function showAnswer({ reasons, sql }: Answer): HTMLElement {
  const list = table('Rules', HEADS, 'Nothing.')
  list.fill(
    reasons.map((reason) => [
      h('code', {}, reason.keys),
      `${reason.operations.length === ALL ? 'any change' : reason.operations.join(', ')} of ${reason.table}`,
      reason.columns === 'all' ? 'all columns' : reason.columns.join(', '),
      reason.when === undefined ? '' : h('code', { class: 'wrap' }, reason.when),
      h('span', { class: 'wrap' }, reason.via.join(', ')),
      h('code', {}, `${reason.rule.file}:${reason.rule.line}`),
    ]),
  )
  const bodies = sql.map(({ name, body }) =>
    h('details', {}, h('summary', {}, h('code', {}, name)), h('pre', { tabindex: 0 }, body.trim())),
  )
  return h('div', {}, list.element, bodies.length > 0 && h('h3', {}, 'SQL of the triggers'), ...bodies)
}

async function explain(panel: HTMLElement, kind: string, name: string): Promise<void> {
  panel.replaceChildren(h('p', {}, 'Compiling the rules …'))
  const heading = h('h2', { tabindex: -1 }, `${kind === 'table' ? 'Changes of' : 'What makes wrong'} ${name}`)
  try {
    const explanation = await ask<Explanation>(`explain?target=${encodeURIComponent(name)}`)
    const answers = explanation.ok
      ? explanation.answers.filter(({ subject }) => subject.kind === kind).map(showAnswer)
      : [h('p', { class: 'bad' }, `${explanation.message} ${explanation.hint}`)]
    panel.replaceChildren(heading, ...answers)
  } catch (error) {
    panel.replaceChildren(
      heading,
      h('p', { class: 'bad' }, error instanceof Error ? error.message : String(error)),
    )
  }
  heading.focus()
}

/** Which tables make which caches wrong, and how often they do. */
export const ruleset: View = {
  name: 'rules',
  title: 'Rules',
  open(root, model) {
    const { edges, caches, explains } = model.state
    const tables = [...new Set(edges.map(([from]) => from))]
    const panel = h('section', { 'aria-live': 'polite', class: 'panel' })
    panel.append(
      explains
        ? empty('Choose a table or a cache to see its rules and the SQL of its triggers.')
        : empty('Give createDashboard the rule files (rules: { path: text }) to see rules and SQL here.'),
    )
    const box = h('div', {
      class: 'graph-box',
      tabindex: 0,
      role: 'region',
      'aria-label': 'Graph of the ruleset',
    })
    root.append(
      h(
        'p',
        { class: 'muted' },
        'Tables stand left, caches right; an edge is as thick as the changes that went over it.',
      ),
      box,
      panel,
    )
    let graph: Graph | undefined
    let { state } = model
    let width = 0
    const draw = (): void => {
      if (box.clientWidth === width) return
      width = box.clientWidth
      const chosen = (kind: string, name: string): void => {
        if (explains) void explain(panel, kind, name)
      }
      graph = drawGraph({ tables, caches, edges, width, chosen })
      graph.weigh(state.traffic)
      box.replaceChildren(graph.element)
    }
    const observer = new ResizeObserver(draw)
    observer.observe(box)
    draw()
    return {
      draw(next) {
        ;({ state } = next)
        graph?.weigh(state.traffic)
      },
      close: () => observer.disconnect(),
    }
  },
}
