import { actions } from './actions.ts'
import { changes } from './changes.ts'
import { byId, h } from './dom.ts'
import { entries } from './entries.ts'
import { overview } from './overview.ts'
import { ruleset } from './ruleset.ts'
import { connect, type Model, subscribe } from './store.ts'
import type { OpenView, View } from './view.ts'
import { work } from './work.ts'

const VIEWS: readonly View[] = [overview, changes, ruleset, entries, work, actions]

const main = byId('main')
const nav = byId('views')
const status = byId('status')
let current: { readonly view: View; readonly open: OpenView } | undefined
let latest: Model | undefined

function chosenView(): View {
  return VIEWS.find(({ name }) => `#${name}` === location.hash) ?? overview
}

function show(model: Model): void {
  const view = chosenView()
  if (current?.view !== view) {
    current?.open.close()
    main.replaceChildren()
    const root = h('div', { class: `view ${view.name}` })
    main.append(root)
    current = { view, open: view.open(root, model) }
    document.title = `${view.title} – Stalemate`
    for (const link of nav.querySelectorAll('a')) {
      if (link.hash === `#${view.name}`) link.setAttribute('aria-current', 'page')
      else link.removeAttribute('aria-current')
    }
  }
  current.open.draw(model)
}

function showStatus({ state, connection }: Model): void {
  const text = connection === 'live' ? state.health.state : 'this page lost its server and tries again'
  if (status.textContent !== text) {
    status.textContent = text
    status.className = connection === 'live' ? state.health.state : 'lost'
  }
  byId('ruleset').textContent = state.ruleset
  const notice = byId('notice')
  notice.hidden = state.notice === undefined
  notice.textContent = state.notice ?? ''
}

nav.append(...VIEWS.map(({ name, title }) => h('a', { href: `#${name}` }, title)))
addEventListener('hashchange', () => {
  if (latest !== undefined) show(latest)
  main.focus()
})
subscribe((model) => {
  latest = model
  showStatus(model)
  show(model)
})
status.textContent = 'connecting'
connect()
