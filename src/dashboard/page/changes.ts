import { empty, h, table } from './dom.ts'
import { time } from './format.ts'
import type { Model } from './store.ts'
import type { View } from './view.ts'

function list({ state }: Model, wanted: string): HTMLElement {
  const changes = state.changes
    .filter(
      ({ table: name, caches }) =>
        wanted === '' || name.includes(wanted) || caches.some(({ cache }) => cache.includes(wanted)),
    )
    .slice(0, 100)
  if (changes.length === 0) return empty('No change has come yet.')
  const heads = ['When', 'Statement', 'Made wrong', 'For example', 'Dropped']
  const rows = changes.map((change) => [
    time(change.at),
    h('span', {}, h('strong', {}, change.operation), ` of ${change.table}`),
    change.caches
      .map(({ cache, keys }) => (keys === 'all' ? `all of ${cache}` : `${cache} ×${keys}`))
      .join(', '),
    h('code', {}, change.sample.join(' · ')),
    String(change.dropped),
  ])
  return table('Invalidations', heads, rows)
}

/** Invalidations as they come. */
export const changes: View = {
  name: 'changes',
  title: 'Invalidations',
  open(root) {
    const filter = h('input', {
      id: 'filter',
      type: 'search',
      placeholder: 'table or cache',
      autocomplete: 'off',
    })
    const pause = h('button', { type: 'button', 'aria-pressed': 'false' }, 'Pause')
    const rate = h('p', { class: 'muted' })
    const rows = h('div')
    let held: Model | undefined
    let latest: Model | undefined
    const draw = (model: Model): void => {
      latest = model
      rate.textContent = `${model.rate.toFixed(1)} changes a second; up to 20 of each quarter of a second are listed.`
      rows.replaceChildren(list(held ?? model, filter.value.trim()))
    }
    pause.addEventListener('click', () => {
      held = held === undefined ? latest : undefined
      pause.setAttribute('aria-pressed', String(held !== undefined))
      pause.textContent = held === undefined ? 'Pause' : 'Go on'
      if (latest !== undefined) draw(latest)
    })
    filter.addEventListener('input', () => latest !== undefined && draw(latest))
    root.append(
      h('div', { class: 'bar' }, h('label', { for: 'filter' }, 'Filter'), filter, pause),
      rate,
      rows,
    )
    return { draw, close: () => {} }
  },
}
