import type { Inspection } from '../../cache/inspection.ts'
import type { ShownCache } from '../state.ts'
import { choice, field, h } from './dom.ts'
import { createParamFields } from './param-fields.ts'
import { departure, duration, named } from './format.ts'
import { ask } from './store.ts'

export type Inspector = {
  readonly element: HTMLElement
  readonly inspect: (cache: string, params: Readonly<Record<string, unknown>>) => Promise<void>
}

const STATE_TEXT: Readonly<Record<Inspection['state'], string>> = {
  held: 'held: a read is answered from memory',
  expired: 'expired: a read loads it anew',
  absent: 'absent: a read loads it',
}

function describe({ state, loading, age, ttlLeft, reads, loadTime, previous }: Inspection): HTMLElement {
  const facts: readonly (readonly [string, string])[] = [
    ['State', `${STATE_TEXT[state]}${loading ? '; a load is under way' : ''}`],
    ['Age', duration(age)],
    ['TTL left', duration(ttlLeft)],
    ['Reads', reads === undefined ? '–' : String(reads)],
    ['Last load', duration(loadTime)],
    ['Value before left because', departure(previous)],
  ]
  return h(
    'dl',
    { class: 'facts' },
    ...facts.flatMap(([name, text]) => [h('dt', {}, name), h('dd', {}, text)]),
  )
}

/** Asks what is known of one entry, held or not. */
export function createInspector(caches: readonly ShownCache[]): Inspector {
  const names = caches.map(({ name }) => name)
  const cache = choice('inspect-cache', names)
  const fields = createParamFields('inspect')
  const shown = h('div', { 'aria-live': 'polite' })
  const fill = (): void => fields.fill(caches.find(({ name }) => name === cache.value)?.params ?? [])
  cache.addEventListener('change', fill)
  fill()
  const form = h(
    'form',
    { class: 'action' },
    h('p', { class: 'muted' }, 'Held or not; looking does not count as a read.'),
    field('Cache', cache),
    fields.element,
    h('button', { type: 'submit' }, 'Inspect'),
    shown,
  )
  const element = h('details', {}, h('summary', {}, 'Inspect one entry'), form)
  const inspect: Inspector['inspect'] = async (name, params) => {
    element.open = true
    const title = h('h2', {}, name, ' ', h('code', {}, named(params)))
    try {
      const query = new URLSearchParams({ cache: name, params: JSON.stringify(params) })
      shown.replaceChildren(title, describe(await ask<Inspection>(`inspect?${query.toString()}`)))
    } catch (error) {
      shown.replaceChildren(
        title,
        h('p', { class: 'bad' }, error instanceof Error ? error.message : String(error)),
      )
    }
    element.scrollIntoView({ block: 'nearest' })
  }
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    void inspect(cache.value, fields.read())
  })
  return { element, inspect }
}
