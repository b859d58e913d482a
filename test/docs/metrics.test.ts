import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { parse } from 'yaml'
import { METRICS } from '../../src/observe/metrics.ts'
import { METRIC_NAMES } from '../../src/observe/prometheus.ts'
import { ROOT } from '../helpers/root.ts'

const read = (...path: string[]): string => readFileSync(join(ROOT, ...path), 'utf8')

/** Metrics that a text names, without what a histogram's parts are called by. */
function namesIn(text: string): readonly string[] {
  const names = [...text.matchAll(/\bstalemate_[a-z_]+/g)].map(([name]) =>
    name.replace(/_(bucket|sum|count)$/, ''),
  )
  return [...new Set(names)].toSorted()
}

test('every metric is documented with its type, labels and meaning, and no other', (t) => {
  const page = read('docs', 'metrics.md').replaceAll(/\s+/g, ' ')
  const rows = [...read('docs', 'metrics.md').matchAll(/^\| `(stalemate_\w+)`/gm)].map(
    ([, name = '']) => name,
  )
  t.deepEqual(rows.toSorted(), METRIC_NAMES.toSorted())
  for (const { name, type, labels, help } of METRICS) {
    const shown = labels.map((label) => `\`${label}\``).join(', ') || '–'
    t.true(page.includes(`| \`${name}\` | ${type} | ${shown} | ${help} |`), name)
  }
})

test('alerts and the dashboard for Grafana name metrics that there are', (t) => {
  for (const file of ['alerts.yaml', 'grafana-dashboard.json']) {
    const names = namesIn(read('examples', file))
    t.true(names.length >= 4, file)
    t.deepEqual(
      names.filter((name) => !METRIC_NAMES.includes(name)),
      [],
      file,
    )
  }
})

test('every alert says what happened', (t) => {
  const { groups } = parse(read('examples', 'alerts.yaml')) as {
    groups: { rules: { alert: string; expr: string; annotations: { summary: string } }[] }[]
  }
  const rules = groups.flatMap((group) => group.rules)
  t.true(rules.length >= 5)
  for (const { alert, expr, annotations } of rules) {
    t.true(expr.includes('stalemate_'), alert)
    t.true(annotations.summary.length > 20, alert)
  }
})
