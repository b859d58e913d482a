import { field, h } from './dom.ts'
import { act, type Outcome } from './store.ts'

/** What the person has typed in; kept while the page is open, and nowhere else. */
let secret = ''

export type Actor = {
  /** The field for the token, and what came of the last action. */
  readonly element: HTMLElement
  readonly perform: (name: string, body: unknown) => Promise<Outcome>
}

/** Lets a person act, with the dashboard's token. */
export function createActor(): Actor {
  const input = h('input', { id: 'secret', type: 'password', autocomplete: 'off', value: secret })
  const said = h('p', { role: 'status', class: 'said' })
  input.addEventListener('input', () => {
    secret = input.value
  })
  return {
    element: h('div', {}, h('div', { class: 'bar' }, field('Token', input)), said),
    async perform(name, body) {
      said.className = 'said'
      said.textContent = '…'
      const outcome = await act(name, body, secret)
      said.className = outcome.ok ? 'said good' : 'said bad'
      said.textContent = outcome.message
      if (!outcome.ok && outcome.status === 403) input.focus()
      return outcome
    },
  }
}
