import type { ShownChange } from '../changes.ts'
import type { ShownRule } from '../shown-rule.ts'
import { field, h } from './dom.ts'
import { duration, time } from './format.ts'
import { ask, type Model } from './store.ts'
import { type Row, table } from './table.ts'
import type { View } from './view.ts'

const LISTED = 60

/** The rules that a change followed, where the server has the rule files. */
function rulesOf(change: ShownChange, rules: readonly ShownRule[]): string {
  const caches = new Set(change.caches.map(({ cache }) => cache))
  const places = rules
    .filter((rule) => rule.table === change.table && caches.has(rule.cache))
    .filter(({ operations }) => operations.includes(change.operation))
    .map(({ place }) => place.replace(/^rules\//, ''))
  return [...new Set(places)].join(' ')
}

function row(change: ShownChange, rules: readonly ShownRule[]): Row {
  const made = change.caches.map(({ cache, keys }) =>
    keys === 'all' ? `all of ${cache}` : `${cache} ×${keys}`,
  )
  return [
    time(change.at),
    h('span', {}, h('strong', {}, change.operation), ` of ${change.table}`),
    h('span', { class: 'wrap' }, made.join(', ')),
    h('code', { class: 'clip' }, change.sample.join(' · ')),
    String(change.dropped),
    duration(change.took),
    h('code', { class: 'wrap' }, rulesOf(change, rules)),
  ]
}

const HEADS = ['When', 'Statement', 'Made wrong', 'For example', 'Dropped', 'Applied in', 'Rule']

/** Invalidations as they come. */
export const changes: View = {
  name: 'changes',
  title: 'Invalidations',
  open(root, { state: { explains } }) {
    const filter = h('input', {
      id: 'filter',
      type: 'search',
      placeholder: 'table or cache',
      autocomplete: 'off',
    })
    const pause = h('button', { type: 'button', 'aria-pressed': 'false' }, 'Pause')
    const rate = h('p', { class: 'muted' })
    const list = table('Invalidations', HEADS, 'No change to show yet.')
    let rules: readonly ShownRule[] = []
    let held: Model | undefined
    let latest: Model | undefined
    const draw = (model: Model): void => {
      latest = model
      const lag = duration(model.state.health.lag)
      rate.textContent = `${model.rate.toFixed(1)} changes a second, the way from the database takes ${lag}. Of many, some are listed.`
      const wanted = filter.value.trim()
      const shown = (held ?? model).state.changes.filter(
        ({ table: name, caches }) =>
          name.includes(wanted) || caches.some(({ cache }) => cache.includes(wanted)),
      )
      list.fill(shown.slice(0, LISTED).map((change) => row(change, rules)))
    }
    const again = (): void => {
      if (latest !== undefined) draw(latest)
    }
    pause.addEventListener('click', () => {
      held = held === undefined ? latest : undefined
      pause.setAttribute('aria-pressed', String(held !== undefined))
      pause.textContent = held === undefined ? 'Pause' : 'Go on'
      again()
    })
    filter.addEventListener('input', again)
    if (explains) {
      const take = (found: readonly ShownRule[]): void => {
        rules = found
        again()
      }
      // Without them the column stays empty.
      ask<readonly ShownRule[]>('rules').then(take, () => {})
    }
    root.append(h('div', { class: 'bar' }, field('Filter', filter), pause), rate, list.element)
    return { draw, close: () => {} }
  },
}
