import { h } from './dom.ts'
import { duration } from './format.ts'
import type { Model } from './store.ts'
import { type Row, table } from './table.ts'
import { tile, tiles } from './tiles.ts'
import type { View } from './view.ts'

type Shown = Model['state']['operations'][number]

function row(operation: Shown): Row {
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

/** What the runtime does in the background: the queue, and what has come of the last. */
export const work: View = {
  name: 'work',
  title: 'Background',
  open(root) {
    const queue = tiles()
    const list = table('Operations', HEADS, 'Nothing has been refreshed or warmed yet.')
    root.append(queue.element, list.element)
    return {
      draw({ state: { operations, work: now } }) {
        queue.fill([
          tile('Waiting', String(now.queued ?? 0), 'for their turn'),
          tile('Running', String(now.running ?? 0)),
          tile('To be tried again', String(now.retrying ?? 0), 'after a pause'),
        ])
        list.fill(operations.map(row))
      },
      close: () => {},
    }
  },
}
