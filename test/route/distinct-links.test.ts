import test from 'ava'
import { distinctLinks } from '../../src/route/distinct-links.ts'

test('the same link is looked up once', (t) => {
  t.deepEqual(distinctLinks({ columns: 2, joins: 2 }, ['a', '1', 'b', '1', 'a', '1']), [
    ['a', '1'],
    ['b', '1'],
  ])
})

test('a value that ends with blanks is looked up without them as well, in each column by itself', (t) => {
  t.deepEqual(distinctLinks({ columns: 3, joins: 2 }, ['a  ', ' b ', 'x ']), [
    ['a  ', ' b ', 'x '],
    ['a  ', ' b', 'x '],
    ['a', ' b ', 'x '],
    ['a', ' b', 'x '],
  ])
  t.deepEqual(distinctLinks({ columns: 1, joins: 1 }, ['   ', '', 'a\t']), [['   '], [''], ['a\t']])
})
