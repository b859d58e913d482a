import type { ShownEntry } from '../entries.ts'
import { empty, h, table } from './dom.ts'
import { duration, short } from './format.ts'
import { ask } from './store.ts'
import type { View } from './view.ts'

type Found = { readonly entries: readonly ShownEntry[]; readonly complete: boolean }

function why(previous: ShownEntry['inspection']['previous']): string {
  if (previous === undefined) return '–'
  const { cause, by } = previous
  return by === undefined
    ? cause
    : [cause, 'by', by.operation, by.table ?? by.cause].filter(Boolean).join(' ')
}

function show({ entries, complete }: Found): HTMLElement {
  if (entries.length === 0) return empty('No held entry matches.')
  const rows = entries.map(({ cache, params, inspection }) => [
    cache,
    h(
      'code',
      {},
      Object.entries(params)
        .map(([name, value]) => `${name}=${String(value)}`)
        .join(' ') || '(one entry)',
    ),
    duration(inspection.age),
    duration(inspection.ttlLeft),
    short(inspection.reads ?? 0),
    duration(inspection.loadTime),
    why(inspection.previous),
  ])
  const heads = ['Cache', 'Params', 'Age', 'TTL left', 'Reads', 'Last load', 'Value before left because']
  return h(
    'div',
    {},
    table('Held entries', heads, rows),
    !complete && h('p', { class: 'muted' }, 'There are more: search for a part of a param to see others.'),
  )
}

/** Held entries with what is known of them; values are never shown. */
export const entries: View = {
  name: 'entries',
  title: 'Entries',
  open(root, { state }) {
    const cache = h(
      'select',
      { id: 'entry-cache' },
      h('option', { value: '' }, 'all caches'),
      ...state.caches.map(({ name }) => h('option', { value: name }, name)),
    )
    const search = h('input', {
      id: 'entry-search',
      type: 'search',
      placeholder: 'part of a param',
      autocomplete: 'off',
    })
    const again = h('button', { type: 'button' }, 'Look again')
    const found = h('div', { 'aria-live': 'polite' })
    let turn = 0
    const look = async (): Promise<void> => {
      const mine = ++turn
      try {
        const query = new URLSearchParams({ cache: cache.value, search: search.value })
        const answer = await ask<Found>(`entries?${query.toString()}`)
        if (mine === turn) found.replaceChildren(show(answer))
      } catch (error) {
        if (mine === turn) found.replaceChildren(h('p', { class: 'bad' }, String(error)))
      }
    }
    for (const [element, event] of [
      [cache, 'change'],
      [search, 'input'],
      [again, 'click'],
    ] as const)
      element.addEventListener(event, () => void look())
    root.append(
      h(
        'div',
        { class: 'bar' },
        h('label', { for: 'entry-cache' }, 'Cache'),
        cache,
        h('label', { for: 'entry-search' }, 'Search'),
        search,
        again,
      ),
      found,
    )
    void look()
    return { draw: () => {}, close: () => void (turn += 1) }
  },
}
