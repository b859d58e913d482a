import { empty, h } from './dom.ts'
import { act, type Model, type Outcome } from './store.ts'
import type { View } from './view.ts'

type Say = (outcome: Outcome) => void

function invalidateForm({ state }: Model, secret: HTMLInputElement, say: Say): HTMLElement {
  const cache = h(
    'select',
    { id: 'invalidate-cache' },
    ...state.caches.map(({ name }) => h('option', { value: name }, name)),
  )
  const fields = h('div', { class: 'fields' })
  const fill = (): void => {
    const params = state.caches.find(({ name }) => name === cache.value)?.params ?? []
    fields.replaceChildren(
      ...params.flatMap((name) => [
        h('label', { for: `param-${name}` }, name),
        h('input', { id: `param-${name}`, name, placeholder: 'any', autocomplete: 'off' }),
      ]),
    )
  }
  cache.addEventListener('change', fill)
  fill()
  const form = h(
    'form',
    { class: 'action' },
    h('h2', {}, 'Invalidate'),
    h('p', { class: 'muted' }, 'Params that are left empty may be anything.'),
    h('label', { for: 'invalidate-cache' }, 'Cache'),
    cache,
    fields,
    h('button', { type: 'submit' }, 'Invalidate'),
  )
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    const inputs = [...fields.querySelectorAll('input')].filter(({ value }) => value !== '')
    const params = Object.fromEntries(inputs.map(({ name, value }) => [name, value]))
    void act('invalidate', { cache: cache.value, params }, secret.value).then(say)
  })
  return form
}

function clearForm({ state }: Model, secret: HTMLInputElement, say: Say): HTMLElement {
  const cache = h(
    'select',
    { id: 'clear-cache' },
    h('option', { value: '' }, 'everything'),
    ...state.caches.map(({ name }) => h('option', { value: name }, name)),
  )
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
    h('label', { for: 'clear-cache' }, 'What'),
    cache,
    h('label', { for: 'clear-reason' }, 'Reason'),
    reason,
    h('div', { class: 'bar' }, ask, confirm),
  )
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    void act('request-clear', { cache: cache.value, reason: reason.value }, secret.value).then((outcome) => {
      arm(outcome.token)
      say(outcome)
    })
  })
  confirm.addEventListener('click', () => {
    const given = token
    arm(undefined)
    void act('clear', { token: given }, secret.value).then(say)
  })
  return form
}

/** What a person may do, with the dashboard's token. */
export const actions: View = {
  name: 'actions',
  title: 'Actions',
  open(root, model) {
    if (!model.state.acts) {
      root.append(empty('This dashboard only shows. Give createDashboard a token to allow actions.'))
      return { draw: () => {}, close: () => {} }
    }
    const secret = h('input', { id: 'secret', type: 'password', autocomplete: 'off' })
    const said = h('p', { role: 'status', class: 'said' })
    const say: Say = ({ ok, message }) => {
      said.className = ok ? 'said good' : 'said bad'
      said.textContent = message
    }
    root.append(
      h('div', { class: 'bar' }, h('label', { for: 'secret' }, 'Token'), secret),
      said,
      h('div', { class: 'columns' }, invalidateForm(model, secret, say), clearForm(model, secret, say)),
    )
    return { draw: () => {}, close: () => {} }
  },
}
