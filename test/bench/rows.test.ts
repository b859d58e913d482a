import test from 'ava'
import { createRows, createTarget } from '../../bench/harness/rows.ts'

test('a row is the median with its range, and its ratio is against the baseline of its own group', (t) => {
  const rows = createRows('reads/s', [
    { name: 'baseline', group: 'small', values: [100, 300, 200] },
    { name: 'ours', group: 'small', values: [50, 70, 60], details: { lacks: 'nothing' } },
    { name: 'baseline', group: 'large', values: [10] },
    { name: 'ours', group: 'large', values: [20] },
  ])
  t.deepEqual(rows, [
    { name: 'baseline', group: 'small', value: 200, unit: 'reads/s', ratio: 1, min: 100, max: 300 },
    {
      name: 'ours',
      group: 'small',
      value: 60,
      unit: 'reads/s',
      ratio: 0.3,
      min: 50,
      max: 70,
      details: { lacks: 'nothing' },
    },
    { name: 'baseline', group: 'large', value: 10, unit: 'reads/s', ratio: 1, min: 10, max: 10 },
    { name: 'ours', group: 'large', value: 20, unit: 'reads/s', ratio: 2, min: 20, max: 20 },
  ])
})

test('groups of the same name in two tables have a baseline each', (t) => {
  const rows = createRows('/s', [
    { name: 'baseline', table: 'fsync on', group: 'one', values: [1] },
    { name: 'baseline', table: 'fsync off', group: 'one', values: [10] },
    { name: 'ours', table: 'fsync off', group: 'one', values: [5] },
  ])
  t.is(rows[2]?.ratio, 0.5)
})

test('rows without a baseline are refused', (t) => {
  const samples = [{ name: 'ours', group: 'small', values: [1] }]
  t.throws(() => createRows('/s', samples), { message: /ours has no row named baseline/ })
})

test('a target is met on its bound and missed beyond it', (t) => {
  t.true(createTarget('reads', 'at least', 0.75, 0.75).met)
  t.false(createTarget('reads', 'at least', 0.75, 0.7499).met)
  t.true(createTarget('time', 'at most', 50, 50, ' µs').met)
  t.false(createTarget('time', 'at most', 50, 50.1, ' µs').met)
})
