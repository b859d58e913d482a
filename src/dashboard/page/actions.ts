import { choice, empty, field, h } from './dom.ts'
import { createParamFields } from './param-fields.ts'
import { type Actor, createActor } from './secret.ts'
import type { Model } from './store.ts'
import type { View } from './view.ts'

function invalidateForm({ state }: Model, actor: Actor): HTMLElement {
  const names = state.caches.map(({ name }) => name)
  const cache = choice('invalidate-cache', names)
  const fields = createParamFields('param')
  const fill = (): void =>
    fields.fill(state.caches.find(({ name }) => name === cache.value)?.params ?? [], 'any')
  cache.addEventListener('change', fill)
  fill()
  const form = h(
    'form',
    { class: 'action' },
    h('h2', {}, 'Invalidate'),
    h('p', { class: 'muted' }, 'Params that are left empty may be anything. Every process is told.'),
    field('Cache', cache),
    fields.element,
    h('button', { type: 'submit' }, 'Invalidate'),
  )
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    void actor.perform('invalidate', { cache: cache.value, params: fields.read() })
  })
  return form
}

function clearForm({ state }: Model, actor: Actor): HTMLElement {
  const names = state.caches.map(({ name }) => name)
  const cache = choice('clear-cache', names, 'everything')
  const reason = h('input', { id: 'clear-reason', required: true, autocomplete: 'off' })
  const confirm = h('button', { type: 'button', class: 'danger', disabled: true }, 'Confirm the clear')
  const ask = h('button', { type: 'submit' }, 'Ask for a clear')
  let token: string | undefined
  const arm = (given: string | undefined): void => {
    token = given
    confirm.disabled = given === undefined
  }
  const form = h(
    'form',
    { class: 'action' },
    h('h2', {}, 'Emergency clear'),
    h(
      'p',
      { class: 'muted' },
      'Every process of the fleet gives up what it holds. It is asked for, then confirmed.',
    ),
    field('What', cache),
    field('Reason', reason),
    h('div', { class: 'bar' }, ask, confirm),
  )
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    const request = { cache: cache.value, reason: reason.value }
    void actor.perform('request-clear', request).then((outcome) => arm(outcome.token))
  })
  // What is confirmed is what was asked for.
  for (const element of [cache, reason]) element.addEventListener('input', () => arm(undefined))
  confirm.addEventListener('click', () => {
    const given = token
    arm(undefined)
    void actor.perform('clear', { token: given })
  })
  return form
}

/** What a person may do, with the dashboard's token. */
export const actions: View = {
  name: 'actions',
  title: 'Actions',
  open(root, model) {
    if (!model.state.acts) {
      root.append(empty('This dashboard only shows: it was started without a token for actions.'))
      return { draw: () => {}, close: () => {} }
    }
    const actor = createActor()
    root.append(
      actor.element,
      h('div', { class: 'columns' }, invalidateForm(model, actor), clearForm(model, actor)),
    )
    return { draw: () => {}, close: () => {} }
  },
}
