import { empty, h, table } from './dom.ts'
import { duration } from './format.ts'
import type { Model } from './store.ts'
import type { View } from './view.ts'

type Shown = Model['state']['operations'][number]

function row(operation: Shown): readonly (Node | string)[] {
  const { id, kind, cause, cache, params, set, priority, state, attempts, took, error, progress } = operation
  const what = set ?? Object.values(params ?? {}).join(' ')
  const outcome =
    error ?? (progress === undefined ? '' : `${progress.loaded} loaded, ${progress.failed} failed`)
  return [
    String(id),
    `${kind}: ${cause}`,
    h('span', {}, h('strong', {}, cache), ' ', h('code', {}, what)),
    priority,
    state === 'failed' ? h('span', { class: 'bad' }, state) : state,
    String(attempts),
    duration(took),
    outcome,
  ]
}

const HEADS = ['Id', 'What for', 'Entry', 'Priority', 'State', 'Attempts', 'Took', 'Outcome']

/** What the runtime does in the background. */
export const work: View = {
  name: 'work',
  title: 'Background',
  open(root) {
    const rows = h('div')
    root.append(rows)
    return {
      draw: ({ state: { operations } }) => {
        rows.replaceChildren(
          operations.length === 0
            ? empty('Nothing has been refreshed or warmed yet.')
            : table('Operations', HEADS, operations.map(row)),
        )
      },
      close: () => {},
    }
  },
}
