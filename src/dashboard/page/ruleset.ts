import type { Answer, Explanation } from '../../explain/explanation.ts'
import { empty, h, table } from './dom.ts'
import { drawGraph, type Graph } from './graph.ts'
import { ask, type Model } from './store.ts'
import type { View } from './view.ts'

function showAnswer({ reasons, sql }: Answer): HTMLElement {
  const rows = reasons.map((reason) => [
    h('code', {}, reason.keys),
    `${reason.operations.join(', ')} of ${reason.table}`,
    reason.columns === 'all' ? 'all columns' : reason.columns.join(', '),
    reason.when === undefined ? '' : h('code', {}, reason.when),
    reason.via.join(', '),
    h('code', {}, `${reason.rule.file}:${reason.rule.line}`),
  ])
  const heads = ['Makes wrong', 'On', 'Columns', 'When', 'Via', 'Rule']
  const bodies = sql.map(({ name, body }) =>
    h('details', {}, h('summary', {}, name), h('pre', { tabindex: 0 }, body.trim())),
  )
  const what = rows.length === 0 ? empty('Nothing.') : table('Rules', heads, rows)
  return h('div', {}, what, bodies.length > 0 && h('h3', {}, 'SQL of the triggers'), ...bodies)
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
    panel.replaceChildren(heading, h('p', { class: 'bad' }, String(error)))
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
    const names = caches.map(({ name }) => name)
    const graph: Graph = drawGraph(tables, names, edges, (kind, name) => {
      if (explains) void explain(panel, kind, name)
    })
    root.append(
      h(
        'p',
        { class: 'muted' },
        'Tables stand left, caches right; an edge is as thick as the changes that went over it.',
      ),
      h(
        'div',
        { class: 'scroll graph-box', tabindex: 0, role: 'region', 'aria-label': 'Graph of the ruleset' },
        graph.element,
      ),
      panel,
    )
    return { draw: ({ state }: Model) => graph.weigh(state.traffic), close: () => {} }
  },
}
