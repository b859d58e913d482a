import test from 'ava'
import { describeDifference } from '../../src/demo/difference.ts'
import { formatStale } from '../../src/demo/format-stale.ts'
import { fitWords, formatMs, formatNumber, shortenIds, wrap } from '../../src/demo/text.ts'
import { showStatement } from '../../src/demo/writer/statement.ts'

const plain = (_style: string, text: string): string => text

test('words that do not fit are counted', (t) => {
  t.is(fitWords(['one', 'two', 'three'], 15), 'one  two  three')
  t.is(fitWords(['one', 'two', 'three'], 14), 'one  two  +1')
  t.is(fitWords(['one', 'two', 'three'], 9), 'one  +2')
})

test('text is broken at spaces and its last line is cut', (t) => {
  t.deepEqual(wrap('a bb ccc dddd', 6, 2), ['a bb', 'ccc d…'])
  t.deepEqual(wrap('abcdefgh', 5, 2), ['abcde', 'fgh'])
  t.deepEqual(wrap('short', 5, 2), ['short'])
})

test('numbers and latencies are short', (t) => {
  t.is(formatNumber(1234567), '1,234,567')
  t.deepEqual([-3, 0.0999, 0.123].map(formatMs), ['<0.1 ms', '<0.1 ms', '0.12 ms'])
  t.deepEqual([4.56, 12.3, 1234].map(formatMs), ['4.6 ms', '12 ms', '1,234 ms'])
})

test('ids are shortened wherever they stand', (t) => {
  t.is(shortenIds('user:10a9ac01-0000-4000-8000-000000000000:profile'), 'user:10a9ac…:profile')
})

test('a statement is shown with its values in place', (t) => {
  const text = 'UPDATE t SET a = $2, b = $1, c = $10'
  const values = ["it's", 5, ...Array.from({ length: 7 }, () => 0), true]
  t.is(showStatement({ text, values }), `UPDATE t SET a = 5, b = 'it''s', c = true`)
})

const differs = test.macro((t, before: unknown, after: unknown, expected: string) =>
  t.is(describeDifference(JSON.stringify(before), JSON.stringify(after)), expected),
)
test(
  'of two values only the members that differ are told',
  differs,
  { a: 1, b: 'x' },
  { a: 2, b: 'x' },
  'a 1 → 2',
)
test('members of members are named by their path', differs, { c: { d: 1 } }, { c: { d: 2 } }, 'c.d 1 → 2')
test('a value that is gone is nothing', differs, { name: 'Ada' }, null, 'Ada → nothing')
test('a list is told by its length', differs, { l: [[1], [2]] }, { l: [[1]] }, 'l 2 → 1')
test('a list of the same length by its item', differs, { l: [['x', 2]] }, { l: [['x', 3]] }, 'l x 2 → x 3')
test('a list that is new has the length 0 before', differs, { l: {} }, { l: { won: [[1]] } }, 'l.won 0 → 1')
test('equal values are told as such', differs, 1, 1, 'the same value')

test('the evidence of a stale read says what, when and how it is wrong', (t) => {
  const stale = { key: 'dashboard:1', served: '{"calls":1}', expected: '{"calls":2}' }
  t.deepEqual(formatStale({ ...stale, commit: 3, age: 1234.5 }, 80, plain), [
    'STALE dashboard:1, 1,235 ms after commit 3',
    '      served      {"calls":1}',
    '      expected    {"calls":2}',
    '      differs     calls 1 → 2',
  ])
  const [head] = formatStale({ ...stale, commit: undefined, age: undefined }, 80, plain)
  t.is(head, 'STALE dashboard:1, a value that the database never had')
})
