import test from 'ava'
import type { Row } from '../../bench/harness/benchmark.ts'
import { alignCells, markdownCells, rowCells, splitTables } from '../../bench/harness/table.ts'

const row = (name: string, group: string, value: number): Row => ({
  name,
  group,
  value,
  unit: 'reads/s',
  ratio: value / 1000,
  min: value,
  max: value,
})
const rows = [row('baseline', 'one', 1000), row('ours', 'one', 500), row('baseline', 'two', 1000)]

test('figures stand to the right, words to the left, and a group is named once', (t) => {
  const expected = [
    '                            reads/s  ratio  range',
    'one       baseline    1,000      1  1,000 - 1,000',
  ]
  const lines = alignCells(rowCells(rows)).split('\n')
  t.is(lines[1]?.replaceAll(/ +/g, ' '), expected[1]?.replaceAll(/ +/g, ' '))
  t.true(lines[2]?.startsWith('     ours'))
  t.true(lines[3]?.startsWith('two  baseline'))
  t.is(lines[1]?.indexOf('1,000 - 1,000'), lines[3]?.indexOf('1,000 - 1,000'))
})

test('a Markdown table has a rule below its heading and cells of one width', (t) => {
  const [heading, line, first] = markdownCells(rowCells(rows)).split('\n')
  t.regex(heading ?? '', /^\| +\| +\| reads\/s \| ratio \| range +\|$/)
  t.regex(line ?? '', /^(?:\| -+ )+\|$/)
  t.is(heading?.length, first?.length)
})

test('rows are split into their tables in the order of the first row', (t) => {
  const mixed = [
    { ...row('a', 'one', 1), table: 'second' },
    { ...row('b', 'one', 1), table: 'first' },
    { ...row('c', 'one', 1), table: 'second' },
  ]
  const tables = splitTables(mixed).map(({ title, rows }) => [title, rows.map(({ name }) => name).join('')])
  t.deepEqual(tables, [
    ['second', 'ac'],
    ['first', 'b'],
  ])
})
