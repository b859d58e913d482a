import { type Chart, createChart } from './chart.ts'
import { h } from './dom.ts'
import { duration, percent, short } from './format.ts'
import { gapRows, GAP_HEADS, driftRows, DRIFT_HEADS } from './troubles.ts'
import type { Model } from './store.ts'
import { type Row, table } from './table.ts'
import { tile, tiles } from './tiles.ts'
import type { View } from './view.ts'

const STATE_TEXT: Readonly<Record<string, string>> = {
  starting: 'Not proven yet: reads go to the loaders.',
  live: 'Changes arrive: reads are answered from memory.',
  suspect: 'No proof of life in time: reads go to the loaders.',
  down: 'The feed was lost and is being rebuilt: reads go to the loaders.',
  closed: 'The runtime is closed.',
}

function tilesOf({ state, rate }: Model): readonly HTMLElement[] {
  const { health, stats, databaseOnly } = state
  const caches = Object.values(stats.caches)
  const sum = (read: (cache: (typeof caches)[number]) => number): number =>
    caches.reduce((total, cache) => total + read(cache), 0)
  const hits = sum((cache) => cache.hits)
  const reads = hits + sum((cache) => cache.misses)
  const { truth } = stats
  const silence = health.silence === undefined ? 'never' : `${duration(health.silence)} ago`
  const text = databaseOnly ? 'as this page receives it' : STATE_TEXT[health.state]
  const own = [
    tile('Hit rate', percent(hits, reads), `${short(reads)} reads`),
    tile('Entries', short(sum((cache) => cache.entries)), `of ${state.caches.length} caches`),
  ]
  return [
    tile('Feed', `${state.feed}, ${health.state}`, text, health.state === 'live' ? '' : 'bad'),
    tile(
      'Last proof of life',
      silence,
      health.lag === undefined ? '' : `took ${duration(health.lag)} to come`,
    ),
    ...(databaseOnly ? [] : own),
    tile('Changes', short(stats.changes), `${rate.toFixed(rate < 10 ? 1 : 0)} a second`),
    tile('Gaps', String(stats.gaps), `epoch ${health.epoch}`),
    ...(health.queueUsage === undefined
      ? []
      : [tile('Notification queue', percent(health.queueUsage, 1), 'when it is full, commits fail')]),
    ...(truth === undefined
      ? []
      : [
          tile(
            'Truth',
            truth.wrong > 0 ? `${truth.wrong} wrong` : `${Math.max(0, truth.nines).toFixed(1)} nines`,
            `${truth.right + truth.wrong} compared in ${duration(truth.window)}`,
            truth.wrong > 0 ? 'bad' : '',
          ),
        ]),
    ...state.facts.map(({ label, value, note }) => tile(label, value, note)),
  ]
}

const OWN_HEADS = ['Entries', 'Hits', 'Loads', 'Mean load', 'Errors', 'Invalidated']

function cacheRows({ state }: Model): readonly Row[] {
  const { trusted } = state.health
  return state.caches.map(({ name, key, ttl, max }) => {
    const own = state.stats.caches[name]
    const first = [
      h('strong', {}, name),
      h('code', {}, key),
      duration(ttl),
      trusted.includes(name) ? 'yes' : h('span', { class: 'bad' }, 'no'),
    ]
    if (own === undefined || state.databaseOnly) return first
    return [
      ...first,
      `${short(own.entries)} of ${short(max)}`,
      percent(own.hits, own.hits + own.misses),
      short(own.loads),
      duration(own.loads > 0 ? own.loadTime / own.loads : undefined),
      own.errors === 0 ? '0' : h('span', { class: 'bad' }, String(own.errors)),
      short(own.invalidated),
    ]
  })
}

/** Tenths are enough to read, and keep the labels short. */
const tenths = (value: number): number => Math.round(10 * value) / 10

function charts({ state: { caches, edges, databaseOnly, interval } }: Model): readonly Chart[] {
  const names = caches.map(({ name }) => name)
  const seconds = interval / 1_000
  const tables = [...new Set(edges.map(([from]) => from))]
  const changes = createChart({
    title: 'Changes a second',
    series: tables.map((label) => ({ label, read: (point) => tenths((point.tables[label] ?? 0) / seconds) })),
    unit: '',
  })
  if (databaseOnly) return [changes]
  const perCache = (
    title: string,
    unit: string,
    max: number | undefined,
    read: (own: Own) => number | null,
  ) =>
    createChart({
      title,
      unit,
      ...(max === undefined ? {} : { max }),
      series: names.map((label) => ({
        label,
        read: ({ caches: { [label]: own } }) => (own === undefined ? null : read(own)),
      })),
    })
  return [
    perCache('Hit rate', ' %', 100, ({ hits, misses }) =>
      hits + misses === 0 ? null : tenths((100 * hits) / (hits + misses)),
    ),
    changes,
    perCache('Loads a second', '', undefined, ({ loads }) => tenths(loads / seconds)),
    perCache('Mean time of a load', ' ms', undefined, ({ loads, loadTime }) =>
      loads === 0 ? null : tenths(loadTime),
    ),
  ]
}
type Own = Model['state']['points'][number]['caches'][string]

/** Feed, caches, gaps and drift at one look. */
export const overview: View = {
  name: 'overview',
  title: 'Overview',
  open(root, model) {
    const numbers = tiles()
    const drawn = charts(model)
    const heads = ['Cache', 'Key', 'TTL', 'Trusted', ...(model.state.databaseOnly ? [] : OWN_HEADS)]
    const caches = table('Caches', heads)
    const drift = table('Trigger drift', DRIFT_HEADS, 'Every trigger is installed as the rules need it.')
    const gaps = table('Gaps of the feed', GAP_HEADS, 'No gap since the page was mounted.')
    root.append(
      numbers.element,
      h('div', { class: 'columns wide' }, ...drawn.map(({ element }) => element)),
      caches.element,
      h('div', { class: 'columns' }, drift.element, gaps.element),
    )
    return {
      draw(next) {
        numbers.fill(tilesOf(next))
        caches.fill(cacheRows(next))
        drift.fill(driftRows(next))
        gaps.fill(gapRows(next))
        for (const chart of drawn) chart.draw(next.state.points)
      },
      close() {
        for (const chart of drawn) chart.close()
      },
    }
  },
}
