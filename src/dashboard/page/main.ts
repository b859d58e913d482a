import { actions } from './actions.ts'
import { changes } from './changes.ts'
import { byId, h } from './dom.ts'
import { entries } from './entries.ts'
import { overview } from './overview.ts'
import { ruleset } from './ruleset.ts'
import { connect, type Model, subscribe } from './store.ts'
import type { OpenView, View } from './view.ts'
import { warming } from './warming.ts'
import { work } from './work.ts'

const VIEWS: readonly View[] = [overview, changes, ruleset, entries, warming, work, actions]
/** What a page can show that watches a database, and no application. */
const OF_DATABASE: ReadonlySet<View> = new Set([overview, changes, ruleset, actions])

const NOTICE =
  'This page knows the database’s side: changes, feed, rules and triggers. Hits, entries, loads and warming are in the ' +
  'processes of your application: mount createDashboard(app) there to see them.'

const main = byId('main')
const nav = byId('views')
const status = byId('status')
let current: { readonly view: View; readonly open: OpenView; readonly generation: number } | undefined
let latest: Model | undefined

function viewsOf({ state }: Model): readonly View[] {
  return state.databaseOnly ? VIEWS.filter((view) => OF_DATABASE.has(view)) : VIEWS
}

function chosenView(model: Model): View {
  return viewsOf(model).find(({ name }) => `#${name}` === location.hash) ?? overview
}

function showViews(model: Model): void {
  const views = viewsOf(model)
  if (nav.childElementCount === views.length) return
  nav.replaceChildren(...views.map(({ name, title }) => h('a', { href: `#${name}` }, title)))
}

function show(model: Model): void {
  const view = chosenView(model)
  if (current?.view !== view || current.generation !== model.generation) {
    current?.open.close()
    main.replaceChildren()
    const root = h('div', { class: `view ${view.name}` })
    main.append(root)
    current = { view, open: view.open(root, model), generation: model.generation }
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
  notice.hidden = !state.databaseOnly
  if (state.databaseOnly) notice.textContent = NOTICE
}

addEventListener('hashchange', () => {
  if (latest !== undefined) show(latest)
  main.focus({ preventScroll: true })
  scrollTo(0, 0)
})
subscribe((model) => {
  latest = model
  showStatus(model)
  showViews(model)
  show(model)
})
status.textContent = 'connecting'
connect()
