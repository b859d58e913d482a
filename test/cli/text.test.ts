import test from 'ava'
import { diffLines } from '../../src/cli/diff.ts'
import { formatBytes, formatCount, formatDuration } from '../../src/cli/format.ts'
import { redactSecrets } from '../../src/cli/redact.ts'
import { formatTable } from '../../src/cli/table.ts'

const numbers = test.macro(
  (t, format: (value: number) => string, table: readonly (readonly [number, string])[]) => {
    for (const [value, text] of table) t.is(format(value), text)
  },
)

test('durations are told in the unit that fits', numbers, formatDuration, [
  [0, '0.0 ms'],
  [0.27, '0.3 ms'],
  [42.4, '42 ms'],
  [999.4, '999 ms'],
  [999.6, '1.0 s'],
  [1540, '1.5 s'],
  [59_400, '59 s'],
  [59_600, '1 min'],
  [125_000, '2 min 5 s'],
])

test('bytes are told in the unit that fits', numbers, formatBytes, [
  [0, '0 B'],
  [1023, '1023 B'],
  [1536, '1.5 KiB'],
  [20 * 1024 * 1024, '20 MiB'],
  [1024 * 1024 - 1, '1.0 MiB'],
])

test('a count knows its plural', (t) => {
  t.is(formatCount(1, 'file'), '1 file')
  t.is(formatCount(12_000, 'file'), '12,000 files')
  t.is(formatCount(0, 'watch', 'watches'), '0 watches')
})

test('columns of a table line up, with and without colours', (t) => {
  const rows = [
    ['hits', '\u001B[31m5\u001B[39m'],
    ['loads', '1200'],
  ]
  t.is(formatTable(rows, ['left', 'right']), 'hits      \u001B[31m5\u001B[39m\nloads  1200\n')
})

test('passwords in URLs are hidden, whatever is in them', (t) => {
  const table = [
    ['at postgres://me:secret@host:5432/db now', 'at postgres://me:***@host:5432/db now'],
    ['postgresql://me:s@cr:et/@host/db', 'postgresql://me:***@host/db'],
    ['postgres://host/db?user=me&password=secret&ssl=1', 'postgres://host/db?user=me&password=***&ssl=1'],
    ['postgres://me@host/db', 'postgres://me@host/db'],
    ['http://localhost:5432/a', 'http://localhost:5432/a'],
  ] as const
  for (const [text, shown] of table) t.is(redactSecrets(text), shown)
})

test('a difference is shown with the lines around it', (t) => {
  const before = 'one\ntwo\nthree\nfour\nfive\nsix\n'
  t.deepEqual(diffLines(before, before.replace('four', 'FOUR')), [
    '@@ -2,5 +2,5 @@',
    ' two',
    ' three',
    '-four',
    '+FOUR',
    ' five',
    ' six',
  ])
})

test('lines added, removed at the end, and a missing last newline are told apart', (t) => {
  t.deepEqual(diffLines('a\nb\n', 'a\nx\nb\n'), ['@@ -1,2 +1,3 @@', ' a', '+x', ' b'])
  t.deepEqual(diffLines('a\nb\n', 'a\n'), ['@@ -1,2 +1,1 @@', ' a', '-b'])
  t.deepEqual(diffLines('a\n', 'a'), ['@@ -1,1 +1,2 @@', ' a', '\\ No newline at end of file'])
  t.deepEqual(diffLines('a\n', 'a\n'), [])
})

test('a long difference is cut, and only the first one is shown', (t) => {
  const lines = (from: string) => Array.from({ length: 9 }, (_, index) => `${from}${index}`)
  const diff = diffLines(
    ['top', ...lines('a'), 'end', ''].join('\n'),
    ['top', ...lines('b'), 'end', 'x'].join('\n'),
  )
  t.deepEqual(diff.slice(0, 7), ['@@ -1,11 +1,11 @@', ' top', '-a0', '-a1', '-a2', '-a3', '-... 5 more'])
  t.is(diff.at(-1), ' end')
})
