import type { ShownWarming } from '../warming.ts'
import { empty, h } from './dom.ts'
import { duration, time } from './format.ts'
import { createActor } from './secret.ts'
import { type Row, table } from './table.ts'
import type { View } from './view.ts'

const HEADS = ['Set', 'Cache', 'Runs', 'Next', 'Last run', 'Came to', '']

function counts(progress: ShownWarming['running']): string {
  if (progress === undefined) return ''
  const { loaded, skipped, failed } = progress
  return `${loaded} loaded, ${skipped} fresh${failed > 0 ? `, ${failed} failed` : ''}`
}

function outcome({ running, last }: ShownWarming): Node | string {
  if (running !== undefined) return h('span', {}, h('strong', {}, 'running: '), counts(running))
  if (last === undefined) return ''
  if (last.error !== undefined) return h('span', { class: 'bad' }, last.error)
  return `${last.state === 'done' ? '' : `${last.state}: `}${counts(last.progress)} in ${duration(last.took)}`
}

function row(set: ShownWarming, button: HTMLElement | undefined): Row {
  const { name, cache, priority, occasions, next, last } = set
  return [
    h('strong', {}, name),
    `${cache}, ${priority}`,
    occasions.length === 0 ? 'on demand' : h('code', {}, occasions.join(', ')),
    next === undefined ? '–' : time(next),
    last === undefined ? 'not yet' : `${time(last.endedAt)}, ${last.cause}`,
    outcome(set),
    button,
  ]
}

/** Warming sets, when they ran and will run, and a button for each to run it. */
export const warming: View = {
  name: 'warming',
  title: 'Warming',
  open(root, { state }) {
    if (state.warming.length === 0) {
      root.append(empty('The rules have no warming set.'))
      return { draw: () => {}, close: () => {} }
    }
    const actor = createActor()
    const list = table('Warming sets', HEADS)
    const button = ({ name, running }: ShownWarming): HTMLElement => {
      const run = (): void => void actor.perform('warm', { set: name })
      const label = `Run ${name} now`
      return h(
        'button',
        { type: 'button', 'aria-label': label, disabled: running !== undefined, onclick: run },
        'Run now',
      )
    }
    if (state.acts) root.append(actor.element)
    root.append(list.element)
    return {
      draw: (model) =>
        list.fill(model.state.warming.map((set) => row(set, state.acts ? button(set) : undefined))),
      close: () => {},
    }
  },
}
