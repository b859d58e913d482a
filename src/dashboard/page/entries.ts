import type { ShownEntry } from '../entries.ts'
import { choice, field, h } from './dom.ts'
import { departure, duration, named, short } from './format.ts'
import { createInspector } from './inspector.ts'
import { ask } from './store.ts'
import { type Row, table } from './table.ts'
import type { View } from './view.ts'

type Found = { readonly entries: readonly ShownEntry[]; readonly complete: boolean }

const HEADS = ['Cache', 'Params', 'Age', 'TTL left', 'Reads', 'Last load', 'Value before left because', '']
/** Milliseconds after the last key press: each search looks at the held entries one by one. */
const PAUSE = 150

/** Held entries with what is known of them; values are never shown. */
export const entries: View = {
  name: 'entries',
  title: 'Entries',
  open(root, { state }) {
    const names = state.caches.map(({ name }) => name)
    const cache = choice('entry-cache', names, 'all caches')
    const search = h('input', {
      id: 'entry-search',
      type: 'search',
      placeholder: 'part of a param',
      autocomplete: 'off',
    })
    const again = h('button', { type: 'button' }, 'Look again')
    const inspector = createInspector(state.caches)
    const list = table('Held entries', HEADS, 'No held entry matches.')
    const note = h('p', { class: 'muted', 'aria-live': 'polite' })
    const row = ({ cache: name, params, inspection }: ShownEntry): Row => [
      name,
      h('code', { class: 'wrap' }, named(params)),
      duration(inspection.age),
      duration(inspection.ttlLeft),
      short(inspection.reads ?? 0),
      duration(inspection.loadTime),
      departure(inspection.previous),
      h(
        'button',
        {
          type: 'button',
          class: 'small',
          'aria-label': `Inspect ${name} ${named(params)}`,
          onclick: () => void inspector.inspect(name, params),
        },
        'Inspect',
      ),
    ]
    let turn = 0
    const look = async (): Promise<void> => {
      const mine = ++turn
      try {
        const query = new URLSearchParams({ cache: cache.value, search: search.value })
        const { entries: found, complete } = await ask<Found>(`entries?${query.toString()}`)
        if (mine !== turn) return
        list.fill(found.map(row))
        note.textContent = complete
          ? `${found.length} ${found.length === 1 ? 'entry' : 'entries'}.`
          : 'There are more: search for a part of a param to see others.'
      } catch (error) {
        if (mine === turn) note.textContent = error instanceof Error ? error.message : String(error)
      }
    }
    let timer: ReturnType<typeof setTimeout> | undefined
    search.addEventListener('input', () => {
      clearTimeout(timer)
      timer = setTimeout(() => void look(), PAUSE)
    })
    cache.addEventListener('change', () => void look())
    again.addEventListener('click', () => void look())
    root.append(
      h('div', { class: 'bar' }, field('Cache', cache), field('Search', search), again),
      inspector.element,
      note,
      list.element,
    )
    void look()
    return { draw: () => {}, close: () => void (turn += 1) }
  },
}
