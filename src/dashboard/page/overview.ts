import { Chart } from './chart.ts'
import { empty, h, table } from './dom.ts'
import { duration, percent, short, time } from './format.ts'
import type { Model } from './store.ts'
import type { View } from './view.ts'

const STATE_TEXT: Readonly<Record<string, string>> = {
  starting: 'Not proven yet: reads go to the loaders.',
  live: 'Changes arrive: reads are answered from memory.',
  suspect: 'No proof of life in time: reads go to the loaders.',
  down: 'The feed was lost and is being rebuilt: reads go to the loaders.',
  closed: 'The runtime is closed.',
}

function tile(label: string, value: string, note = ''): HTMLElement {
  return h(
    'div',
    { class: 'tile' },
    h('dt', {}, label),
    h('dd', {}, value, note !== '' && h('small', {}, note)),
  )
}

function tiles({ state, rate }: Model): HTMLElement {
  const { health, stats } = state
  const caches = Object.values(stats.caches)
  const sum = (read: (cache: (typeof caches)[number]) => number): number =>
    caches.reduce((total, cache) => total + read(cache), 0)
  const hits = sum((cache) => cache.hits)
  const reads = hits + sum((cache) => cache.misses)
  const { truth } = stats
  return h(
    'dl',
    { class: 'tiles' },
    tile('Feed', `${state.feed}, ${health.state}`, STATE_TEXT[health.state]),
    tile('Last proof of life', health.silence === undefined ? 'never' : `${duration(health.silence)} ago`),
    tile('Hit rate', percent(hits, reads), `${short(reads)} reads`),
    tile('Entries', short(sum((cache) => cache.entries))),
    tile('Changes', short(stats.changes), `${rate.toFixed(rate < 10 ? 1 : 0)} a second`),
    tile('Gaps', String(stats.gaps), `epoch ${health.epoch}`),
    truth !== undefined &&
      tile(
        'Truth',
        truth.wrong > 0 ? `${truth.wrong} wrong` : `${Math.max(0, truth.nines).toFixed(1)} nines`,
        `${truth.right + truth.wrong} compared in ${duration(truth.window)}`,
      ),
  )
}

function cacheRows({ state }: Model): HTMLElement {
  const { trusted } = state.health
  const rows = state.caches.map(({ name, key, ttl, max }) => {
    const own = state.stats.caches[name]
    if (own === undefined) return [name, key]
    return [
      h('strong', {}, name),
      h('code', {}, key),
      trusted.includes(name) ? 'yes' : h('span', { class: 'bad' }, 'no'),
      `${short(own.entries)} of ${short(max)}`,
      percent(own.hits, own.hits + own.misses),
      short(own.loads),
      duration(own.loads > 0 ? own.loadTime / own.loads : undefined),
      String(own.errors),
      short(own.invalidated),
      duration(ttl),
    ]
  })
  const heads = [
    'Cache',
    'Key',
    'Trusted',
    'Entries',
    'Hits',
    'Loads',
    'Mean load',
    'Errors',
    'Invalidated',
    'TTL',
  ]
  return table('Caches', heads, rows)
}

function troubles({ state }: Model): HTMLElement {
  const { uncovered } = state.health
  const drift =
    uncovered.length === 0
      ? h('p', {}, 'Every trigger is installed as the rules need it.')
      : table(
          'Trigger drift',
          ['Table', 'What is wrong'],
          uncovered.map((item) => [item.table, JSON.stringify(item)]),
        )
  const gaps =
    state.gaps.length === 0
      ? empty('No gap since the page was mounted.')
      : table(
          'Gaps',
          ['When', 'Cause', 'Epoch'],
          state.gaps.map(({ at, cause, epoch }) => [time(at), cause, String(epoch)]),
        )
  return h(
    'div',
    { class: 'columns' },
    h('section', {}, h('h2', {}, 'Triggers'), drift),
    h('section', {}, h('h2', {}, 'Gaps of the feed'), gaps),
  )
}

/** Feed, caches, gaps and drift at one look. */
export const overview: View = {
  name: 'overview',
  title: 'Overview',
  open(root, model) {
    const live = h('div')
    const under = h('div')
    const hits = h('div', {
      class: 'chart',
      role: 'img',
      'aria-label': 'Hit rate of each cache over the last hour',
    })
    const times = h('div', {
      class: 'chart',
      role: 'img',
      'aria-label': 'Mean load time of each cache over the last hour',
    })
    const charts = h(
      'div',
      { class: 'columns' },
      h('section', {}, h('h2', {}, 'Hit rate'), hits),
      h('section', {}, h('h2', {}, 'Load time'), times),
    )
    root.append(live, charts, under)
    const names = model.state.caches.map(({ name }) => name)
    const drawn = [
      new Chart(
        hits,
        names.map((label) => ({
          label,
          read: ({ caches }) => {
            const own = caches[label]
            const reads = (own?.hits ?? 0) + (own?.misses ?? 0)
            return reads === 0 ? null : Math.round((1000 * (own?.hits ?? 0)) / reads) / 10
          },
        })),
        ' %',
      ),
      new Chart(
        times,
        names.map((label) => ({
          label,
          read: ({ caches }) =>
            (caches[label]?.loads ?? 0) === 0 ? null : Math.round(10 * (caches[label]?.loadTime ?? 0)) / 10,
        })),
        ' ms',
      ),
    ]
    return {
      draw(next) {
        live.replaceChildren(tiles(next))
        under.replaceChildren(cacheRows(next), troubles(next))
        for (const chart of drawn) chart.draw(next.state.points)
      },
      close() {
        for (const chart of drawn) chart.close()
      },
    }
  },
}
